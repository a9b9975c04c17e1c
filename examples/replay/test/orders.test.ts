import { describe, expect, it } from 'vitest';
import { createOrders, type Unit } from '../src/orders.js';
import type { Row } from '../src/rows.js';

let number = 0;
const row = (second: number | undefined, type = 'purchase', user = 'u1', session = 's1'): Row => ({
  number: ++number,
  text: '',
  values: {
    event_type: type,
    ...(user && { user_id: user }),
    ...(session && { user_session: session }),
  },
  ...(second !== undefined && { timeMs: second * 1000 }),
  uneven: false,
});

/** Row numbers per unit, `!` behind orders that stand apart. */
function group(rows: readonly Row[]): string[] {
  const orders = createOrders();
  const units: Unit[] = [...rows.flatMap((each) => orders.add(each)), ...orders.close()];
  const first = rows[0]?.number ?? 1;
  return units.map(
    ({ rows, apart }) =>
      rows.map((each) => each.number - first + 1).join('+') +
      (apart && rows[0]?.values.event_type === 'purchase' ? '!' : ''),
  );
}

describe('createOrders', () => {
  it('joins purchases of the same customer, session and second, though others come between', () => {
    const rows = [row(1), row(1, 'view'), row(1, 'purchase', 'u2', 's2'), row(1), row(1, 'purchase', 'u2', 's2')];
    expect(group([...rows, row(2, 'cart')])).toEqual(['2', '1+4', '3+5', '6']);
  });

  it('keeps another second, customer or session apart', () => {
    expect(group([row(1), row(2), row(2, 'purchase', 'u2'), row(2, 'purchase', 'u1', 's2')])).toEqual([
      '1',
      '2',
      '3',
      '4',
    ]);
  });

  it('sends a purchase alone that has no time, or neither customer nor session', () => {
    const rows = [row(1), row(undefined), row(1, 'purchase', '', ''), row(1, 'purchase', '', ''), row(1)];
    expect(group(rows)).toEqual(['2!', '3!', '4!', '1+5']);
  });

  it('divides an order after 500 lines and names the rest apart', () => {
    const units = group(Array.from({ length: 1100 }, () => row(1)));
    expect(units.map((unit) => unit.split('+').length)).toEqual([500, 500, 100]);
    expect(units.map((unit) => unit.endsWith('!'))).toEqual([false, true, true]);
  });

  it('holds at most 10,000 lines, and names apart what comes after', () => {
    const rows = Array.from({ length: 10_001 }, (_, i) => row(1, 'purchase', `u${i % 100}`));
    const units = group(rows);
    expect(units).toHaveLength(101);
    expect(units.at(-1)).toBe('10001!');
  });

  it('names an order apart whose second lies before that of a row above it', () => {
    const orders = createOrders();
    const units = [row(1), row(2), row(1), row(3)].flatMap((each) => orders.add(each));
    expect(units.map((unit) => unit.apart)).toEqual([false, false, true]);
    expect(orders.unsorted).toBe(1);
  });

  it('tells the first row that waits', () => {
    const orders = createOrders();
    const first = row(1);
    orders.add(first);
    orders.add(row(1, 'view'));
    expect(orders.firstPending()).toBe(first.number);
    expect(orders.continues(row(1))).toBe(true);
    expect(orders.continues(row(2))).toBe(false);
    orders.add(row(2, 'view'));
    expect(orders.firstPending()).toBeUndefined();
  });
});
