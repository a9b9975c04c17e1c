import type { Reject } from './dead-letter.js';
import { flagsOf, type RequestFacts } from './enrich.js';
import { type EventErrorCode, eventErrors } from './errors.js';
import { explode, type LineId } from './explode.js';
import { rawEvents } from './raw-events.js';
import type { RecordWriter } from './record.js';
import type { CleanEnvelope, CleanEvent, Problem, SinkRecord, Warning } from './types.js';
import { checkEvent, type EnvelopeResult, type EventResult } from './validate.js';

/** Of one request: 500 orders of ten lines. A small body could otherwise become hundreds of megabytes. */
const maxRecords = 5_000;
/** UTF-16 units of these records. */
const maxLength = 16_000_000;

/** A rejected event, ready to be a dead letter. */
export type Rejected = Reject & { readonly index: number; readonly problems: readonly [Problem, ...Problem[]] };

export interface Examined {
  readonly records: readonly SinkRecord[];
  /** Position in the request of the event that each of these came from. */
  readonly owners: readonly number[];
  readonly rejected: readonly Rejected[];
  /** Time of the newest accepted event, corrected. Unit: ms since the Unix epoch. */
  readonly newestAt: number;
  readonly warnings: readonly Warning[];
  readonly reject: Rejecter;
}

/** Makes a rejected event of one that turned out to be. `event`: as parsed, where it is at hand. */
type Rejecter = (index: number, problems: readonly [Problem, ...Problem[]], event?: unknown) => Rejected;

/** Tells the good events of an envelope from the bad: these are checked, exploded and written as records, those keep their bytes. */
export function examine(
  text: string,
  checked: EnvelopeResult & { ok: true },
  facts: RequestFacts,
  site: string,
  lineId: LineId,
  write: RecordWriter,
  orderChanges: boolean,
): Examined {
  const records: SinkRecord[] = [];
  const owners: number[] = [];
  const rejected: Rejected[] = [];
  const warnings: Warning[] = [
    ...checked.unknown.map((path) => ({ code: 'unknown_envelope_field', path })),
    ...checked.dropped.map((path) => ({ code: 'context_dropped', path })),
  ];
  const reject = rejecter(text, checked.envelope, facts, site);
  let length = 0;
  let newestAt = 0;
  const seen = new Map<string, CleanEvent>();
  for (const [index, event] of checked.events.entries()) {
    const result = checkOne(event, checked.envelope, orderChanges, seen);
    if (!result.ok) {
      rejected.push(reject(index, result.problems, event));
      continue;
    }
    const [path] = result.dropped;
    const contextDropped = path !== undefined || checked.dropped.length > 0;
    const lines = explode(result.event, site, lineId);
    if (records.length + lines.length > maxRecords || length > maxLength) {
      rejected.push(reject(index, refusal('too_many_records'), event));
      continue;
    }
    newestAt = Math.max(newestAt, result.event.event_time + facts.clockOffsetMs);
    const flags = flagsOf(result.event, checked.envelope, facts, contextDropped);
    if (path !== undefined) warnings.push({ index, code: 'context_dropped', path });
    for (const flag of flags) if (flag !== 'context_dropped') warnings.push({ index, code: flag });
    for (const line of lines) {
      const record = write(line, flags);
      length += record.data.length;
      records.push(record);
      owners.push(index);
    }
  }
  return { records, newestAt, owners, rejected, warnings, reject };
}

/** Keeps no more than the text: requests wait for the stream with what they hold. */
function rejecter(text: string, envelope: CleanEnvelope, facts: RequestFacts, site: string): Rejecter {
  let raws: readonly string[] | undefined;
  return (index, problems, event) => {
    raws ??= rawEvents(text);
    const raw = raws[index] ?? '';
    const { user_agent: userAgent, ip_prefix: ipPrefix } = facts;
    const { key: _, events: __, ...shared } = envelope as CleanEnvelope & { events?: unknown };
    const known = event === undefined ? (JSON.parse(raw) as unknown) : event;
    return { problems, raw, index, event: known, site, envelope: shared, userAgent, ipPrefix };
  };
}

/** Checks one event; whatever goes wrong with it concerns no other. `seen`: the events before it, by id. */
function checkOne(
  event: unknown,
  envelope: CleanEnvelope,
  orderChanges: boolean,
  seen: Map<string, CleanEvent>,
): EventResult {
  try {
    const result = checkEvent(event, envelope, orderChanges);
    if (!result.ok) return result;
    const { event_id } = result.event;
    const before = seen.get(event_id);
    if (before === undefined) seen.set(event_id, result.event);
    else if (JSON.stringify(before) !== JSON.stringify(result.event))
      return { ok: false, problems: refusal('duplicate_event_id') };
    return result;
  } catch {
    // Nested so deeply that it can be neither checked nor written.
    return { ok: false, problems: refusal('bad_format') };
  }
}

const refusal = (code: EventErrorCode): readonly [Problem] => [{ code, path: '', message: eventErrors[code] }];
