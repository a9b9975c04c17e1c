import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { Readiness as Answer } from '../core/collector.js';
import type { Observer, PutCall, StreamRole } from '../core/observer.js';
import type { Logger } from '../core/types.js';
import { isConfiguration, isThrottle } from '../sinks/kinesis-answers.js';
import type { Finding } from '../sinks/stream-check.js';
import { createStreamProbe, type StreamProbe } from '../sinks/stream-probe.js';
import { scrub } from './log-details.js';
import type { PerStream, SpoolStatus } from './status.js';

export interface ReadinessOptions {
  client: KinesisClient;
  streamName: string;
  deadLetterStreamName: string;
  /** Disks that take what the streams do not. @default none */
  spools?: PerStream<() => SpoolStatus> | undefined;
  /** What `checkStreams` found: errors and warnings are shown. @default none */
  findings?: (() => readonly Finding[]) | undefined;
  /** How long a proof holds. Unit: ms. @default 10_000 */
  freshMs?: number | undefined;
  /** Least time between two calls that only prove something, for each stream. Unit: ms. @default 3_000 */
  probeEveryMs?: number | undefined;
  /** How long an answer waits for such a call; then it says what was known before. Unit: ms. @default 800, within the 1 s that Kubernetes gives a probe */
  waitMs?: number | undefined;
  /** Failures in a row, and the time that they span, before a stream that worked counts as down. @default 3 and 10_000 ms */
  failures?: number | undefined;
  failingMs?: number | undefined;
  /** Told when readiness changes. @default nobody */
  log?: Logger | undefined;
  /** Clock, ms since the Unix epoch. @default Date.now */
  now?: (() => number) | undefined;
  /** Asks a stream without writing. @default createStreamProbe */
  probe?: ((client: KinesisClient, streamName: string) => StreamProbe) | undefined;
}

export interface Readiness {
  /** Answers `/readyz`. Never throws. */
  check(): Promise<Answer>;
  /** What `check` said last; `false` before. */
  ready(): boolean;
  /** An observer that tells this, too, how PutRecords calls end: they prove more than any check. */
  listening(observer: Observer): Observer;
  /** From now on not ready: before a server closes, so that nothing new is sent to it. */
  stop(): void;
}

/**
 * Says whether events can be made durable now. Not ready until both streams were proven by a real call. Afterwards:
 *
 * - records that were put in the last 10 s are proof enough; else Kinesis is asked, at most every 3 s.
 * - a service that throttles is there: ready.
 * - the stream for events counts as down after 3 failures in a row over 10 s, and as up after one success.
 * - while it is down, a spool with room keeps the collector ready, `degraded`.
 * - when the stream for dead letters is down, requests with a bad event are answered 503. All others go on: to take the
 *   collector away for it would lose more. It stays ready, `degraded`.
 *
 * A stream that does not exist or may not be written, and never worked since the start, is a mistake in the configuration:
 * not ready, whatever the spool could take.
 */
export function createReadiness(options: ReadinessOptions): Readiness {
  const { client, streamName, deadLetterStreamName, spools = {}, findings, log } = options;
  const { freshMs = 10_000, probeEveryMs = 3_000, waitMs = 800, failures = 3, failingMs = 10_000 } = options;
  const { now = Date.now, probe = createStreamProbe } = options;
  const abort = new AbortController();
  const limits = { failures, failingMs };
  const streams: Readonly<Record<StreamRole, Stream>> = {
    events: createStream('stream', streamName, now, limits),
    dead_letters: createStream('dead-letter stream', deadLetterStreamName, now, limits),
  };
  const probes: Readonly<Record<StreamRole, StreamProbe>> = {
    events: probe(client, streamName),
    dead_letters: probe(client, deadLetterStreamName),
  };
  const running: { [role in StreamRole]?: Promise<void> } = {};
  const probedAt: { [role in StreamRole]?: number } = {};
  let last: boolean | undefined;

  /** The call that is under way for a stream, begun if it is due. */
  const refresh = (role: StreamRole): Promise<void> | undefined => {
    const stream = streams[role];
    const at = probedAt[role];
    if (running[role]) return running[role];
    if (stream.fresh(freshMs) || (at !== undefined && now() - at < probeEveryMs)) return undefined;
    probedAt[role] = now();
    const run = (async (): Promise<void> => {
      try {
        const { ok, text, misconfigured = false } = await probes[role](abort.signal);
        if (!ok) stream.failed(scrub(text), misconfigured);
        // A check proves less than records that were refused a moment ago.
        else if (!stream.refusedWithin(freshMs)) stream.proven(text);
      } catch (error) {
        stream.failed(scrub(String(error)), false);
      } finally {
        delete running[role];
      }
    })();
    running[role] = run;
    return run;
  };

  const judge = (): Answer => {
    const checks: Record<string, string> = {};
    if (abort.signal.aborted) return { ready: false, checks: { server: 'closing' } };
    let ready = true;
    for (const role of ['events', 'dead_letters'] as const) {
      const stream = streams[role];
      const spool = readSpool(spools[role]);
      const up = stream.up();
      const covered = !up && spool?.takes === true && !stream.misconfigured() && stream.tried();
      const tolerated = !up && role === 'dead_letters' && stream.everProven();
      if (!up && !covered && !tolerated) ready = false;
      const state = up ? 'ok' : covered ? 'degraded, the spool takes its records' : tolerated ? 'degraded' : 'not ok';
      checks[stream.label] = `${state}: ${stream.name}: ${stream.text()}`;
      if (spool) checks[`${stream.label} spool`] = spool.text(now());
    }
    const all = findings?.() ?? [];
    for (const { severity, code, stream, message } of all) {
      if (severity !== 'note') checks[`${severity} ${code} ${stream}`] = message;
    }
    return { ready, checks };
  };

  return {
    async check() {
      const waits = abort.signal.aborted
        ? []
        : [refresh('events'), refresh('dead_letters')].filter((wait) => wait !== undefined);
      if (waits.length > 0) await within(waitMs, Promise.all(waits));
      const answer = judge();
      if (answer.ready !== last && (last !== undefined || answer.ready)) {
        if (answer.ready) log?.info({ checks: answer.checks }, 'ready');
        else log?.error({ checks: answer.checks }, 'not ready');
      }
      last = answer.ready;
      return answer;
    },
    ready: () => last ?? false,
    listening: (observer) => ({
      ...observer,
      put(role, call) {
        observer.put(role, call);
        hear(streams[role], call);
      },
    }),
    stop() {
      abort.abort();
      last = false;
    },
  };
}

function hear(stream: Stream, { records, failed, outcome }: PutCall): void {
  if (failed < records) stream.proven('records were put');
  else if (outcome === 'partial' || isThrottle(outcome)) stream.proven('the service answers, and throttles');
  else stream.refused(`PutRecords: ${outcome}`, isConfiguration(outcome));
}

interface Stream {
  readonly label: string;
  readonly name: string;
  proven(how: string): void;
  failed(text: string, misconfigured: boolean): void;
  /** As `failed`, by records that should have been put. */
  refused(text: string, misconfigured: boolean): void;
  refusedWithin(ms: number): boolean;
  fresh(ms: number): boolean;
  up(): boolean;
  everProven(): boolean;
  /** Whether anything is known of it, good or bad. */
  tried(): boolean;
  /** Whether it never worked, and cannot before somebody changes something. */
  misconfigured(): boolean;
  text(): string;
}

function createStream(
  label: string,
  name: string,
  now: () => number,
  limits: { readonly failures: number; readonly failingMs: number },
): Stream {
  let provenAt: number | undefined;
  let how = '';
  let failures = 0;
  let failingSince = 0;
  let refusedAt: number | undefined;
  let why = '';
  let wrong = false;
  const failed = (text: string, misconfigured: boolean): void => {
    if (failures++ === 0) failingSince = now();
    why = text;
    wrong = misconfigured;
  };
  const seconds = (since: number): string => `${Math.max(0, Math.round((now() - since) / 1_000))} s`;
  return {
    label,
    name,
    proven(text) {
      provenAt = now();
      how = text;
      failures = 0;
      refusedAt = undefined;
    },
    failed,
    refused(text, misconfigured) {
      refusedAt = now();
      failed(text, misconfigured);
    },
    refusedWithin: (ms) => refusedAt !== undefined && now() - refusedAt < ms,
    fresh: (ms) => failures === 0 && provenAt !== undefined && now() - provenAt < ms,
    up: () => provenAt !== undefined && (failures < limits.failures || now() - failingSince < limits.failingMs),
    everProven: () => provenAt !== undefined,
    tried: () => provenAt !== undefined || failures > 0,
    misconfigured: () => provenAt === undefined && failures > 0 && wrong,
    text() {
      const times = `${failures} ${failures === 1 ? 'failure' : 'failures'} in ${seconds(failingSince)}, the last: ${why}`;
      if (provenAt === undefined) return failures === 0 ? 'not proven yet' : `not proven yet, ${times}`;
      const proof = `${how}, ${seconds(provenAt)} ago`;
      return failures === 0 ? proof : `${proof}; since then ${times}`;
    },
  };
}

interface SpoolView {
  readonly takes: boolean;
  text(now: number): string;
}
function readSpool(status: (() => SpoolStatus) | undefined): SpoolView | undefined {
  if (!status) return undefined;
  let spool: SpoolStatus;
  try {
    spool = status();
  } catch (error) {
    return { takes: false, text: () => `not ok: ${scrub(String(error))}` };
  }
  const { records, bytes, maxBytes, oldestAt, draining, error } = spool;
  const full = bytes >= maxBytes;
  const mib = (value: number): string => `${(value / 1_048_576).toFixed(1)} MiB`;
  return {
    takes: !error && !full,
    text(now) {
      const fill = `${mib(bytes)} of ${mib(maxBytes)}`;
      if (error)
        return `not ok: it cannot be written: ${scrub(error instanceof Error ? error.message : String(error))}`;
      if (records === 0) return `ok: empty, ${fill}`;
      const age = oldestAt == null ? '' : `, the oldest ${Math.max(0, Math.round((now - oldestAt) / 1_000))} s old`;
      return `${full ? 'not ok: full' : 'degraded'}: ${records} records, ${fill}${age}${draining ? ', draining' : ''}`;
    },
  };
}

/** Waits for something, not longer than a time. */
async function within(ms: number, what: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([what, late]);
  clearTimeout(timer);
}
