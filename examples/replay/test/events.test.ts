import { expect, it } from 'vitest';
import { toEvent } from '../src/events.js';
import type { Row } from '../src/rows.js';
import { uuidOf } from '../src/uuid.js';

const options = { identity: 'file', currency: 'EUR' };
const row = (number: number, values: Row['values'], timeMs?: number): Row => ({
  number,
  text: Object.values(values).join(),
  values,
  ...(timeMs !== undefined && { timeMs }),
  uneven: false,
});
const view = {
  event_time: '2020-09-24 11:57:06 UTC',
  event_type: 'view',
  product_id: '1996170',
  category_id: '2144415922528452715',
  price: '31.90',
  user_id: '1515915625519388267',
  user_session: 'LJuJVLEjPT',
};

it('names the fields as the wire does and leaves their text as it is', () => {
  expect(toEvent({ rows: [row(1, view, 1600948626000)], apart: false }, options)).toEqual({
    event_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    event_type: 'view',
    event_time: 1600948626000,
    customer_id: '1515915625519388267',
    session_id: 'LJuJVLEjPT',
    product_id: '1996170',
    category_id: '2144415922528452715',
    price: '31.90',
    currency: 'EUR',
  });
});

it('sends a time that is none as it is, and nothing for what is empty', () => {
  const { event_id: _, ...event } = toEvent({ rows: [row(1, { event_time: 'soon' })], apart: true }, options);
  expect(event).toEqual({ event_time: 'soon' });
});

it('makes one purchase of the lines of an order', () => {
  const lines = ['a', 'b'].map((product_id, at) => row(at + 1, { ...view, event_type: 'purchase', product_id }, 5000));
  const event = toEvent({ rows: lines, apart: false }, options);
  expect(event).toMatchObject({ event_type: 'purchase', event_time: 5000, currency: 'EUR' });
  expect(event).not.toHaveProperty('product_id');
  expect(event.items).toEqual([
    { product_id: 'a', category_id: '2144415922528452715', price: '31.90' },
    { product_id: 'b', category_id: '2144415922528452715', price: '31.90' },
  ]);
});

it('names an order by customer, session and second, wherever it stands', () => {
  const order = (number: number, ms: number, apart = false, values = {}): string | undefined =>
    toEvent({ rows: [row(number, { ...view, event_type: 'purchase', ...values }, ms)], apart }, options).order_id;
  expect(order(7, 5000)).toBe(order(1, 5999));
  expect(order(1, 6000)).not.toBe(order(1, 5000));
  expect(order(1, 5000, false, { user_id: '2' })).not.toBe(order(1, 5000));
  expect(order(1, 5000, true)).not.toBe(order(1, 5000));
  expect(order(1, 5000, true)).not.toBe(order(2, 5000, true));
});

it('gives the same row the same event_id, and an equal row at another place another', () => {
  const id = (number: number, identity = 'file', values: Row['values'] = view): string =>
    toEvent({ rows: [row(number, values, 5000)], apart: false }, { ...options, identity }).event_id;
  expect(id(1)).toBe(id(1));
  expect(new Set([id(1), id(2), id(1, 'other'), id(1, 'file', { ...view, price: '1' })]).size).toBe(4);
});

it('makes identifiers that stay what they are', () => {
  expect(uuidOf('event', 'file', 1, 'a')).toBe('0e68d8ca-df60-8a47-a06f-285c05275b20');
});
