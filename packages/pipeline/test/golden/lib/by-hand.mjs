// @ts-check
// Few records with answers that were worked out by hand. They hold what the genuine files lack: web vitals, robots,
// cancelled lines, several currencies, quantities, prices with six places, a line that the lake holds twice.
import { eventOf } from './records.mjs';

/** @typedef {import('./records.mjs').Event} Event */

const at = (/** @type {string} */ text) => Date.parse(`${text}Z`);

let number = 0;
/** @param {string} time @param {string} event_type @param {Partial<Event>} fields */
const event = (time, event_type, fields) =>
  eventOf({ event_id: `e${++number}`, event_type, event_time: at(time), ...fields });

/** @param {string} url @param {string} metric @param {readonly (readonly [number, string])[]} values @param {Partial<Event>} [more] */
const measured = (url, metric, values, more = {}) =>
  values.map(([value, rating], index) =>
    event(`2026-11-20T10:00:${String(index).padStart(2, '0')}.000`, 'web_vitals', {
      device_id: `d${index}`,
      session_id: `s${index}`,
      page_url: url || null,
      metric,
      value,
      rating,
      ...more,
    }),
  );

export const vitalsByHand = {
  events: [
    // Eight: the sixth smallest.
    ...measured('https://shop.example/p/1?utm_source=x#top', 'LCP', [
      [900, 'good'],
      [4100, 'poor'],
      [2500, 'good'],
      [2600, 'needs-improvement'],
      [1000, 'good'],
      [5000, 'poor'],
      [800, 'good'],
      [2501, 'needs-improvement'],
    ]),
    // The same page under another host: five, the fourth smallest.
    ...measured('https://www.shop.example/c/lips', 'CLS', [
      [0, 'good'],
      [0.1, 'good'],
      [0.05, 'good'],
      [0.3, 'poor'],
    ]),
    ...measured('http://shop.example:8080/c/lips?page=2', 'CLS', [[0.1, 'good']]),
    // One, and two: the only one, and the larger.
    ...measured('https://shop.example/', 'INP', [[500, 'needs-improvement']]),
    ...measured('https://shop.example', 'TTFB', [
      [1801, 'poor'],
      [10, 'good'],
    ]),
    // No page; a robot; another site; the day after.
    ...measured('', 'FCP', [
      [1800, 'good'],
      [1800, 'good'],
    ]),
    ...measured('https://shop.example/p/1', 'LCP', [[1, 'good']], { is_bot: true }),
    ...measured('https://shop.example/p/1', 'LCP', [[60_000, 'poor']], { site: 'other' }),
    ...measured('https://shop.example/p/1', 'LCP', [[60_000, 'poor']], { event_time: at('2026-11-21T00:00:00.000') }),
    // No vitals, though on a page.
    event('2026-11-20T10:00:00.000', 'view', { device_id: 'd1', session_id: 's1', page_url: 'https://shop.example/' }),
  ],
  params: { from: '2026-11-20', to: '2026-11-20', site: 'demo' },
  rows: [
    ['/p/1', 'LCP', 8, 2600, 'needs-improvement', 4, 2, 2],
    ['/c/lips', 'CLS', 5, 0.1, 'good', 4, 0, 1],
    ['', 'FCP', 2, 1800, 'good', 2, 0, 0],
    ['/', 'TTFB', 2, 1801, 'poor', 1, 0, 1],
    ['/', 'INP', 1, 500, 'needs-improvement', 0, 1, 0],
  ],
};

const anna = { customer_id: 'anna', device_id: 'd1', session_id: 'a1' };
const mask = { product_id: 'mask', product_name: 'Mask', brand: 'acme', category_code: 'care.face', category_id: '7' };
const lips = { product_id: 'lips', brand: 'glow', category_id: '1487580005134238553' };
const brl = { currency: 'BRL' };

/** A day of a small shop, a Friday, and one record of the day before. */
export const shopByHand = {
  events: [
    // Yesterday's order: the period before.
    event('2026-11-19T23:59:59.999', 'purchase', {
      ...anna,
      session_id: 'a0',
      ...lips,
      ...brl,
      price: '5.000001',
      order_id: 'o0',
    }),
    // Anna looks twice, takes two masks, and buys them with something she never put into the cart.
    event('2026-11-20T09:00:00.000', 'view', { ...anna, session_seq: 1, ...mask, ...brl, price: '10.333333' }),
    event('2026-11-20T09:00:05.000', 'view', { ...anna, session_seq: 2, ...lips, ...brl, price: '7.5' }),
    event('2026-11-20T09:00:09.000', 'cart', {
      ...anna,
      session_seq: 3,
      ...mask,
      ...brl,
      price: '10.333333',
      quantity: 2,
    }),
    event('2026-11-20T09:01:00.000', 'purchase', {
      ...anna,
      session_seq: 4,
      ...mask,
      ...brl,
      price: '10.333333',
      quantity: 3,
      order_id: 'o1',
      event_id: 'twice',
    }),
    event('2026-11-20T09:01:00.000', 'purchase', { ...anna, session_seq: 4, ...lips, ...brl, order_id: 'o1' }),
    // Its first line once more, as a reloaded thank-you page has it in a later hour: it is not a second one.
    event('2026-11-20T09:01:00.000', 'purchase', {
      ...anna,
      session_seq: 4,
      ...mask,
      ...brl,
      price: '10.333333',
      quantity: 3,
      order_id: 'o1',
      event_id: 'twice',
      received_at: at('2026-11-20T11:00:00.000'),
    }),
    // A browser without a customer leaves its lips behind, twice put there: worth what the last one cost.
    event('2026-11-20T10:00:00.000', 'cart', {
      device_id: 'd2',
      session_id: 'b1',
      session_seq: 1,
      ...lips,
      ...brl,
      price: '8',
      quantity: 5,
    }),
    event('2026-11-20T10:00:01.000', 'cart', {
      device_id: 'd2',
      session_id: 'b1',
      session_seq: 2,
      ...lips,
      ...brl,
      price: '7.5',
      quantity: 2,
    }),
    // In one instant into the cart and out of it: the place in the session says which was last.
    event('2026-11-20T10:10:00.000', 'remove_from_cart', {
      device_id: 'd3',
      session_id: 'c1',
      session_seq: 1,
      ...mask,
    }),
    event('2026-11-20T10:10:00.000', 'cart', {
      device_id: 'd3',
      session_id: 'c1',
      session_seq: 2,
      ...mask,
      ...brl,
      price: '10.333333',
    }),
    event('2026-11-20T10:20:00.000', 'cart', {
      device_id: 'd4',
      session_id: 'c2',
      session_seq: 1,
      ...mask,
      ...brl,
      price: '10.333333',
    }),
    event('2026-11-20T10:20:00.000', 'remove_from_cart', {
      device_id: 'd4',
      session_id: 'c2',
      session_seq: 2,
      ...mask,
    }),
    // Only removals: a session that has reached nothing.
    event('2026-11-20T10:30:00.000', 'remove_from_cart', { session_id: 'only', ...mask }),
    // No session: one per visitor and day. A purchase in dollars without cart, view or quantity.
    event('2026-11-20T22:00:00.000', 'purchase', {
      customer_id: 'bob',
      ...mask,
      currency: 'USD',
      price: '1.25',
      order_id: 'o2',
    }),
    event('2026-11-20T22:30:00.000', 'view', { customer_id: 'bob', ...mask }),
    // The same ids at another site are others.
    event('2026-11-20T22:40:00.000', 'purchase', {
      ...anna,
      site: 'other',
      ...lips,
      currency: 'USD',
      price: '1.25',
      order_id: 'o1',
    }),
    // What a robot does, and what becomes of the order: lines of it come back.
    event('2026-11-20T12:00:00.000', 'view', {
      device_id: 'r',
      session_id: 'r',
      ...mask,
      ...brl,
      price: '1',
      is_bot: true,
    }),
    event('2026-11-20T13:00:00.000', 'refund', {
      customer_id: 'anna',
      ...mask,
      ...brl,
      price: '10.333333',
      quantity: 2,
      order_id: 'o1',
    }),
    event('2026-11-20T13:00:00.000', 'cancel', { customer_id: 'anna', ...lips, ...brl, order_id: 'o1' }),
    event('2026-11-20T14:00:00.000', 'web_vitals', {
      device_id: 'd9',
      session_id: 'z',
      metric: 'LCP',
      value: 1,
      rating: 'good',
      page_url: 'https://shop.example/',
    }),
  ],
  params: { from: '2026-11-20', to: '2026-11-20', minViews: 1 },
  rows: {
    // Visitors: anna, d2, d3, d4, only, bob, and anna at the other site. Reals and dollars have two lines each: the name
    // of the currency decides.
    kpis: [
      ['current', '2026-11-20', '2026-11-20', 7, 7, 3, 5, 3, 1, 4, '30.999999', 'BRL', 30.999999, 3 / 7],
      ['previous', '2026-11-19', '2026-11-19', 1, 1, 0, 0, 1, 1, 1, '5.000001', 'BRL', 5.000001, 1],
    ],
    // Eight with the browser that only measured.
    visitors: [['2026-11-20', 8, 8, 3, 5, 3]],
    funnel: [
      [1, 'view', 2, 6, 4, 1, 1],
      [2, 'cart', 4, 6, 2, 1, 1],
      [3, 'purchase', 3, 3, 0, 0.5, 0.5],
    ],
    revenue: [
      ['BRL', 1, 2, 4, '30.999999', 30.999999, 1, '20.666666'],
      ['USD', 2, 2, 2, '2.5', 1.25, 0, '0'],
    ],
    revenue_by_day: [
      ['2026-11-20', 'BRL', 1, 4, '30.999999', 30.999999],
      ['2026-11-20', 'USD', 2, 2, '2.5', 1.25],
    ],
    heatmap: [
      [4, 9, 1, 5, 2, 1, 5, 2, 1],
      [4, 10, 1, 7, 0, 0, 7, 0, 0],
      [4, 22, 1, 3, 1, 2, 3, 1, 2],
    ],
    abandoned: [
      ['lips', null, 'glow', '1487580005134238553', 'BRL', 1, 0, 0, 1, 1, '15'],
      ['mask', 'Mask', 'acme', 'care.face', 'BRL', 3, 1, 1, 1, 1 / 3, '10.333333'],
    ],
    // Two views of the mask, one of the lips; two lines bought of each: both convert, the mask below the average 4/3.
    brands: [
      ['acme', 2, 3, 2, 5, 1, true, true, 1.5, 4 / 3],
      ['glow', 1, 2, 2, 3, 2, true, false, 1.5, 4 / 3],
    ],
    vitals: [['/', 'LCP', 1, 1, 'good', 1, 0, 0]],
  },
};
