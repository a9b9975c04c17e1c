import { expect, test } from 'vitest';
import { events, order, record } from './support.js';

const line = ({ event_type, session_seq }: { event_type: string; session_seq?: number | undefined }): string =>
  `${event_type} ${session_seq}`;

test('the records of an order are one event, with what belongs to the line in items', () => {
  const [second, first] = order('A', [{ product_id: '1', price: 5 }, { product_id: '2' }]).reverse();
  const all = events(second as never, first as never);
  expect(all).toHaveLength(1);
  expect(all[0]).toMatchObject({ order_id: 'A', lines: 2, order_total: 100 });
  expect(all[0]).not.toHaveProperty('product_id');
  expect(all[0]).not.toHaveProperty('line');
  expect(all[0]).toHaveProperty('items', [
    { event_id: first?.event_id, line: 1, product_id: '1', price: 5 },
    { event_id: second?.event_id, line: 2, product_id: '2' },
  ]);
});

test('two orders are two events', () => {
  expect(events(...order('A', [{}]), ...order('B', [{}]))).toHaveLength(2);
});

test('what has the same id is there once, as it came first', () => {
  const first = record('view', { product_id: '1' });
  expect(events(first, { ...first, product_id: '2' }, { ...first, site: 'other' })).toMatchObject([
    { product_id: '1' },
    { site: 'other' },
  ]);
});

test('events are in the order of their session, whatever order they came in; sessions in that in which they came', () => {
  const all = events(
    record('cart', { session_id: 'b', session_seq: 2 }),
    record('view', { session_id: 'a', session_seq: 1 }),
    record('view', { session_id: 'b', session_seq: 1 }),
  );
  expect(all.map(line)).toEqual(['view 1', 'cart 2', 'view 1']);
});
