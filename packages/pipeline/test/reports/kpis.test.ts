import { describe, expect, test } from 'vitest';
import { answer, cart, pick, purchase, removal, view, vital } from '../support/answers.js';

const day = { from: '2026-11-20', to: '2026-11-20' };
const yesterday = { event_time: '2026-11-19 12:00:00' };

describe('kpis', () => {
  test('has two rows, the range and the days before it, also where nothing happened', async () => {
    expect(
      await answer('kpis', [view({ event_time: '2026-01-01 00:00:00' })], { from: '2026-11-14', to: '2026-11-20' }),
    ).toEqual([
      {
        period: 'current',
        first_day: '2026-11-14',
        last_day: '2026-11-20',
        visitors: 0,
        sessions: 0,
        views: 0,
        carts: 0,
        purchase_sessions: 0,
        orders: 0,
        units: 0,
        revenue: '0.000000',
        currency: null,
        aov: null,
        conversion: null,
      },
      expect.objectContaining({
        period: 'previous',
        first_day: '2026-11-07',
        last_day: '2026-11-13',
        revenue: '0.000000',
      }),
    ]);
  });

  test('counts each period by itself, up to its last millisecond', async () => {
    const rows = [
      view({ event_time: '2026-11-18 23:59:59.999' }),
      view({ event_time: '2026-11-19 00:00:00' }),
      view({ event_time: '2026-11-19 23:59:59.999' }),
      view({ event_time: '2026-11-20 00:00:00' }),
      cart({ event_time: '2026-11-20 23:59:59.999' }),
      view({ event_time: '2026-11-21 00:00:00' }),
    ];
    expect(pick(await answer('kpis', rows, day), 'period', 'views', 'carts')).toEqual([
      ['current', 1, 1],
      ['previous', 2, 0],
    ]);
  });

  test('a local day ends at its own midnight, within a folder of UTC', async () => {
    const rows = [
      view({ event_time: '2026-11-20 02:59:59.999' }),
      view({ event_time: '2026-11-20 03:00:00' }),
      cart({ event_time: '2026-11-21 02:59:59.999' }),
      cart({ event_time: '2026-11-21 03:00:00' }),
    ];
    expect(pick(await answer('kpis', rows, { ...day, utcOffsetMinutes: -180 }), 'views', 'carts')).toEqual([
      [1, 1],
      [1, 0],
    ]);
  });

  test('a visitor is a customer, else a device, else a session; each per site', async () => {
    const rows = [
      view({ customer_id: 'c', device_id: 'd1' }),
      view({ customer_id: 'c', device_id: 'd2', session_id: 's2' }),
      view({ device_id: 'd2', session_id: 's2' }),
      view({ device_id: null, session_id: 's3' }),
      view({ customer_id: 'c', site: 'other' }),
      removal({ device_id: 'd9', session_id: 's9' }),
      vital({ device_id: 'only-measured', session_id: 's10' }),
    ];
    expect(pick(await answer('kpis', rows, day), 'visitors', 'sessions')[0]).toEqual([5, 5]);
  });

  test('records without a session are one per visitor and local day; without anybody they are none', async () => {
    const rows = [
      view({ session_id: null, event_time: '2026-11-20 01:00:00' }),
      view({ session_id: null, event_time: '2026-11-20 02:59:00' }),
      view({ session_id: null, event_time: '2026-11-20 03:00:00' }),
      view({ session_id: null, device_id: null }),
    ];
    const range = { from: '2026-11-19', to: '2026-11-20', utcOffsetMinutes: -180 };
    expect(pick(await answer('kpis', rows, range), 'visitors', 'sessions', 'views')[0]).toEqual([1, 2, 4]);
  });

  test('money is of the currency with most lines in the range, in both periods', async () => {
    const rows = [
      purchase({ order_id: 'o1', currency: 'USD', price: 1000 }),
      purchase({ order_id: 'o2', currency: 'BRL', price: '10.25', quantity: 2, session_id: 's2' }),
      purchase({ order_id: 'o2', currency: 'BRL', price: null, quantity: 3, session_id: 's2' }),
      purchase({ ...yesterday, order_id: 'o3', currency: 'USD', price: 7 }),
      purchase({ ...yesterday, order_id: 'o4', currency: 'USD', price: 7 }),
      purchase({ ...yesterday, order_id: 'o5', currency: 'BRL', price: 4 }),
    ];
    expect(
      pick(await answer('kpis', rows, day), 'currency', 'orders', 'units', 'revenue', 'aov', 'purchase_sessions'),
    ).toEqual([
      ['BRL', 1, 5, '20.500000', 20.5, 2],
      ['BRL', 1, 1, '4.000000', 4, 1],
    ]);
  });

  test('of two currencies with as many lines the code decides; a currency that is asked for is kept', async () => {
    const rows = [purchase({ currency: 'USD' }), purchase({ currency: 'EUR', order_id: 'o2' })];
    expect(pick(await answer('kpis', rows, day), 'currency', 'orders')[0]).toEqual(['EUR', 1]);
    expect(
      pick(await answer('kpis', rows, { ...day, currency: 'USD' }), 'currency', 'orders', 'purchase_sessions')[0],
    ).toEqual(['USD', 1, 1]);
    expect(pick(await answer('kpis', rows, { ...day, currency: 'CHF' }), 'currency', 'orders', 'revenue')[0]).toEqual([
      'CHF',
      0,
      '0.000000',
    ]);
  });

  test('yesterday’s currency alone is none', async () => {
    expect(pick(await answer('kpis', [purchase(yesterday)], day), 'currency', 'orders')).toEqual([
      [null, 0],
      [null, 0],
    ]);
  });

  test('lines without a currency are no reason to have none', async () => {
    const rows = [
      purchase({ currency: null, price: null, order_id: 'o1' }),
      purchase({ currency: null, price: null, order_id: 'o2' }),
      purchase({ currency: 'USD', order_id: 'o3' }),
    ];
    expect(pick(await answer('kpis', rows, day), 'currency', 'orders', 'revenue')[0]).toEqual(['USD', 1, '10.000000']);
  });

  test('a purchase that the lake holds twice counts once, with what was received first', async () => {
    const rows = [
      purchase({ event_id: 'x', received_at: '2026-11-20 12:09:00', price: 99, session_id: 'later' }),
      purchase({ event_id: 'x', received_at: '2026-11-20 12:01:00', price: 10 }),
      purchase({ event_id: 'x', received_at: '2026-11-20 12:05:00', price: 50, site: 'other' }),
    ];
    expect(pick(await answer('kpis', rows, day), 'orders', 'units', 'revenue', 'purchase_sessions')[0]).toEqual([
      2,
      2,
      '60.000000',
      2,
    ]);
  });

  test('amounts are exact where doubles are not', async () => {
    const rows = [
      purchase({ price: '999999999999999.999999', quantity: 1000000 }),
      purchase({ price: '0.000001', quantity: 1 }),
      purchase({ price: '0.1' }),
      purchase({ price: '0.2' }),
    ];
    expect(pick(await answer('kpis', rows, day), 'revenue')[0]).toEqual(['999999999999999999999.300001']);
  });

  test('conversion is of sessions', async () => {
    const rows = [
      view(),
      view({ session_id: 's2' }),
      purchase({ session_id: 's2' }),
      purchase({ session_id: 's3', order_id: 'o2' }),
    ];
    expect(pick(await answer('kpis', rows, day), 'sessions', 'purchase_sessions', 'conversion')[0]).toEqual([
      3,
      2,
      2 / 3,
    ]);
  });
});
