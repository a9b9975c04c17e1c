import { eventErrors } from '@rastro/collector';
import { describe, expect, test } from 'vitest';
import { nearestEventType, nearestField } from '../../src/core/nearest.js';
import { envelope, event, id, now } from '../support/collect.js';
import { type Json, send } from './support.js';

const view = (fields: Json): Json => event(1, fields);
const order = (fields: Json, item: Json = {}): Json => ({
  event_id: id(1),
  event_type: 'purchase',
  event_time: now,
  order_id: 'A',
  items: [{ product_id: '1' }, { product_id: '2', ...item }],
  ...fields,
});
const messageFor = async (wrong: Json): Promise<string | undefined> =>
  (await send(JSON.stringify(envelope([wrong])))).rejected.find(({ code }) => code === 'unknown_field')?.message;

describe('the message for a field that does not exist names the one that was meant', () => {
  test.each([
    ['catgory_id', 'category_id'],
    ['categoryId', 'category_id'],
    ['category-id', 'category_id'],
    ['CATEGORY_ID', 'category_id'],
    ['Category Id', 'category_id'],
    ['categroy_id', 'category_id'],
    ['category', 'category_id'],
    ['categoryCode', 'category_code'],
    ['prodct_id', 'product_id'],
    ['product', 'product_id'],
    ['productName', 'product_name'],
    ['prize', 'price'],
    ['Price', 'price'],
    ['currrency', 'currency'],
    ['quantitiy', 'quantity'],
    ['qty', 'quantity'],
    ['sessionId', 'session_id'],
    ['item_name', 'product_name'],
    ['item_id', 'product_id'],
    ['user_id', 'customer_id'],
    ['timestamp', 'event_time'],
    ['pageUrl', 'page_url'],
    ['url', 'page_url'],
    ['utmSource', 'utm_source'],
    ['propertys', 'properties'],
  ])('of a view: %s is %s', async (wrong, right) => {
    expect(await messageFor(view({ [wrong]: 'x' }))).toBe(
      `${wrong} is not a field here. Did you mean ${right}? ${eventErrors.unknown_field}`,
    );
  });

  test.each([
    ['orderId', 'order_id'],
    ['transaction_id', 'order_id'],
    ['ordertotal', 'order_total'],
    ['revenue', 'order_total'],
    ['item', 'items'],
    ['products', 'items'],
    ['coupons', 'coupon'],
    ['shiping', 'shipping'],
  ])('of an order: %s is %s', async (wrong, right) => {
    expect(await messageFor(order({ [wrong]: 'x' }))).toContain(` Did you mean ${right}? `);
  });

  test.each([
    ['productId', 'product_id'],
    ['item_variant', 'sku'],
    ['unit_price', 'price'],
    ['Qty', 'quantity'],
  ])("of an order's line: %s is %s", async (wrong, right) => {
    expect(await messageFor(order({}, { [wrong]: 'x' }))).toBe(
      `items.1.${wrong} is not a field here. Did you mean ${right}? ${eventErrors.unknown_field}`,
    );
  });

  test('of a web vital: Metric is metric', async () => {
    const vital = {
      event_id: id(1),
      event_type: 'web_vitals',
      event_time: now,
      metric: 'LCP',
      value: 1,
      Rating: 'good',
    };
    expect(await messageFor(vital)).toContain('Did you mean rating?');
  });

  test.each([
    // A field of another event type, and words that are near to none.
    'order_id',
    'color',
    'weight',
    'x',
    '',
    '_',
    'discount_percentage',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'a/b~c',
    '💄',
    '\u0130'.repeat(64),
    'category_id'.padEnd(65, 'x'),
  ])('and no other, when none is near: %j', async (wrong) => {
    expect(await messageFor(JSON.parse(JSON.stringify(view({})).replace('{', `{${JSON.stringify(wrong)}:1,`)))).toBe(
      `${wrong || '""'} is not a field here. ${eventErrors.unknown_field}`,
    );
  });
});

describe('the event type that was meant', () => {
  const types = ['view', 'cart', 'remove_from_cart', 'purchase', 'web_vitals'];
  test.each([
    ['View', 'view'],
    ['views', 'view'],
    ['pageview', 'view'],
    ['page_view', 'view'],
    ['view_item', 'view'],
    ['Product Viewed', 'view'],
    ['ViewContent', 'view'],
    ['add_to_cart', 'cart'],
    ['AddToCart', 'cart'],
    ['Product Added', 'cart'],
    ['product_added_to_cart', 'cart'],
    ['removeFromCart', 'remove_from_cart'],
    ['remove-from-cart', 'remove_from_cart'],
    ['Product Removed', 'remove_from_cart'],
    ['Purchase', 'purchase'],
    ['purchased', 'purchase'],
    ['purchace', 'purchase'],
    ['Order Completed', 'purchase'],
    ['checkout_completed', 'purchase'],
    ['web-vital', 'web_vitals'],
    ['CART', 'cart'],
  ])('by %s is %s', (wrong, right) => {
    expect(nearestEventType(wrong, types)).toBe(right);
  });

  test.each(['', 'search', 'login', '__proto__', 'constructor', 'x'.repeat(1000), 5, null, undefined, ['view'], {}])(
    'by %j is none',
    (wrong) => {
      expect(nearestEventType(wrong, types)).toBeUndefined();
    },
  );
});

describe('the nearest name', () => {
  const among = (...names: string[]): Record<string, unknown> => Object.fromEntries(names.map((name) => [name, 0]));
  test('is the nearest of all, not the first that is near enough', () => {
    expect(nearestField('utm_trm', among('utm_item', 'utm_term'))).toBe('utm_term');
  });
  test('takes two letters that changed places for one slip', () => {
    expect(nearestField('rpice', among('price'))).toBe('price');
    expect(nearestField('abcd', among('badc'))).toBeUndefined();
  });
  test('is one that is allowed, though another library has a word for another', () => {
    expect(nearestField('item_id', among('price'))).toBeUndefined();
  });
  test('is the same when it is asked again', () => {
    const names = among('session_id', 'session_seq');
    expect([1, 2].map(() => nearestField('sesion_seq', names))).toEqual(['session_seq', 'session_seq']);
  });
});
