import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mapSalesforce } from '../../src/plugins/salesforce.js';
import { collected } from './collected.js';

const who = { cookieId: 'usid', realm: 'aaij', instanceType: 'prd' };
const product = (fields: object = {}): object => ({
  id: '25518447M',
  sku: '701642853817M',
  altId: '',
  altIdType: '',
  ...fields,
});
const viewed = (fields: object = {}): object => ({
  activity: 'viewProduct',
  body: { product: product(fields), ...who },
});
const added = (products: unknown, fields: object = {}): object => ({
  activity: 'addToCart',
  body: { products, ...who, ...fields },
});

test('viewProduct is a view of the product and its variant', () => {
  expect(mapSalesforce(viewed())).toEqual({
    calls: [['view', { product_id: '25518447M', sku: '701642853817M', price: undefined, quantity: undefined }]],
    reasons: [],
  });
  expect(mapSalesforce(viewed({ sku: '' })).calls).toEqual([
    ['view', expect.objectContaining({ product_id: '25518447M', sku: undefined })],
  ]);
});

test('addToCart is one call for each product, at its unit price', () => {
  const { calls, reasons } = mapSalesforce(
    added([
      { id: '682875719029M', sku: '', price: 29.99, quantity: 2 },
      { id: '883360544021M', sku: 'x', altId: 'y', price: 155, quantity: 1 },
    ]),
  );
  expect(calls).toEqual([
    ['cart', { product_id: '682875719029M', sku: undefined, price: 29.99, quantity: 2 }],
    ['cart', { product_id: '883360544021M', sku: 'x', price: 155, quantity: 1 }],
  ]);
  expect(reasons).toEqual([]);
});

test('a variant that was looked at goes into the cart as its product', () => {
  const masters = new Map([['701642853817M', '25518447M']]);
  expect(mapSalesforce(added([{ id: '701642853817M', sku: '' }, { id: 'other' }]), masters).calls).toMatchObject([
    ['cart', { product_id: '25518447M', sku: '701642853817M' }],
    ['cart', { product_id: 'other', sku: undefined }],
  ]);
});

test('userId tells the customer, before the event', () => {
  expect(mapSalesforce(added([{ id: '1' }], { userId: 'ab12ef' })).calls).toMatchObject([
    ['identify', 'ab12ef'],
    ['cart', { product_id: '1' }],
  ]);
  expect(mapSalesforce(added([{ id: '1' }], { userId: 'a@b.c' }))).toMatchObject({
    calls: [['cart', { product_id: '1' }]],
    reasons: ['addToCart: userId: an e-mail address is no id'],
  });
});

test('a bad product loses only itself, a bad field only the field', () => {
  const { calls, reasons } = mapSalesforce(added([{ sku: '1' }, 7, { id: '1', price: '29,99', quantity: 0 }]));
  expect(calls).toMatchObject([['cart', { product_id: '1', price: undefined, quantity: undefined }]]);
  expect(reasons).toEqual([
    'addToCart: products[0]: no id',
    'addToCart: products[1]: no id',
    'addToCart: products[2].price: "29,99" is not a decimal number ≥ 0',
    'addToCart: products[2].quantity: 0 is not a whole number ≥ 1',
  ]);
  expect(mapSalesforce({ activity: 'viewProduct', body: {} })).toEqual({
    calls: [],
    reasons: ['viewProduct: product: no id'],
  });
});

describe('what tells nothing', () => {
  const names =
    'viewCategory clickCategory viewSearch clickSearch viewReco clickReco viewPage beginCheckout checkoutStep finishCheckout';
  test.each(names.split(' '))('%s', (activity) =>
    expect(
      mapSalesforce({ activity, body: { product: product(), products: [product()], amount: 1, userId: 'u', ...who } }),
    ).toEqual({ calls: [], reasons: [] }),
  );
  test.each([undefined, null, 'viewProduct', [], { activity: ['viewProduct'] }])('%j', (payload) =>
    expect(mapSalesforce(payload)).toEqual({ calls: [], reasons: [] }),
  );
});

test('whatever comes, nothing is thrown, and what is called is valid', async () => {
  const keys = ['product', 'products', 'id', 'sku', 'price', 'quantity', 'userId'] as const;
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string({ maxLength: 200 }),
      fc.double(),
      fc.maxSafeInteger(),
      fc.constantFrom(null, undefined, '', '72,93', '12.5', 10n, Symbol('x')),
      fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 5 }),
      fc.array(tie('value'), { maxLength: 4 }),
    ),
  }));
  const mutated = fc
    .tuple(fc.boolean(), fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 2 }))
    .map(([view, odd]) => (view ? viewed(odd) : added([product(odd), product()], odd)));
  let told = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        { weight: 4, arbitrary: mutated },
        value.map((body) => ({ activity: 'addToCart', body })),
        value,
      ),
      async (payload) => {
        const { calls } = mapSalesforce(payload);
        told += calls.length;
        expect((await collected(calls)).rejected).toEqual([]);
      },
    ),
    { numRuns: 1000, seed: 20261120 },
  );
  expect(told).toBeGreaterThan(200);
});

test('an activity that cannot be read tells why', () => {
  const body = {
    get products() {
      throw new Error('no');
    },
  };
  expect(mapSalesforce({ activity: 'addToCart', body })).toEqual({
    calls: [],
    reasons: ['the activity cannot be read'],
  });
  expect(mapSalesforce(added([])).reasons).toEqual(['addToCart: no products']);
  expect(mapSalesforce(added(Array(2 ** 32 - 1))).reasons).toEqual(['addToCart: products: more than 500 lines']);
});
