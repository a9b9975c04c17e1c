// What the collector makes of an adapter's calls: the judge of whether fields are valid.
import { createCollector, createMemorySink } from '@rastro/collector';
import type { Call } from '../../src/plugins/adapter.js';

const now = Date.parse('2026-11-20T09:30:01.004Z');
const types = { view: 'view', cart: 'cart', removeFromCart: 'remove_from_cart', purchase: 'purchase' } as const;

/** Sends the events of some calls, as the tracker would; gives the records, and what was rejected. */
export async function collected(
  calls: readonly Call[],
): Promise<{ records: Record<string, unknown>[]; rejected: unknown[] }> {
  const sink = createMemorySink();
  const collector = createCollector({ sites: { demo: {} }, sink, deadLetters: createMemorySink(), now: () => now });
  const events = calls.flatMap(([method, fields], at) =>
    method in types
      ? {
          event_id: `01936d2e-7c1a-7e3b-9f60-${at.toString(16).padStart(12, '0')}`,
          event_type: types[method as keyof typeof types],
          event_time: now,
          ...(fields as object),
        }
      : [],
  );
  if (!events[0]) return { records: [], rejected: [] };
  const body = JSON.stringify({ v: 1, key: 'demo', sent_at: now, device_id: 'd-1', session_id: 's-1', events });
  const answer = await collector.handle({
    method: 'POST',
    path: '/e',
    headers: { 'content-type': 'text/plain' },
    body: new TextEncoder().encode(body),
    ip: '203.0.113.77',
  });
  const { rejected = [] } = JSON.parse(String(answer.body)) as { rejected?: unknown[] };
  return { records: sink.records.map(({ data }) => JSON.parse(data)), rejected };
}
