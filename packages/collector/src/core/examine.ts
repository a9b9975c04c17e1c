import type { Reject } from './dead-letter.js';
import { enrich, type RequestFacts } from './enrich.js';
import { type EventErrorCode, eventErrors } from './errors.js';
import { explode, type LineId } from './explode.js';
import { rawEvents } from './raw-events.js';
import type { CleanEnvelope, Problem, Warning } from './types.js';
import { checkEvent, type EnvelopeResult, type EventResult } from './validate.js';

/** Records of one request: 500 orders of ten lines. A small body could otherwise become hundreds of megabytes. */
const maxRecords = 5_000;

/** A rejected event, ready to be a dead letter. */
export type Rejected = Reject & { readonly index: number; readonly problems: readonly [Problem, ...Problem[]] };

export interface Examined {
  /** One flat event per record. */
  readonly events: readonly Record<string, unknown>[];
  /** Position in the request of the event that each of these came from. */
  readonly owners: readonly number[];
  readonly rejected: readonly Rejected[];
  readonly warnings: readonly Warning[];
  /** Makes a rejected event of one that turned out to be. */
  reject(index: number, problems: readonly [Problem, ...Problem[]]): Rejected;
}

/** Tells the good events of an envelope from the bad: these are checked, enriched and exploded, those keep their bytes. */
export function examine(
  text: string,
  checked: EnvelopeResult & { ok: true },
  facts: RequestFacts,
  site: string,
  lineId: LineId,
): Examined {
  const { key: _, ...envelope } = checked.envelope;
  const events: Record<string, unknown>[] = [];
  const owners: number[] = [];
  const rejected: Rejected[] = [];
  const warnings: Warning[] = [
    ...checked.unknown.map((path) => ({ code: 'unknown_envelope_field', path })),
    ...checked.dropped.map((path) => ({ code: 'context_dropped', path })),
  ];
  let raws: readonly string[] | undefined;
  const reject: Examined['reject'] = (index, problems) => {
    raws ??= rawEvents(text);
    const event = checked.events[index];
    const { user_agent: userAgent, ip_prefix: ipPrefix } = facts;
    return { problems, raw: raws[index] ?? '', index, event, site, envelope, userAgent, ipPrefix };
  };

  const seen = new Map<string, string>();
  for (const [index, event] of checked.events.entries()) {
    const result = checkOne(event, checked.envelope, seen);
    if (!result.ok) {
      rejected.push(reject(index, result.problems));
      continue;
    }
    const [path] = result.dropped;
    const contextDropped = path !== undefined || checked.dropped.length > 0;
    const whole = enrich(result.event, checked.envelope, facts, site, contextDropped);
    const lines = explode(whole, site, lineId);
    if (events.length + lines.length > maxRecords) {
      rejected.push(reject(index, refusal('too_many_records')));
      continue;
    }
    if (path !== undefined) warnings.push({ index, code: 'context_dropped', path });
    for (const flag of whole.flags ?? []) if (flag !== 'context_dropped') warnings.push({ index, code: flag });
    for (const line of lines) {
      events.push(line);
      owners.push(index);
    }
  }
  return { events, owners, rejected, warnings, reject };
}

/** Checks one event; whatever goes wrong with it concerns no other. `seen`: the events before it, by id. */
function checkOne(event: unknown, envelope: CleanEnvelope, seen: Map<string, string>): EventResult {
  let result: EventResult;
  let text: string;
  try {
    result = checkEvent(event, envelope);
    if (!result.ok) return result;
    text = JSON.stringify(event);
  } catch {
    // Nested so deeply that it can be neither checked nor written.
    return { ok: false, problems: refusal('bad_format') };
  }
  const { event_id } = result.event;
  const before = seen.get(event_id);
  if (before !== undefined && before !== text) return { ok: false, problems: refusal('duplicate_event_id') };
  seen.set(event_id, text);
  return result;
}

const refusal = (code: EventErrorCode): readonly [Problem] => [{ code, path: '', message: eventErrors[code] }];
