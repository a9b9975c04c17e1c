import type { StoredEvent } from './types.js';

/**
 * The body of a request. What all events share is written once.
 *
 * @param events At least one.
 * @param head The rest of the envelope.
 */
export function envelope(events: readonly StoredEvent[], head: object): string {
  const [[who, context]] = events as readonly [StoredEvent];
  const same = new Set(events.map((event) => JSON.stringify(event.slice(0, 2)))).size < 2;
  return JSON.stringify({
    ...head,
    ...(same && { ...who, context }),
    events: events.map(([who, context, fields]) => (same ? fields : { ...who, ...context, ...fields })),
  });
}
