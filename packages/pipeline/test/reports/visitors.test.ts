import { describe, expect, test } from 'vitest';
import { answer, cart, pick, purchase, view, vital } from '../support/answers.js';

describe('visitors', () => {
  test('has a row per local day with events', async () => {
    const rows = [
      view({ event_time: '2026-11-18 12:00:00' }),
      cart({ event_time: '2026-11-18 12:00:01', device_id: 'd2', session_id: 's2' }),
      purchase({ event_time: '2026-11-20 02:59:59.999', order_id: 'o1' }),
      purchase({ event_time: '2026-11-20 02:59:59.999', order_id: 'o1', product_id: 'p2' }),
      purchase({ event_time: '2026-11-20 03:00:00', order_id: 'o2' }),
    ];
    expect(await answer('visitors', rows, { utcOffsetMinutes: -180 })).toEqual([
      { day: '2026-11-18', visitors: 2, sessions: 2, views: 1, carts: 1, purchases: 0 },
      { day: '2026-11-19', visitors: 1, sessions: 1, views: 0, carts: 0, purchases: 1 },
      { day: '2026-11-20', visitors: 1, sessions: 1, views: 0, carts: 0, purchases: 1 },
    ]);
  });

  test('who only loaded a page was there; what a server says of an order is no visit', async () => {
    const rows = [
      vital({ device_id: 'd7', session_id: 's7' }),
      { event_type: 'cancel', customer_id: 'c1', order_id: 'o1' },
      { event_type: 'refund', customer_id: 'c2', order_id: 'o1' },
    ];
    expect(pick(await answer('visitors', rows), 'visitors', 'sessions')).toEqual([[1, 1]]);
  });

  test('of a category, who only loaded a page did nothing to its products', async () => {
    const rows = [view({ category_code: 'care.mask' }), vital({ device_id: 'd7', session_id: 's7' })];
    const visitorsOf = async (category: string) =>
      pick(await answer('visitors', rows, { category }), 'visitors', 'sessions');
    expect(await visitorsOf('care')).toEqual([[1, 1]]);
    expect(await visitorsOf('unknown')).toEqual([]);
  });

  test('robots count when they are asked for', async () => {
    const rows = [view(), view({ device_id: 'r', session_id: 'r', is_bot: true })];
    expect(pick(await answer('visitors', rows), 'visitors')).toEqual([[1]]);
    expect(pick(await answer('visitors', rows, { bots: true }), 'visitors')).toEqual([[2]]);
  });

  test('site, category and currency leave out what is not theirs', async () => {
    const rows = [
      view({ device_id: 'a', category_code: 'care.face.mask', category_id: '1' }),
      view({ device_id: 'b', category_code: 'care', price: 3, currency: 'USD' }),
      view({ device_id: 'c', category_id: 'care', price: 3, currency: 'BRL' }),
      view({ device_id: 'd', category_code: 'career.x' }),
      view({ device_id: 'e', category_id: '1', price: 3 }),
      view({ device_id: 'f', site: 'other' }),
    ];
    const visitorsOf = async (params: object) => pick(await answer('visitors', rows, params), 'visitors')[0];
    expect(await visitorsOf({})).toEqual([6]);
    expect(await visitorsOf({ category: 'care' })).toEqual([3]);
    expect(await visitorsOf({ category: '1' })).toEqual([1]);
    expect(await visitorsOf({ category: 'unknown' })).toEqual([1]);
    // Without a price it stays; with a price of no or another currency it does not.
    expect(await visitorsOf({ currency: 'BRL' })).toEqual([4]);
    expect(await visitorsOf({ site: 'demo' })).toEqual([5]);
    expect(await visitorsOf({ site: "demo' OR '1'='1" })).toBeUndefined();
  });

  test('ids with any text are told apart', async () => {
    const rows = [
      view({ site: 'a', device_id: 'b/c' }),
      view({ site: 'a/b', device_id: 'c' }),
      view({ site: 'a', device_id: 'é' }),
      view({ site: 'a', device_id: 'e\u0301' }),
      view({ site: 'a', device_id: '9007199254740993' }),
      view({ site: 'a', device_id: '9007199254740992' }),
    ];
    expect(pick(await answer('visitors', rows), 'visitors', 'sessions')).toEqual([[6, 2]]);
  });

  test('views that the lake holds twice are counted as it holds them', async () => {
    expect(pick(await answer('visitors', [view({ event_id: 'x' }), view({ event_id: 'x' })]), 'views')).toEqual([[2]]);
  });
});
