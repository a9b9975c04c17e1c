import { json, refuse } from './answers.js';
import { type TextId, toBase64, toDeadLetter } from './dead-letter.js';
import { decode } from './decode.js';
import { ipPrefix, requestFacts, toIso } from './enrich.js';
import { type RequestErrorCode, requestErrors } from './errors.js';
import { examine, type Rejected } from './examine.js';
import type { LineId } from './explode.js';
import { toRecord } from './record.js';
import { clip } from './text.js';
import type { Answer, CollectRequest, CollectResponse, Logger, Sink, SinkFailure, SinkRecord, Site } from './types.js';
import { checkEnvelope } from './validate.js';

/** What the core needs of the world. */
export interface CollectDeps {
  /** Shops by site key. */
  readonly sites: ReadonlyMap<string, Site>;
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
  /** What `Retry-After` says. Unit: s. */
  readonly retryAfterSeconds: number;
}

/** Takes one envelope: answers 200 only when each of its events is on the stream or on the dead-letter stream. */
export async function collect(request: CollectRequest, deps: CollectDeps): Promise<CollectResponse> {
  const receivedAt = deps.now();
  const decoded = await decode(request, deps.maxBodyBytes);
  if (!decoded.ok) return refuseBody(decoded.code, decoded.message, decoded.bytes, request, receivedAt, deps);
  const checked = checkEnvelope(decoded.value);
  if (!checked.ok) {
    const bytes = new TextEncoder().encode(decoded.text);
    return refuseBody('malformed_envelope', checked.problem.message, bytes, request, receivedAt, deps);
  }
  const site = deps.sites.get(checked.envelope.key);
  if (!site) return refuse('unknown_key', deps);
  if (!originAllowed(site, request.headers['origin'])) return refuse('origin_not_allowed', deps);

  const { dropped } = checked.envelope;
  if (dropped) deps.log.warn({ site: site.name, dropped }, 'a browser had to drop events');
  const facts = requestFacts(request, checked.envelope, receivedAt);
  const examined = examine(decoded.text, checked, facts, site.name, deps.lineId);
  const { events, owners, warnings } = examined;
  const putAt = toIso(deps.now());
  const records = events.map((event) => toRecord(event, putAt));
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
  const accepted = checked.events.length - rejected.length;
  return json(200, { accepted, rejected, ...(warnings.length > 0 ? { warnings } : {}) } satisfies Answer);
}

function toAnswer({ index, event, problems: [first] }: Rejected): Answer['rejected'][number] {
  const id = (event as { event_id?: unknown } | null)?.event_id;
  return { index, ...(typeof id === 'string' ? { event_id: id } : {}), ...first };
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
        userAgent: clip(request.headers['user-agent'] ?? '', 512) || undefined,
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

function originAllowed(site: Site, origin: string | undefined): boolean {
  return origin === undefined || site.origins === '*' || site.origins.includes(origin);
}
