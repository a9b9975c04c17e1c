import { json, refuse } from './answers.js';
import { type TextId, toBase64, toDeadLetter } from './dead-letter.js';
import { decode } from './decode.js';
import { ipPrefix, requestFacts, toIso, userAgentOf } from './enrich.js';
import { type RequestErrorCode, requestErrors } from './errors.js';
import { examine, type Rejected } from './examine.js';
import type { LineId } from './explode.js';
import type { Observer } from './observer.js';
import { createWriter } from './record.js';
import { clip } from './text.js';
import type {
  Answer,
  CleanEnvelope,
  CollectRequest,
  CollectResponse,
  Logger,
  Problem,
  Sink,
  SinkFailure,
  SinkRecord,
  Site,
} from './types.js';
import { checkEnvelope } from './validate.js';

/** What the core needs of the world. */
export interface CollectDeps {
  /** The shop of a site key. */
  readonly site: (key: string) => Site | undefined;
  readonly observer: Observer;
  /** Where accepted records go. */
  readonly sink: Sink;
  /** Where dead letters go. */
  readonly deadLetters: Sink;
  /** ms since the Unix epoch. */
  readonly now: () => number;
  readonly lineId: LineId;
  readonly textId: TextId;
  readonly log: Logger;
  /** Largest body, before and after decompression. Unit: bytes. */
  readonly maxBodyBytes: number;
  /** Keys per category, see `partitionKey`. */
  readonly salt: number;
  /** What `Retry-After` says. Unit: s. */
  readonly retryAfterSeconds: number;
  /** How long the site key has to wait; 0 when it need not, which then counts as a request. Unit: s. */
  readonly keyWaitSeconds: (key: string) => number;
  /** More headers for the answer to a request whose events are durable. */
  readonly answerHeaders: (request: CollectRequest, envelope: CleanEnvelope) => Record<string, string> | undefined;
}

/** Takes one envelope: answers 200 only when each of its events is on the stream or on the dead-letter stream. */
export async function collect(request: CollectRequest, deps: CollectDeps): Promise<CollectResponse> {
  const receivedAt = deps.now();
  const decoded = await decode(request, deps.maxBodyBytes);
  if (!decoded.ok) return refuseBody(decoded.code, decoded.message, decoded.bytes, request, receivedAt, deps);
  const checked = checkEnvelope(decoded.value);
  if (!checked.ok) {
    return refuseBody('malformed_envelope', checked.problem.message, decoded.bytes, request, receivedAt, deps);
  }
  const site = deps.site(checked.envelope.key);
  if (!site) return refuse('unknown_key', deps);
  const { origin } = request.headers;
  if (origin !== undefined && !site.allows(origin)) return refuse('origin_not_allowed', deps);
  const waitSeconds = deps.keyWaitSeconds(checked.envelope.key);
  if (waitSeconds > 0) return refuse('rate_limited', { retryAfterSeconds: waitSeconds });

  // What is needed after the stream has answered, and no more: the events themselves would wait with it.
  const { envelope, events } = checked;
  const total = events.length;
  const { observer } = deps;
  observer.received(site.name, decoded.bytes.byteLength, total);
  const { dropped } = envelope;
  if (dropped) {
    observer.lostInBrowser(site.name, dropped);
    deps.log.warn({ site: site.name, dropped }, 'a browser had to drop events');
  }
  const facts = requestFacts(request, checked.envelope, receivedAt);
  const write = createWriter(checked.envelope, facts, site.name, toIso(receivedAt), deps.salt);
  const examined = examine(decoded.text, checked, facts, site.name, deps.lineId, write, site.orderChanges);
  const { records, owners, warnings } = examined;
  const bury = (letters: readonly Rejected[]): Promise<readonly SinkFailure[]> =>
    put(
      deps.deadLetters,
      letters.map((letter) => toDeadLetter(letter, facts.received_at, deps.textId)),
      deps.log,
    );

  const [failed, unburied] = await Promise.all([put(deps.sink, records, deps.log), bury(examined.rejected)]);
  if (unburied.length > 0 || failed.some((failure) => failure.retryable)) return refuse('unavailable', deps);
  // What the stream refuses for good is a rejected event like any other.
  const refused = new Map(failed.map(({ index, message }) => [owners[index] ?? 0, message]));
  const late = [...refused].map(([index, message]) =>
    examined.reject(index, [{ code: 'record_refused', path: '', message }]),
  );
  if ((await bury(late)).length > 0) return refuse('unavailable', deps);

  const rejected = [...examined.rejected, ...late].sort((a, b) => a.index - b.index).map(toAnswer);
  const accepted = total - rejected.length;
  if (accepted > 0) observer.accepted(site.name, accepted, Math.max(0, deps.now() - examined.newestAt));
  for (const { code } of rejected) observer.rejected(site.name, code);
  const answer: Answer = { accepted, rejected, ...(warnings.length > 0 ? { warnings } : {}) };
  return json(200, answer, deps.answerHeaders(request, envelope));
}

function toAnswer({ index, event, problems: [first] }: Rejected): Answer['rejected'][number] & Problem {
  const id = (event as { event_id?: unknown } | null)?.event_id;
  return { index, ...(typeof id === 'string' ? { event_id: clip(id, 128) } : {}), ...first };
}

/** A sink that throws has failed for every record; sending again may help. */
async function put(sink: Sink, records: readonly SinkRecord[], log: Logger): Promise<readonly SinkFailure[]> {
  if (records.length === 0) return [];
  try {
    const failures = await sink.put(records);
    const [first] = failures;
    if (first)
      log.error({ failed: failures.length, of: records.length, reason: clip(first.message, 300) }, 'not durable');
    return failures;
  } catch (error) {
    log.error({ err: error, records: records.length }, 'sink failed');
    return records.map((_, index) => ({ index, retryable: true, message: String(error) }));
  }
}

/** Refuses a request whose body cannot be read; `bytes`, where there are any, go to the dead-letter stream before. */
async function refuseBody(
  code: RequestErrorCode,
  message: string | undefined,
  bytes: Uint8Array | undefined,
  request: CollectRequest,
  receivedAt: number,
  deps: CollectDeps,
): Promise<CollectResponse> {
  if (bytes) {
    const letter = toDeadLetter(
      {
        problems: [{ code, path: '', message: message ?? requestErrors[code].message }],
        ...toText(bytes),
        userAgent: userAgentOf(request),
        ipPrefix: request.ip === undefined ? undefined : ipPrefix(request.ip),
      },
      toIso(receivedAt),
      deps.textId,
    );
    if ((await put(deps.deadLetters, [letter], deps.log)).length > 0) return refuse('unavailable', deps);
  }
  return refuse(code, deps, message);
}

function toText(bytes: Uint8Array): { raw: string; rawEncoding?: 'base64' } {
  try {
    return { raw: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { raw: toBase64(bytes), rawEncoding: 'base64' };
  }
}
