import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mapWooCommerce } from '../../src/plugins/woocommerce.js';
import { hostile } from './hostile.js';
import { expectValidCalls } from './valid-calls.js';

const eur = { currency_code: 'EUR', currency_symbol: '€', currency_minor_unit: 2 };
/** As `GET /wc/store/v1/products/34` answers. */
const cap = {
  id: 34,
  parent: 0,
  type: 'simple',
  name: 'Cap &#8211; Sun &amp; Sea',
  sku: 'cap',
  prices: { ...eur, price: '1105', regular_price: '1500', sale_price: '1105', price_range: null },
  categories: [{ id: 7, name: 'Hats &amp; caps', slug: 'hats', link: 'https://shop.example/product-category/hats/' }],
  brands: [{ id: 3, name: 'Maré', slug: 'mare', link: 'https://shop.example/brand/mare/' }],
};
/** As an item of `GET /wc/store/v1/cart`: a variation, by its own id. */
const item = {
  key: 'c74d97b01eae257e44aa9d5bade97baf',
  id: 27,
  quantity: 3,
  type: 'variation',
  name: 'Hoodie',
  sku: 'hoodie-red',
  variation: [{ attribute: 'Color', value: 'Red' }],
  prices: { ...eur, price: '4550', price_range: null, raw_prices: { precision: 6, price: '45500000' } },
  totals: { ...eur, line_subtotal: '13650', line_total: '12285' },
  extensions: {},
};
const view = (fields: object) => mapWooCommerce({ type: 'view', product: { ...cap, ...fields } });
const fieldsOf = ({ calls }: ReturnType<typeof view>): unknown => calls[0]?.[1];

describe('mapWooCommerce', () => {
  test('tells a view of a product of the Store API, with its price in currency units', () => {
    expect(view({})).toEqual({
      calls: [
        [
          'view',
          {
            product_id: '34',
            sku: 'cap',
            product_name: 'Cap – Sun & Sea',
            category_id: '7',
            category_code: 'Hats & caps',
            brand: 'Maré',
            price: 11.05,
            currency: 'EUR',
          },
        ],
      ],
      reasons: [],
    });
  });

  const link = (path: string) => `https://shop.example/product-category/${path}/`;
  const clothes = { id: 1, name: 'Clothes', link: link('clothes') };
  const hoodies = { id: 2, name: 'Hoodies', link: link('clothes/hoodies') };
  const sale = { id: 3, name: 'Sale', link: link('sale') };
  test.each([
    [
      'a currency without decimals',
      { prices: { ...eur, currency_code: 'JPY', currency_minor_unit: 0, price: '1800' } },
      { price: 1800, currency: 'JPY' },
    ],
    [
      'a currency with three',
      { prices: { ...eur, currency_code: 'KWD', currency_minor_unit: 3, price: '1800' } },
      { price: 1.8 },
    ],
    [
      'a range of prices: none',
      { prices: { ...eur, price: '100', price_range: { min_amount: '100', max_amount: '200' } } },
      { price: undefined, currency: 'EUR' },
    ],
    ['no price', { prices: { ...eur, price: '' } }, { price: undefined }],
    ['no prices', { prices: undefined }, { price: undefined, currency: undefined }],
    ['a price without a currency: none', { prices: { price: '100', currency_minor_unit: 2 } }, { price: undefined }],
    ['no SKU', { sku: '' }, { product_id: '34', sku: undefined }],
    ['a parent', { id: 35, parent: 34 }, { product_id: '34', sku: 'cap' }],
    ['a parent and no SKU', { id: 35, parent: 34, sku: '' }, { product_id: '34', sku: '35' }],
    [
      'a category and the one above it',
      { categories: [hoodies, clothes] },
      { category_id: '2', category_code: 'Clothes.Hoodies' },
    ],
    [
      'categories side by side: none',
      { categories: [clothes, sale] },
      { category_id: undefined, category_code: undefined },
    ],
    [
      'categories without links: none',
      {
        categories: [
          { id: 1, name: 'A' },
          { id: 2, name: 'B' },
        ],
      },
      { category_id: undefined },
    ],
    [
      'one category like another: none',
      { categories: [clothes, { ...clothes, link: link('clothes-2') }] },
      { category_id: undefined },
    ],
    ['no category', { categories: [] }, { category_id: undefined, category_code: undefined }],
    ['two brands: none', { brands: [{ name: 'A' }, { name: 'B' }] }, { brand: undefined }],
    ['entities that are none', { name: 'A &nosuch; &#x41;&#99999999;' }, { product_name: 'A &nosuch; A&#99999999;' }],
  ])('reads a product with %s', (_what, fields, expected) => {
    const mapping = view(fields);
    expect(fieldsOf(mapping)).toMatchObject(expected);
    expect(mapping.reasons).toEqual([]);
  });

  test.each([
    ['a price in currency units', { prices: { ...eur, price: '11.05' } }, 'prices.price'],
    [
      'no number of decimals',
      { prices: { ...eur, currency_minor_unit: undefined, price: '1105' } },
      'currency_minor_unit',
    ],
  ])('leaves the price out where there is %s, and says so', (_what, fields, reason) => {
    const { calls, reasons } = view(fields);
    expect(calls[0]?.[1]).toMatchObject({ product_id: '34', price: undefined });
    expect(reasons).toEqual([expect.stringContaining(reason)]);
  });

  test.each([
    ['cart', 'cart'],
    ['remove_from_cart', 'removeFromCart'],
  ] as const)('tells %s of a cart item, with how many changed and not how many are there', (type, method) => {
    expect(mapWooCommerce({ type, product: item, quantity: 2 })).toEqual({
      calls: [
        [
          method,
          { product_id: '27', sku: 'hoodie-red', product_name: 'Hoodie', price: 45.5, currency: 'EUR', quantity: 2 },
        ],
      ],
      reasons: [],
    });
    expect(fieldsOf(mapWooCommerce({ type, product: item }))).toMatchObject({ quantity: undefined });
  });

  test('knows the product of a variation where the shop adds it to the cart item', () => {
    const product = { ...item, extensions: { rastro: { product_id: 20 } } };
    expect(fieldsOf(mapWooCommerce({ type: 'cart', product }))).toMatchObject({ product_id: '20', sku: 'hoodie-red' });
  });

  test('tells products by their SKU where the shop wants it', () => {
    const by = (product: object) => fieldsOf(mapWooCommerce({ type: 'cart', product }, { productId: 'sku' }));
    expect(by(item)).toMatchObject({ product_id: 'hoodie-red', sku: 'hoodie-red' });
    expect(by({ ...item, sku: '' })).toMatchObject({ product_id: '27' });
  });

  test('reads the data attributes of a button', () => {
    const payload = { type: 'cart', product: { id: '34', sku: 'cap' }, quantity: '1' };
    expect(fieldsOf(mapWooCommerce(payload))).toMatchObject({ product_id: '34', sku: 'cap', quantity: 1 });
  });

  test.each([
    ['no product', undefined],
    ['no id', { name: 'x', sku: 'x' }],
    ['an id that has lost digits', { id: 2 ** 60 }],
  ])('refuses an event with %s', (_what, product) => {
    const { calls, reasons } = mapWooCommerce({ type: 'cart', product });
    expect(calls).toEqual([]);
    expect(reasons).not.toEqual([]);
  });

  /** As `GET /wp-json/wc/v3/orders/147` answers, and as the snippet of the docs prints it. */
  const rest = {
    id: 147,
    number: '000123',
    status: 'processing',
    currency: 'EUR',
    total: '105.50',
    total_tax: '8.25',
    shipping_total: '9.50',
    coupon_lines: [{ code: 'spring' }],
    line_items: [
      { id: 315, product_id: 20, variation_id: 27, sku: 'hoodie-red', name: 'Hoodie', quantity: 2, price: 45.5 },
      { id: 316, product_id: 34, variation_id: 0, sku: '', name: 'Cap', quantity: 1, price: '11.05' },
    ],
  };
  /** As `GET /wc/store/v1/order/147` answers: the ids of `items` are those of the lines. */
  const store = {
    id: 147,
    status: 'processing',
    coupons: [{ code: 'spring', totals: {} }],
    items: [
      // 2 × 45.50, and a tenth off: prices are before coupons.
      { ...item, id: 315, quantity: 2, totals: { ...eur, line_subtotal: '9100', line_total: '8190' } },
      { ...cap, id: 316, quantity: 1 },
    ],
    totals: { ...eur, total_price: '10550', total_tax: '825', total_shipping: '950' },
  };
  const buy = (order: object) => mapWooCommerce({ type: 'purchase', order });
  const totals = { order_total: 105.5, tax: 8.25, shipping: 9.5, coupon: 'spring', currency: 'EUR' };

  test('reads the dash that WooCommerce writes before the attributes of a variation', () => {
    const line_items = [{ product_id: 20, name: 'Hoodie &ndash; Red', quantity: 1, price: 45.5 }];
    expect(buy({ ...rest, line_items }).calls).toMatchObject([
      ['purchase', { items: [{ product_name: 'Hoodie – Red' }] }],
    ]);
  });

  test('tells an order of the REST API by the number that the shopper sees', () => {
    expect(buy(rest)).toEqual({
      calls: [
        [
          'purchase',
          {
            order_id: '000123',
            ...totals,
            items: [
              {
                product_id: '20',
                sku: 'hoodie-red',
                product_name: 'Hoodie',
                quantity: 2,
                price: 45.5,
                currency: 'EUR',
              },
              { product_id: '34', product_name: 'Cap', quantity: 1, price: 11.05, currency: 'EUR' },
            ],
          },
        ],
      ],
      reasons: [],
    });
  });

  test('tells an order of the Store API by the SKUs of its lines', () => {
    const { calls, reasons } = buy(store);
    expect(calls).toMatchObject([
      [
        'purchase',
        {
          order_id: '147',
          ...totals,
          items: [
            { product_id: 'hoodie-red', sku: 'hoodie-red', price: 40.95, quantity: 2 },
            { product_id: 'cap', price: 11.05, quantity: 1 },
          ],
        },
      ],
    ]);
    expect(reasons).toEqual([]);
  });

  test('reads totals without a currency in that of the lines', () => {
    const { total_price } = store.totals;
    expect(fieldsOf(buy({ ...store, totals: { total_price } }))).toMatchObject({ order_total: 105.5, currency: 'EUR' });
  });

  test('leaves out a line of the Store API that names no product', () => {
    const { calls, reasons } = buy({ ...store, items: [{ ...item, sku: '' }, store.items[1]] });
    expect(calls).toMatchObject([['purchase', { items: [{ product_id: 'cap' }] }]]);
    expect(reasons).toEqual([expect.stringContaining('order.items[0]: no SKU')]);
  });

  test.each(['failed', 'cancelled', 'refunded', 'trash', 'checkout-draft'])(
    'tells nothing of an order that is %s',
    (status) => {
      expect(buy({ ...rest, status })).toEqual({ calls: [], reasons: [] });
      expect(buy({ ...store, status })).toEqual({ calls: [], reasons: [] });
    },
  );

  test.each([
    ['without lines', { ...rest, line_items: [] }],
    ['without a number', { ...rest, number: '', id: null }],
    ['of nothing', {}],
    [
      'in several currencies',
      { ...store, items: [store.items[0], { ...item, prices: { ...item.prices, currency_code: 'USD' } }] },
    ],
  ])('refuses an order %s', (_what, order) => {
    const { calls, reasons } = buy(order);
    expect(calls).toEqual([]);
    expect(reasons).toHaveLength(1);
  });

  test.each([
    undefined,
    null,
    [],
    'cart',
    { type: 'checkout', product: cap },
    { type: 'toString', product: cap },
    cap,
    store,
  ])('tells nothing of %o', (payload) => {
    expect(mapWooCommerce(payload)).toEqual({ calls: [], reasons: [] });
  });

  test('never throws, and gives only what the contract takes', () => {
    const payload = fc.oneof(
      ...[
        { type: 'view', product: { ...cap, categories: [clothes, hoodies] } },
        { type: 'cart', product: item, quantity: 2 },
        { type: 'purchase', order: rest },
        { type: 'purchase', order: store },
      ].map(hostile),
      fc.record({ type: fc.constantFrom('view', 'cart', 'purchase'), product: fc.anything(), order: fc.anything() }),
    );
    fc.assert(
      fc.property(payload, fc.constantFrom('id' as const, 'sku' as const), (value, productId) =>
        expectValidCalls(mapWooCommerce(value, { productId })),
      ),
      { numRuns: 1000, seed: 20261120 },
    );
  });
});
