import type { StreamRecord } from '@rastro/schema';
import { type TrackedEvent, toEvents } from '../../src/playwright/events.js';
import type { Evidence } from '../../src/playwright/report.js';

let count = 0;
/** A record as the stream has it, of its own id. */
export function record(event_type: StreamRecord['event_type'], fields: Partial<StreamRecord> = {}): StreamRecord {
  count++;
  const at = '2026-11-20T09:30:00.123Z';
  return {
    event_id: `e${count}`,
    event_type,
    event_time: at,
    event_time_raw: 1_795_253_400_123,
    received_at: at,
    txn_timestamp: at,
    site: 'shop',
    source: 'web',
    is_bot: true,
    session_id: 's',
    session_seq: count,
    page_url: 'https://shop.example/p/1',
    ...fields,
  };
}
export const events = (...records: StreamRecord[]): TrackedEvent[] => toEvents(records);
/** An order of these lines, with its total on the first. */
export function order(
  order_id: string,
  items: Partial<StreamRecord>[],
  fields: Partial<StreamRecord> = {},
): StreamRecord[] {
  const shared = { order_id, lines: items.length, session_seq: ++count, ...fields };
  return items.map((item, at) =>
    record('purchase', { ...shared, line: at + 1, ...(at === 0 ? { order_total: 100 } : {}), ...item }),
  );
}
export const evidence = (parts: Partial<Evidence> = {}): Evidence => ({
  events: [],
  rejections: [],
  requests: 1,
  fault: undefined,
  observed: {
    trackers: 1,
    called: new Map(),
    misuses: [],
    failures: [],
    blocked: [],
    strangers: new Set(),
    passed: new Set(),
    lost: [],
  },
  pages: [],
  ...parts,
});
