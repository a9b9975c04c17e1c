import { describe, expect, test } from 'vitest';
import { answer, pick, purchase } from '../support/answers.js';

const back = (event_type: string, fields: Record<string, string | number | null>) => ({
  event_type,
  order_id: 'o1',
  product_id: 'p1',
  currency: 'BRL',
  ...fields,
});

describe('revenue', () => {
  test('is per currency, most first; lines without a price and what came back are told', async () => {
    const rows = [
      purchase({ order_id: 'o1', price: '10.10', quantity: 3 }),
      purchase({ order_id: 'o1', price: null, quantity: 2 }),
      purchase({ order_id: 'o2', price: 0 }),
      purchase({ order_id: 'o3', price: 20, currency: 'EUR' }),
      purchase({ order_id: 'o3', price: 20, currency: 'EUR', site: 'other' }),
      purchase({ order_id: 'o4', price: null, currency: null }),
      back('refund', { price: '10.10', quantity: 2, change_id: 'r1' }),
      back('cancel', { price: '1', quantity: null }),
      back('cancel', { price: null }),
      back('refund', { price: 5, currency: 'USD' }),
    ];
    expect(await answer('revenue', rows)).toEqual([
      {
        currency: 'EUR',
        orders: 2,
        lines: 2,
        units: 2,
        revenue: '40.000000',
        aov: 20,
        lines_without_price: 0,
        refunded: '0.000000',
      },
      {
        currency: 'BRL',
        orders: 2,
        lines: 3,
        units: 6,
        revenue: '30.300000',
        aov: 15.15,
        lines_without_price: 1,
        refunded: '21.200000',
      },
      {
        currency: 'USD',
        orders: 0,
        lines: 0,
        units: 0,
        revenue: '0.000000',
        aov: null,
        lines_without_price: 0,
        refunded: '5.000000',
      },
      {
        currency: null,
        orders: 1,
        lines: 1,
        units: 1,
        revenue: '0.000000',
        aov: 0,
        lines_without_price: 1,
        refunded: '0.000000',
      },
    ]);
  });

  test('each record of money counts once per site and type, as it was received first', async () => {
    const rows = [
      purchase({ event_id: 'x', received_at: '2026-11-20 12:00:02', price: 2 }),
      purchase({ event_id: 'x', received_at: '2026-11-20 12:00:01', price: 1 }),
      back('refund', { event_id: 'x', received_at: '2026-11-20 12:00:02', price: 4 }),
      back('refund', { event_id: 'x', received_at: '2026-11-20 12:00:01', price: 3 }),
      back('cancel', { event_id: 'x', price: 7 }),
    ];
    expect(pick(await answer('revenue', rows), 'lines', 'revenue', 'refunded')).toEqual([[1, '1.000000', '10.000000']]);
  });

  test('what was received first decides the day, so that the second does not count on its own', async () => {
    const rows = [
      purchase({ event_id: 'x', event_time: '2026-11-20 10:00:00', received_at: '2026-11-20 10:00:00' }),
      purchase({ event_id: 'x', event_time: '2026-11-20 23:30:00', received_at: '2026-11-20 23:30:00' }),
    ];
    expect(pick(await answer('revenue_by_day', rows, { utcOffsetMinutes: 60 }), 'day', 'orders')).toEqual([
      ['2026-11-20', 1],
    ]);
  });

  test('a currency that is asked for leaves out amounts of others, not lines without one', async () => {
    const rows = [
      purchase({ currency: 'EUR' }),
      purchase({ currency: 'BRL' }),
      purchase({ currency: 'EUR', price: null }),
    ];
    expect(pick(await answer('revenue', rows, { currency: 'BRL' }), 'currency', 'lines')).toEqual([
      ['BRL', 1],
      ['EUR', 1],
    ]);
  });
});

describe('revenue_by_day', () => {
  test('is by local day, then currency, none last', async () => {
    const rows = [
      purchase({ event_time: '2026-11-20 00:30:00', order_id: 'o1', price: '1.5', quantity: 4 }),
      purchase({ event_time: '2026-11-20 00:30:00', order_id: 'o1', currency: null, price: null }),
      purchase({ event_time: '2026-11-20 00:30:00', order_id: 'o2', currency: 'AUD', price: 3 }),
      purchase({ event_time: '2026-11-20 03:00:00', order_id: 'o3', price: 3 }),
      purchase({ event_time: '2026-11-20 03:00:00', order_id: 'o4', price: 4 }),
    ];
    expect(await answer('revenue_by_day', rows, { utcOffsetMinutes: -60 })).toEqual([
      { day: '2026-11-19', currency: 'AUD', orders: 1, units: 1, revenue: '3.000000', aov: 3 },
      { day: '2026-11-19', currency: 'BRL', orders: 1, units: 4, revenue: '6.000000', aov: 6 },
      { day: '2026-11-19', currency: null, orders: 1, units: 1, revenue: '0.000000', aov: 0 },
      { day: '2026-11-20', currency: 'BRL', orders: 2, units: 2, revenue: '7.000000', aov: 3.5 },
    ]);
  });
});
