import type { StoredEvent } from './types.js';

export interface Batch {
  readonly events: readonly StoredEvent[];
  readonly body: string;
  /** Bytes of the body as UTF-8. */
  readonly bytes: number;
}

/** What may stand in the envelope once instead of on each event: who, and (in its `context`) where. */
const who = /^(customer|device|session)_id$/;
const where = /^(page|utm)_|^(language|viewport)$/;

/**
 * Takes as many events as fit one request.
 *
 * @param events Oldest first, at least one.
 * @param head The rest of the envelope.
 * @returns The first event is always taken, even when it alone is larger than `maxBytes`.
 */
export function takeBatch(
  events: readonly StoredEvent[],
  head: Readonly<Record<string, unknown>>,
  maxEvents: number,
  maxBytes: number,
): Batch {
  for (let count = Math.min(events.length, maxEvents); ; count = Math.ceil(count / 2)) {
    const taken = events.slice(0, count);
    const body = JSON.stringify({ ...head, ...factor(taken) });
    const bytes = new TextEncoder().encode(body).length;
    if (bytes <= maxBytes || count < 2) return { events: taken, body, bytes };
  }
}

/** Writes what all events agree on once. */
function factor(events: readonly StoredEvent[]): Record<string, unknown> {
  const first = Object.entries(events[0] as StoredEvent);
  const same = (names: RegExp): Record<string, unknown> =>
    Object.fromEntries(
      first.filter(([name, value]) => names.test(name) && events.every((event) => event[name] === value)),
    );
  const ids = same(who);
  const context = same(where);
  return {
    ...ids,
    context,
    events: events.map((event) =>
      Object.fromEntries(Object.entries(event).filter(([name]) => !(name in ids || name in context))),
    ),
  };
}
