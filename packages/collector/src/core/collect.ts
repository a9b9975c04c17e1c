import { type Reject, type TextId, toBase64, toDeadLetter } from './dead-letter.js';
import { decode } from './decode.js';
import { enrich, ipPrefix, requestFacts, toIso } from './enrich.js';
import { type EventErrorCode, eventErrors, type RequestErrorCode, requestErrors } from './errors.js';
import { explode, type LineId } from './explode.js';
import { rawEvents } from './raw-events.js';
import { toRecord } from './record.js';
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
  Warning,
} from './types.js';
import { checkEnvelope, checkEvent, type EventResult } from './validate.js';

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

/** Records of one request: 500 orders of ten lines. A small body could otherwise become hundreds of megabytes. */
const maxRecords = 5_000;

/** Takes one envelope: answers 200 only when each of its events is on the stream or on the dead-letter stream. */
export async function collect(request: CollectRequest, deps: CollectDeps): Promise<CollectResponse> {
  const receivedAt = deps.now();
  const decoded = await decode(request, deps.maxBodyBytes);
  if (!decoded.ok) {
    if (decoded.bytes) {
      const kept = await buryBody(decoded.bytes, decoded.code, decoded.message, request, receivedAt, deps);
      if (!kept) return refuse('unavailable', deps);
    }
    return refuse(decoded.code, deps, decoded.message);
  }
  const checked = checkEnvelope(decoded.value);
  if (!checked.ok) {
    const { message } = checked.problem;
    const bytes = new TextEncoder().encode(decoded.text);
    const kept = await buryBody(bytes, 'malformed_envelope', message, request, receivedAt, deps);
    return kept ? refuse('malformed_envelope', deps, message) : refuse('unavailable', deps);
  }
  const { envelope } = checked;
  const site = deps.sites.get(envelope.key);
  if (!site) return refuse('unknown_key', deps);
  if (!originAllowed(site, request.headers['origin'])) return refuse('origin_not_allowed', deps);

  const facts = requestFacts(request, envelope, receivedAt);
  const flats: Record<string, unknown>[] = [];
  /** The event that each flat record came from. */
  const owners: number[] = [];
  const rejects: Reject[] = [];
  const rejected: Answer['rejected'][number][] = [];
  const warnings: Warning[] = [
    ...checked.unknown.map((path) => ({ code: 'unknown_envelope_field', path })),
    ...checked.dropped.map((path) => ({ code: 'context_dropped', path })),
  ];
  let raws: readonly string[] | undefined;
  const reject = (index: number, problems: readonly [Problem, ...Problem[]]): void => {
    raws ??= rawEvents(decoded.text);
    const event = checked.events[index];
    const id = (event as { event_id?: unknown } | null)?.event_id;
    rejected.push({ index, ...(typeof id === 'string' ? { event_id: id } : {}), ...problems[0] });
    rejects.push({
      problems,
      raw: raws[index] ?? '',
      index,
      event,
      site: site.name,
      envelope: withoutKey(envelope),
      userAgent: facts.user_agent,
      ipPrefix: facts.ip_prefix,
    });
  };

  const seen = new Map<string, string>();
  for (const [index, event] of checked.events.entries()) {
    const result = checkOne(event, envelope, seen);
    if (!result.ok) {
      reject(index, result.problems);
      continue;
    }
    const [path] = result.dropped;
    if (path !== undefined) warnings.push({ index, code: 'context_dropped', path });
    const contextDropped = result.dropped.length > 0 || checked.dropped.length > 0;
    const whole = enrich(result.event, envelope, facts, site.name, contextDropped);
    for (const flag of whole.flags ?? []) if (flag !== 'context_dropped') warnings.push({ index, code: flag });
    const records = explode(whole, site.name, deps.lineId);
    if (flats.length + records.length > maxRecords) {
      reject(index, [{ code: 'too_many_records', path: '', message: eventErrors.too_many_records }]);
      continue;
    }
    for (const flat of records) {
      flats.push(flat);
      owners.push(index);
    }
  }

  const putAt = toIso(deps.now());
  const letters = (of: readonly Reject[]): SinkRecord[] =>
    of.map((each) => toDeadLetter(each, facts.received_at, deps.textId));
  const [failed, unburied] = await Promise.all([
    put(
      deps.sink,
      flats.map((flat) => toRecord(flat, putAt)),
      deps.log,
    ),
    put(deps.deadLetters, letters(rejects), deps.log),
  ]);
  let durable = unburied.length === 0 && failed.every((failure) => !failure.retryable);
  const refused = failed.filter((failure) => !failure.retryable);
  if (durable && refused.length > 0) {
    rejects.length = 0;
    for (const { index: at, message } of refused) {
      const index = owners[at] ?? 0;
      if (!rejects.some((each) => each.index === index)) reject(index, [{ code: 'record_refused', path: '', message }]);
    }
    durable = (await put(deps.deadLetters, letters(rejects), deps.log)).length === 0;
  }
  if (!durable) return refuse('unavailable', deps);

  rejected.sort((a, b) => a.index - b.index);
  const accepted = checked.events.length - rejected.length;
  return json(200, { accepted, rejected, ...(warnings.length > 0 ? { warnings } : {}) } satisfies Answer);
}

/** Checks one event; whatever goes wrong with it concerns no other. `seen`: the events before it, by id. */
function checkOne(event: unknown, envelope: CleanEnvelope, seen: Map<string, string>): EventResult {
  const refused = (code: EventErrorCode): EventResult => ({
    ok: false,
    problems: [{ code, path: '', message: eventErrors[code] }],
  });
  let result: EventResult;
  let text: string;
  try {
    result = checkEvent(event, envelope);
    if (!result.ok) return result;
    text = JSON.stringify(event);
  } catch {
    // Nested so deeply that it can be neither checked nor written.
    return refused('bad_format');
  }
  const { event_id } = result.event;
  const before = seen.get(event_id);
  if (before !== undefined && before !== text) return refused('duplicate_event_id');
  seen.set(event_id, text);
  return result;
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

/** Puts a body that could not be read on the dead-letter stream. */
async function buryBody(
  bytes: Uint8Array,
  code: RequestErrorCode,
  message: string | undefined,
  request: CollectRequest,
  receivedAt: number,
  deps: CollectDeps,
): Promise<boolean> {
  const raw = toText(bytes);
  const letter = toDeadLetter(
    {
      problems: [{ code, path: '', message: message ?? requestErrors[code].message }],
      ...raw,
      userAgent: clip(request.headers['user-agent'] ?? '', 512) || undefined,
      ipPrefix: request.ip === undefined ? undefined : ipPrefix(request.ip),
    },
    toIso(receivedAt),
    deps.textId,
  );
  return (await put(deps.deadLetters, [letter], deps.log)).length === 0;
}

function toText(bytes: Uint8Array): { raw: string; rawEncoding?: 'base64' } {
  try {
    return { raw: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { raw: toBase64(bytes), rawEncoding: 'base64' };
  }
}

function withoutKey(envelope: CleanEnvelope): Record<string, unknown> {
  const { key: _, ...rest } = envelope;
  return { ...rest };
}

export function originAllowed(site: Site, origin: string | undefined): boolean {
  return origin === undefined || site.origins === '*' || site.origins.includes(origin);
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): CollectResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}

/** Answers with an error of the table. */
export function refuse(
  code: RequestErrorCode,
  deps: Pick<CollectDeps, 'retryAfterSeconds'>,
  message?: string,
  headers: Record<string, string> = {},
): CollectResponse {
  const error = requestErrors[code];
  const retry: Record<string, string> = error.retry ? { 'retry-after': String(deps.retryAfterSeconds) } : {};
  return json(error.status, { error: { code, message: message ?? error.message } }, { ...retry, ...headers });
}
