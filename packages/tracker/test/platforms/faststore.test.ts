import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mapFastStore } from '../../src/plugins/faststore.js';
import { eventName, options, parameters, runs } from './ga4-hostile.js';
import { expectValidCalls } from './valid-calls.js';

/** As `sendAnalyticsEvent` posts it. */
const wrapped = (name: string, params: unknown, isEcommerceEvent = true) => ({
  name: 'AnalyticsEvent',
  isEcommerceEvent,
  params: { name: `store:${name}`, isEcommerceEvent, params },
});
/** As the components of a store fill it. */
const item = {
  item_id: '99988212',
  item_name: 'Handmade Steel Towels',
  item_brand: 'Brand',
  item_variant: '18643698',
  quantity: 2,
  price: 181.61,
  discount: 20,
  currency: 'BRL',
  item_variant_name: 'Handmade Steel Towels Blue',
  product_reference_id: '7898925461001',
};
const product = {
  product_id: '99988212',
  sku: '18643698',
  product_name: 'Handmade Steel Towels',
  brand: 'Brand',
  price: 181.61,
  currency: 'BRL',
  quantity: 2,
};

test.each([
  ['view_item', 'view'],
  ['add_to_cart', 'cart'],
  ['remove_from_cart', 'removeFromCart'],
])('%s is told, wrapped or not', (name, method) => {
  const params = { currency: 'BRL', value: 363.22, items: [item, { ...item, item_id: '2' }] };
  const expected = {
    calls: [
      [method, product],
      [method, { ...product, product_id: '2' }],
    ],
    reasons: [],
  };
  expect(mapFastStore(wrapped(name, params))).toEqual(expected);
  expect(mapFastStore({ name, params })).toEqual(expected);
  expect(mapFastStore({ name: `store:${name}`, isEcommerceEvent: true, params })).toEqual(expected);
});

test('purchase is an order', () => {
  const params = {
    transaction_id: '1234',
    currency: 'BRL',
    value: 363.22,
    tax: 0,
    shipping: 9.9,
    coupon: 'OFF',
    items: [item],
  };
  expect(mapFastStore(wrapped('purchase', params))).toEqual({
    calls: [
      ['purchase', { order_id: '1234', currency: 'BRL', tax: 0, shipping: 9.9, coupon: 'OFF', items: [product] }],
    ],
    reasons: [],
  });
  expect(mapFastStore(wrapped('purchase', params), { total: 'value' }).calls[0]?.[1]).toMatchObject({
    order_total: 363.22,
  });
});

test.each([
  [wrapped('view_item_list', { items: [item] })],
  [wrapped('select_item', { items: [item] })],
  [wrapped('view_cart', { items: [item] })],
  [wrapped('refund', { transaction_id: '1', items: [item] })],
  [wrapped('search_select_item', { items: [item] })],
  [wrapped('page_view', { page_title: 'Home' }, false)],
  [wrapped('constructor', {})],
  [{ name: 'AnalyticsEvent' }],
  [{ name: 'AnalyticsEvent', params: null }],
  [{ eventName: 'vtex:addToCart' }],
  ['add_to_cart'],
  [null],
  [undefined],
])('anything else is nothing: %j', (data) => {
  expect(mapFastStore(data)).toEqual({ calls: [], reasons: [] });
});

test('says what it leaves out', () => {
  expect(mapFastStore(wrapped('add_to_cart', { items: [{ ...item, quantity: 0 }, {}] }))).toMatchObject({
    calls: [['cart', { product_id: '99988212' }]],
    reasons: ['add_to_cart: items[0].quantity: 0 is not a whole number ≥ 1', 'add_to_cart: items[1]: no product id'],
  });
});

test('hostile messages never throw, and give only what the collector takes', () => {
  let calls = 0;
  fc.assert(
    fc.property(
      fc.oneof(
        fc.tuple(eventName, parameters).map(([name, params]) => wrapped(`${name}`, params)),
        parameters,
      ),
      options,
      (data, mapOptions) => {
        const mapping = mapFastStore(data, mapOptions);
        expectValidCalls(mapping);
        calls += mapping.calls.length;
      },
    ),
    runs,
  );
  expect(calls).toBeGreaterThan(200);
});
