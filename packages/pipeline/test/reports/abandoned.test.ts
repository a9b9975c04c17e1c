import { describe, expect, test } from 'vitest';
import { answer, cart, pick, purchase, removal } from '../support/answers.js';
import type { Row } from '../support/events-table.js';

const at = (time: string, more: Row = {}): Row => ({ event_time: `2026-11-20 ${time}`, ...more });
const fates = ['product_id', 'carts', 'bought', 'removed', 'abandoned'] as const;
const fateOf = async (rows: Row[], params: object = {}) =>
  pick(
    await answer('abandoned', rows, { from: '2026-11-20', to: '2026-11-20', ...params }),
    'bought',
    'removed',
    'abandoned',
  )[0];
const [bought, removed, left] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

describe('abandoned', () => {
  test('a pair is a product in a session, however often it was put into the cart', async () => {
    const rows = [
      cart({ price: 5, currency: 'BRL', ...at('10:00:00') }),
      cart({
        price: '7.5',
        quantity: 2,
        currency: 'BRL',
        product_name: 'Mask',
        brand: 'acme',
        category_code: 'care.face',
        ...at('10:01:00'),
      }),
      cart({ price: 5, currency: 'BRL', session_id: 's2', ...at('09:00:00') }),
      cart({ price: null, currency: 'BRL', session_id: 's3', ...at('08:00:00') }),
      cart({ price: 5, currency: 'BRL', session_id: 's4', ...at('08:00:00') }),
      purchase({ session_id: 's4', ...at('08:10:00') }),
    ];
    expect(await answer('abandoned', rows)).toEqual([
      {
        product_id: 'p1',
        product_name: 'Mask',
        brand: 'acme',
        category: 'care.face',
        currency: 'BRL',
        carts: 4,
        bought: 1,
        removed: 0,
        abandoned: 3,
        abandoned_rate: 0.75,
        abandoned_value: '20.000000',
      },
    ]);
  });

  test('a purchase in the session counts, also before the cart and on another day', async () => {
    expect(await fateOf([cart(at('10:00:00')), purchase(at('10:05:00'))])).toEqual(bought);
    expect(await fateOf([cart(at('10:00:00')), purchase(at('09:05:00'))])).toEqual(bought);
    expect(await fateOf([cart(at('23:50:00')), purchase({ event_time: '2026-11-21 00:10:00' })])).toEqual(bought);
    expect(await fateOf([cart(at('00:10:00')), purchase({ event_time: '2026-11-19 23:50:00' })])).toEqual(bought);
    expect(await fateOf([cart(at('10:00:00')), purchase({ ...at('10:05:00'), product_id: 'p2' })])).toEqual(left);
    expect(await fateOf([cart(at('10:00:00')), purchase({ ...at('10:05:00'), session_id: 's2' })])).toEqual(left);
    expect(await fateOf([cart(at('10:00:00')), purchase({ ...at('10:05:00'), site: 'other' })])).toEqual(left);
  });

  test('products that were bought but never in a cart are absent', async () => {
    const rows = [
      cart(at('10:00:00')),
      purchase({ ...at('10:05:00'), product_id: 'p2' }),
      removal({ product_id: 'p3' }),
    ];
    expect(pick(await answer('abandoned', rows), ...fates)).toEqual([['p1', 1, 0, 0, 1]]);
  });

  test('carts are those of the range', async () => {
    expect(
      await fateOf([cart({ event_time: '2026-11-19 23:59:59.999' }), cart({ event_time: '2026-11-21 00:00:00' })]),
    ).toBeUndefined();
  });

  test('with hours a purchase of the visitor counts in any session, from the first cart on', async () => {
    const carts = [cart(at('10:00:00')), cart(at('12:00:00'))];
    const later = (event_time: string, more: Row = {}) => [
      ...carts,
      purchase({ session_id: 's2', event_time, ...more }),
    ];
    const windowHours = 24;
    expect(await fateOf(later('2026-11-21 10:00:00'), { windowHours })).toEqual(bought);
    expect(await fateOf(later('2026-11-21 10:00:00.001'), { windowHours })).toEqual(left);
    expect(await fateOf(later('2026-11-20 10:00:00'), { windowHours })).toEqual(bought);
    expect(await fateOf(later('2026-11-20 09:59:59.999'), { windowHours })).toEqual(left);
    expect(await fateOf(later('2026-11-20 10:00:00'))).toEqual(left);
    expect(await fateOf(later('2026-11-20 10:30:00', { device_id: 'd2' }), { windowHours })).toEqual(left);
    expect(await fateOf(later('2026-11-20 10:30:00', { site: 'other' }), { windowHours })).toEqual(left);
    expect(await fateOf(later('2026-11-20 10:30:00'), { windowHours: 0.5 })).toEqual(bought);
    expect(await fateOf(later('2026-12-20 09:00:00'), { windowHours: 720 })).toEqual(bought);
    // The session's own purchase counts as ever.
    expect(await fateOf([...carts, purchase(at('09:00:00'))], { windowHours })).toEqual(bought);
  });

  test('an earlier purchase does not hide one within the hours', async () => {
    const rows = [
      purchase({ session_id: 's0', ...at('09:00:00') }),
      cart(at('10:00:00')),
      purchase({ session_id: 's2', order_id: 'o2', ...at('11:00:00') }),
    ];
    expect(await fateOf(rows, { windowHours: 2 })).toEqual(bought);
  });

  test('removed is what was taken out at or after the last cart', async () => {
    expect(await fateOf([cart(at('10:00:00')), removal(at('10:00:01'))])).toEqual(removed);
    expect(await fateOf([cart(at('10:00:00')), removal(at('10:00:01')), cart(at('10:00:02'))])).toEqual(left);
    expect(await fateOf([cart(at('10:00:00')), removal(at('10:00:01')), purchase(at('10:00:02'))])).toEqual(bought);
    expect(await fateOf([cart(at('10:00:00')), removal({ ...at('10:00:01'), session_id: 's2' })])).toEqual(left);
  });

  test('in the same instant the place in the session decides, and without one it was taken out', async () => {
    const both = (inCart: number | null, out: number | null) =>
      fateOf([cart({ ...at('10:00:00'), session_seq: inCart }), removal({ ...at('10:00:00'), session_seq: out })]);
    expect(await both(1, 2)).toEqual(removed);
    expect(await both(2, 1)).toEqual(left);
    expect(await both(null, 1)).toEqual(removed);
    expect(await both(2, null)).toEqual(removed);
    expect(await both(null, null)).toEqual(removed);
  });

  test('of carts in the same instant the last by place, then by id is meant', async () => {
    const price = async (...carts: Row[]) =>
      pick(
        await answer(
          'abandoned',
          carts.map((more) => cart({ currency: 'BRL', ...more })),
        ),
        'abandoned_value',
      )[0]?.[0];
    expect(await price({ price: 1, session_seq: 2 }, { price: 2, session_seq: 1 })).toBe('1.000000');
    expect(await price({ price: 1, session_seq: 1 }, { price: 2 })).toBe('1.000000');
    expect(await price({ price: 1, event_id: 'b' }, { price: 2, event_id: 'a' })).toBe('1.000000');
  });

  test('a record without a session is of its visitor’s day', async () => {
    const nobody = { session_id: null };
    expect(await fateOf([cart({ ...nobody, ...at('10:00:00') }), purchase({ ...nobody, ...at('22:00:00') })])).toEqual(
      bought,
    );
    expect(
      await fateOf([
        cart({ ...nobody, ...at('23:00:00') }),
        purchase({ ...nobody, event_time: '2026-11-21 01:00:00' }),
      ]),
    ).toEqual(left);
    expect(await fateOf([cart({ session_id: null, device_id: null })])).toBeUndefined();
  });

  test('the last carts of two currencies are two rows; ties are broken by product, then currency, none last', async () => {
    const rows = [
      cart({ product_id: 'p2' }),
      cart({ currency: 'USD', session_id: 's2' }),
      cart({ currency: 'BRL', session_id: 's3' }),
      cart({ session_id: 's4' }),
      cart({ product_id: 'p3' }),
      cart({ product_id: 'p3', session_id: 's2' }),
    ];
    expect(pick(await answer('abandoned', rows), 'product_id', 'currency', 'abandoned')).toEqual([
      ['p3', null, 2],
      ['p1', 'BRL', 1],
      ['p1', 'USD', 1],
      ['p1', null, 1],
      ['p2', null, 1],
    ]);
    expect(await answer('abandoned', rows, { limit: 2 })).toHaveLength(2);
  });

  test('a repeat of a purchase in another session is none', async () => {
    const rows = [
      cart({ session_id: 's2', ...at('10:00:00') }),
      purchase({ event_id: 'x', received_at: '2026-11-20 10:01:00', ...at('10:01:00') }),
      purchase({ event_id: 'x', received_at: '2026-11-20 10:09:00', ...at('10:09:00'), session_id: 's2' }),
    ];
    expect(await fateOf(rows)).toEqual(left);
  });
});
