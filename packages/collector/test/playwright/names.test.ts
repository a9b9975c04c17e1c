import { expect, test } from 'vitest';
import { checkFields, checkRejection, checkType } from '../../src/playwright/names.js';

test.each([
  ['add_to_cart', "no event type 'add_to_cart'; did you mean 'cart'?"],
  ['purchases', "no event type 'purchases'; did you mean 'purchase'?"],
  ['refund', "no event type 'refund'; there are view, cart, remove_from_cart, purchase, web_vitals"],
  [undefined, 'no event type undefined; there are'],
])('%s is no type', (type, message) => {
  expect(() => checkType(type)).toThrow(message);
});

test.each([
  ['view', { productid: '1' }, "view: no such field productid; did you mean 'product_id'?"],
  ['view', { order_id: '1' }, 'view: no such field order_id'],
  ['cart', { times: 1 }, 'cart: no such field times'],
  ['web_vitals', { price: 1 }, 'web_vitals: no such field price'],
  ['purchase', { items: [{ itemid: '1' }] }, "purchase, in items: no such field itemid; did you mean 'product_id'?"],
  // One that should be absent is a name as well.
  ['purchase', { copon: undefined }, "purchase: no such field copon; did you mean 'coupon'?"],
  ['view', 'product_id', 'fields of a view are an object'],
] as const)('a %s with %j: %s', (type, fields, message) => {
  expect(() => checkFields(type, fields)).toThrow(message);
});

test('what the types take is taken', () => {
  checkType('remove_from_cart');
  checkFields('view', { product_id: '1', site: 's', is_bot: true, flags: [], properties: { any: 1 } });
  checkFields('purchase', {
    order_id: '1',
    lines: 1,
    product_id: '1',
    items: [{ sku: '1' }, expect.objectContaining({})],
  });
  checkFields('web_vitals', { metric: 'LCP', page_url: expect.any(String) });
  checkRejection(undefined, undefined);
  checkRejection('decimal_comma', '/price');
  checkRejection('unknown_key', '');
});

test.each([
  ['decimal_coma', undefined, "no code 'decimal_coma' in docs/errors.md; did you mean 'decimal_comma'?"],
  ['decimal_comma', 'price', "path is a JSON Pointer into the event: '/price', not 'price'"],
])('%s at %s is no rejection', (code, path, message) => {
  expect(() => checkRejection(code, path)).toThrow(message);
});
