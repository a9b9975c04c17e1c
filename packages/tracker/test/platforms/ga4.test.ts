import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Ga4MapOptions, mapGa4 } from '../../src/plugins/ga4.js';
import { options, pushed, runs } from './ga4-hostile.js';
import { expectValidCalls } from './valid-calls.js';

/** As a gtag() of the page pushes it: no array. */
function gtag(...args: unknown[]): IArguments {
  return (function pushArguments(..._: unknown[]) {
    // biome-ignore lint/complexity/noArguments: this is what gtag() pushes.
    return arguments;
  })(...args);
}
const shirt = { item_id: 'SKU_1', item_name: 'Shirt', price: 9.99, quantity: 2 };
const buy = (ecommerce: object, mapOptions?: Ga4MapOptions) => mapGa4({ event: 'purchase', ecommerce }, mapOptions);
const order = { transaction_id: 'T_1', currency: 'EUR', items: [shirt] };
const productOf = (item: unknown, mapOptions?: Ga4MapOptions) => {
  const { calls, reasons } = mapGa4({ event: 'view_item', ecommerce: { items: [item] } }, mapOptions);
  return { product: calls[0]?.[1], reasons };
};
const nothing = { calls: [], reasons: [] };

describe('events of GA4', () => {
  test('become calls, one for each item, with every field that is tracked', () => {
    const items = [
      {
        item_id: 'SKU_12345',
        item_name: 'Stan and Friends Tee',
        affiliation: 'Google Store',
        coupon: 'SUMMER_FUN',
        discount: 2.22,
        index: 0,
        item_brand: 'Google',
        item_category: 'Apparel',
        item_category2: 'Adult',
        item_category3: 'Shirts',
        item_category4: 'Crew',
        item_category5: 'Short sleeve',
        item_variant: 'green',
        price: 10.01,
        quantity: 3,
      },
      { item_id: 'SKU_12346', item_category_id: '2103807459595387724', price: '20.99', currency: 'eur', quantity: '1' },
    ];
    const ecommerce = { currency: 'USD', value: 51.02, items };
    const products = [
      {
        product_id: 'SKU_12345',
        product_name: 'Stan and Friends Tee',
        brand: 'Google',
        category_code: 'Apparel.Adult.Shirts.Crew.Short sleeve',
        price: 10.01,
        currency: 'USD',
        quantity: 3,
      },
      { product_id: 'SKU_12346', category_id: '2103807459595387724', price: 20.99, currency: 'EUR', quantity: 1 },
    ];
    for (const [event, method] of [
      ['view_item', 'view'],
      ['add_to_cart', 'cart'],
      ['remove_from_cart', 'removeFromCart'],
    ] as const) {
      const expected = { calls: products.map((product) => [method, product]), reasons: [] };
      expect(mapGa4({ event, ecommerce })).toEqual(expected);
      expect(mapGa4(gtag('event', event, ecommerce))).toEqual(expected);
      expect(mapGa4(['event', event, ecommerce])).toEqual(expected);
    }
  });

  test('are read where PHP has made an object of the list of items', () => {
    const items = { 0: shirt, 2: { item_id: 'SKU_3', price: 5 } };
    expect(mapGa4({ event: 'add_to_cart', ecommerce: { currency: 'EUR', items } }).calls).toMatchObject([
      ['cart', { product_id: 'SKU_1', price: 9.99, quantity: 2 }],
      ['cart', { product_id: 'SKU_3', price: 5, quantity: 1 }],
    ]);
    expect(buy({ ...order, items: { 1: shirt } }).calls).toMatchObject([
      ['purchase', { items: [{ product_id: 'SKU_1' }] }],
    ]);
    expect(mapGa4({ event: 'add_to_cart', ecommerce: { items: shirt } })).toEqual({
      calls: [],
      reasons: ['add_to_cart: no items'],
    });
  });

  test('become one order', () => {
    const ecommerce = { ...order, value: 19.98, tax: '4.90', shipping: 0, coupon: 'SUMMER_SALE', affiliation: 'Shop' };
    const expected = [
      'purchase',
      {
        order_id: 'T_1',
        currency: 'EUR',
        tax: 4.9,
        shipping: 0,
        coupon: 'SUMMER_SALE',
        items: [{ product_id: 'SKU_1', product_name: 'Shirt', price: 9.99, currency: 'EUR', quantity: 2 }],
      },
    ];
    expect(buy(ecommerce)).toEqual({ calls: [expected], reasons: [] });
    expect(mapGa4(gtag('event', 'purchase', ecommerce))).toEqual({ calls: [expected], reasons: [] });
  });

  test.each([
    ['beside ecommerce', { event: 'view_item', currency: 'EUR', items: [shirt] }],
    ['partly beside it', { event: 'view_item', items: [shirt], ecommerce: { currency: 'EUR' } }],
    ['with the name inside', { ecommerce: { event: 'view_item', currency: 'EUR', items: [shirt] } }],
    [
      'with the name inside, and one of the shop',
      { event: 'ecommerce', ecommerce: { event: 'view_item', currency: 'EUR', items: [shirt] } },
    ],
    ['with null for what is beside', { event: 'view_item', currency: 'EUR', items: [shirt], ecommerce: null }],
    [
      'of gtag() with the names of Universal Analytics',
      gtag('event', 'view_item', {
        currency: 'EUR',
        items: [{ id: 'SKU_1', name: 'Shirt', price: '9.99', quantity: 2 }],
      }),
    ],
    [
      'for Analytics among others',
      gtag('event', 'view_item', { send_to: ['AW-1', 'G-1'], currency: 'EUR', items: [shirt] }),
    ],
  ])('are read %s', (_where, push) => {
    expect(mapGa4(push)).toEqual({
      calls: [['view', { product_id: 'SKU_1', product_name: 'Shirt', price: 9.99, currency: 'EUR', quantity: 2 }]],
      reasons: [],
    });
  });

  test.each(
    [
      'add_payment_info',
      'add_shipping_info',
      'add_to_wishlist',
      'begin_checkout',
      'refund',
      'select_item',
      'select_promotion',
      'view_cart',
      'view_item_list',
      'view_promotion',
      'search',
      'gtm.js',
      'constructor',
      '__proto__',
    ].flatMap((event) => [[{ event, ecommerce: order }], [gtag('event', event, order)]]),
  )('other events are nothing: %j', (push) => {
    expect(mapGa4(push)).toEqual(nothing);
  });

  test.each([
    [{ ecommerce: null }],
    [{ ecommerce: undefined }],
    [{ ecommerce: order }],
    [{ event: 'gtm.js', 'gtm.start': 1 }],
    [{}],
    [[]],
    [null],
    [undefined],
    ['purchase'],
    [42],
    [() => order],
    [gtag('js', new Date())],
    [gtag('config', 'G-1')],
    [gtag('config', 'G-1', { send_page_view: false })],
    [gtag('get', 'G-1', 'client_id', () => {})],
    [gtag('set', 'user_properties', { tier: 'gold' })],
    [gtag('set', { currency: 'USD' })],
    [gtag('event')],
    [gtag('event', 'conversion', { send_to: 'AW-1/x', transaction_id: 'T_1', value: 1 })],
    [gtag('event', 'view_item', { send_to: 'AW-1', items: [{ id: '1', google_business_vertical: 'retail' }] })],
    [gtag('consent', 'default', { ad_storage: 'denied' })],
  ])('what is no event is nothing: %j', (push) => {
    expect(mapGa4(push)).toEqual(nothing);
  });
});

describe('fields', () => {
  test.each([
    ['the id', { item_id: 'a', item_name: 'n', id: 'b' }, { product_id: 'a', product_name: 'n' }],
    [
      'the name where there is no id, as Google allows',
      { item_name: 'Jeggings' },
      { product_id: 'Jeggings', product_name: 'Jeggings' },
    ],
    ['the name where the id is empty', { item_id: '', item_name: 'Jeggings' }, { product_id: 'Jeggings' }],
    ['a number as id', { item_id: 7967292883170 }, { product_id: '7967292883170' }],
    [
      'leading zeros and 19 digits',
      { item_id: '0001', item_category_id: '2053013552326770905' },
      { product_id: '0001', category_id: '2053013552326770905' },
    ],
    ['blanks in ids', { item_id: ' Reda Esp ' }, { product_id: 'Reda Esp' }],
    ['a price of nothing', { item_id: 'a', price: 0 }, { product_id: 'a', price: 0 }],
    ['a computed price', { item_id: 'a', price: 0.1 + 0.2 }, { product_id: 'a', price: 0.3 }],
    [
      'dots in categories',
      { item_id: 'a', item_category: 'Nr. 1', item_category3: 'Tees' },
      { product_id: 'a', category_code: 'Nr_ 1.Tees' },
    ],
    [
      'the category of Universal Analytics',
      { id: 'a', category: 'Apparel/T-Shirts', brand: 'G', variant: 'red' },
      { product_id: 'a', category_code: 'Apparel.T-Shirts', brand: 'G' },
    ],
    [
      'nothing where nothing is',
      { item_id: 'a', price: '', item_brand: null, item_category: '', quantity: undefined, currency: '' },
      { product_id: 'a' },
    ],
  ])('%s', (_what, item, expected) => {
    const { product, reasons } = productOf(item);
    expect(JSON.parse(JSON.stringify(product))).toMatchObject(expected);
    if (!('item_name' in item)) expect(product).toEqual(expected);
    expect(reasons).toEqual([]);
  });

  test.each([
    ['a decimal comma', { price: '72,93' }, 'view_item: items[0].price: "72,93" is not a decimal number ≥ 0'],
    ['a currency sign', { price: '$9.99' }, 'view_item: items[0].price: "$9.99" is not a decimal number ≥ 0'],
    ['a negative price', { price: -1 }, 'view_item: items[0].price: -1 is not a decimal number ≥ 0'],
    ['no quantity at all', { quantity: 0 }, 'view_item: items[0].quantity: 0 is not a whole number ≥ 1'],
    ['half of one', { quantity: 1.5 }, 'view_item: items[0].quantity: 1.5 is not a whole number ≥ 1'],
    ['an unknown currency', { currency: 'R$' }, 'view_item: items[0].currency: "R$" is not a currency code'],
    [
      'a category that is a number beyond 2^53',
      { item_category_id: Number('2053013552326770905') },
      'view_item: items[0].item_category_id: 2053013552326771000 has lost digits',
    ],
  ])('%s is left out, and said', (_what, fields, reason) => {
    expect(productOf({ item_id: 'a', ...fields })).toEqual({ product: { product_id: 'a' }, reasons: [reason] });
  });

  test.each([
    ['72,93', 72.93],
    ['1.234,56', 1234.56],
    ['1.234', 1234],
    ['1234,5', 1234.5],
    [72.93, 72.93],
    [' 5 ', 5],
  ])('with a decimal comma, %j is %d', (price, expected) => {
    expect(productOf({ item_id: 'a', price }, { decimal: ',' })).toEqual({
      product: { product_id: 'a', price: expected },
      reasons: [],
    });
  });

  test.each(['72.93', '1,234.56', '12.34,5', '1,2,3', 'free'])('with a decimal comma, %j is refused', (price) => {
    expect(productOf({ item_id: 'a', price }, { decimal: ',' })).toEqual({
      product: { product_id: 'a' },
      reasons: [`view_item: items[0].price: "${price}" is not a number with a decimal comma`],
    });
  });

  test('a quantity that is not set is 1 in GA4, where something is moved', () => {
    const item = { item_id: 'a' };
    const quantityOf = (push: object) =>
      mapGa4(push).calls.map(([, product]) => (product as { quantity?: number }).quantity);
    expect(quantityOf({ event: 'add_to_cart', items: [item, { ...item, quantity: 0 }] })).toEqual([1, undefined]);
    expect(quantityOf({ event: 'view_item', items: [item] })).toEqual([undefined]);
    expect(quantityOf({ ecommerce: { add: { products: [{ id: 'a' }] } } })).toEqual([undefined]);
  });

  test('the SKU is where the shop says', () => {
    const item = { item_id: 'a', item_variant: 42 };
    expect(productOf(item).product).toEqual({ product_id: 'a' });
    expect(productOf(item, { sku: 'item_variant' }).product).toEqual({ product_id: 'a', sku: '42' });
  });
});

describe('what cannot be told', () => {
  test.each([
    [
      'an item without id and name',
      { event: 'add_to_cart', ecommerce: { items: [{ price: 1 }] } },
      ['add_to_cart: items[0]: no product id'],
    ],
    [
      'an id that lost digits, whatever its name',
      { event: 'add_to_cart', ecommerce: { items: [{ item_id: 2 ** 60, item_name: 'x' }] } },
      ['add_to_cart: items[0].item_id: 1152921504606847000 has lost digits', 'add_to_cart: items[0]: no product id'],
    ],
    ['no items', { event: 'add_to_cart', ecommerce: { items: [] } }, ['add_to_cart: no items']],
    ['no data', { event: 'view_item' }, ['view_item: no items']],
    ['items that are no list', { event: 'view_item', ecommerce: { items: { item_id: 'a' } } }, ['view_item: no items']],
    ['an order without id', { event: 'purchase', ecommerce: { items: [shirt] } }, ['purchase: no order id']],
    [
      'an order without lines',
      { event: 'purchase', ecommerce: { transaction_id: 'T_1', value: 1 } },
      ['purchase: order T_1 has no lines'],
    ],
    [
      'an order in several currencies',
      {
        event: 'purchase',
        ecommerce: {
          transaction_id: 'T_1',
          items: [
            { item_id: 'a', currency: 'EUR' },
            { item_id: 'b', currency: 'USD' },
          ],
        },
      },
      ['purchase: order T_1 is in EUR and USD'],
    ],
    [
      'more items than a shop has',
      { event: 'view_item', ecommerce: { items: Array(501).fill(shirt) } },
      ['view_item: more than 500 items'],
    ],
    [
      'more lines than an order has',
      { event: 'purchase', ecommerce: { transaction_id: 'T_1', items: Array(501).fill(shirt) } },
      ['purchase: order T_1 has over 500 lines'],
    ],
  ])('%s is refused, and said', (_what, push, reasons) => {
    expect(mapGa4(push)).toEqual({ calls: [], reasons });
  });

  test('one bad line loses only itself', () => {
    const bad = {
      get item_id(): string {
        throw Error('not for you');
      },
    };
    const { calls, reasons } = buy({ ...order, items: [bad, null, shirt, {}] });
    expect(calls).toMatchObject([['purchase', { order_id: 'T_1', items: [{ product_id: 'SKU_1' }] }]]);
    expect(reasons).toEqual([
      'purchase: items[0] cannot be read',
      'purchase: items[1]: no product id',
      'purchase: items[3]: no product id',
    ]);
  });

  test('a million items take no longer than the first of them', () => {
    let read = 0;
    const item = {
      get item_id() {
        read++;
        return 'a';
      },
    };
    expect(buy({ ...order, items: Array(1_000_000).fill(item) }).calls).toEqual([]);
    expect(read).toBeLessThan(1000);
  });
});

describe('amounts of an order', () => {
  test('value is no total, which includes taxes and shipping, unless the shop says so', () => {
    const sold = { ...order, value: 19.98, grand_total: '30.87' };
    expect(buy(sold).calls[0]?.[1]).not.toHaveProperty('order_total', expect.anything());
    expect(buy(sold, { total: 'value' }).calls[0]?.[1]).toMatchObject({ order_total: 19.98 });
    expect(buy(sold, { total: 'grand_total' }).calls[0]?.[1]).toMatchObject({ order_total: 30.87 });
  });

  test('are left out where they are in another currency than the lines', () => {
    const { calls, reasons } = buy(
      { ...order, tax: 1, value: 2, items: [{ ...shirt, currency: 'USD' }] },
      { total: 'value' },
    );
    expect(calls).toEqual([
      [
        'purchase',
        { order_id: 'T_1', currency: 'USD', items: [expect.objectContaining({ price: 9.99, currency: 'USD' })] },
      ],
    ]);
    expect(reasons).toEqual(['purchase: currency: is EUR, that of the items is USD']);
  });

  test('that cannot be read are left out', () => {
    const { calls, reasons } = buy({ ...order, value: '72,93', tax: 'none' }, { total: 'value' });
    expect(calls).toHaveLength(1);
    expect(reasons).toEqual([
      'purchase: value: "72,93" is not a decimal number ≥ 0',
      'purchase: tax: "none" is not a decimal number ≥ 0',
    ]);
  });
});

describe('Universal Analytics', () => {
  const product = {
    name: 'Triblend',
    id: '12345',
    price: '15.25',
    brand: 'Google',
    category: 'Apparel/Men/T-Shirts',
    variant: 'Gray',
    quantity: 1,
  };
  const expected = {
    product_id: '12345',
    product_name: 'Triblend',
    brand: 'Google',
    category_code: 'Apparel.Men.T-Shirts',
    price: 15.25,
    currency: 'EUR',
    quantity: 1,
  };

  test.each([
    ['detail', 'view'],
    ['add', 'cart'],
    ['remove', 'removeFromCart'],
  ])('%s is told by its key, whatever the event is called', (key, method) => {
    for (const event of [undefined, 'autoEvent', 'add_to_cart', 'refund'])
      expect(
        mapGa4({
          event,
          ecommerce: { currencyCode: 'EUR', [key]: { actionField: { list: 'Search' }, products: [product] } },
        }),
      ).toEqual({
        calls: [[method, expected]],
        reasons: [],
      });
  });

  test('a purchase has the revenue as its total, which Google says includes taxes and shipping', () => {
    const actionField = {
      id: 'T12345',
      affiliation: 'Online',
      revenue: '35.43',
      tax: '4.90',
      shipping: '5.99',
      coupon: '',
    };
    expect(mapGa4({ ecommerce: { currencyCode: 'EUR', purchase: { actionField, products: [product] } } })).toEqual({
      calls: [
        [
          'purchase',
          { order_id: 'T12345', currency: 'EUR', order_total: 35.43, tax: 4.9, shipping: 5.99, items: [expected] },
        ],
      ],
      reasons: [],
    });
  });

  test('a purchase of the first GA4 containers, with its items in the same place', () => {
    const purchase = { transaction_id: 'T_1', currency: 'EUR', value: 9.99, items: [shirt] };
    expect(mapGa4({ event: 'purchase', ecommerce: { purchase } }).calls).toMatchObject([
      ['purchase', { order_id: 'T_1', currency: 'EUR', items: [{ product_id: 'SKU_1' }] }],
    ]);
  });

  test('a push that tells the same in both ways counts once', () => {
    const both = { ...order, purchase: { actionField: { id: 'T_1' }, products: [product] } };
    expect(buy(both).calls).toMatchObject([['purchase', { items: [{ product_id: 'SKU_1' }] }]]);
    expect(buy(both).calls).toHaveLength(1);
  });

  test('several actions of one push are told, what is only shown is not', () => {
    const { calls, reasons } = mapGa4({
      ecommerce: {
        impressions: [product],
        promoView: { promotions: [{ id: 'p' }] },
        click: { products: [product] },
        checkout: { actionField: { step: 1 }, products: [product] },
        refund: { actionField: { id: 'T12345' } },
        detail: { products: [product] },
        add: { products: [product, { name: 'Donut' }] },
      },
    });
    expect(calls.map(([method, argument]) => [method, (argument as { product_id: string }).product_id])).toEqual([
      ['view', '12345'],
      ['cart', '12345'],
      ['cart', 'Donut'],
    ]);
    expect(reasons).toEqual([]);
  });

  test('says what it leaves out', () => {
    expect(mapGa4({ ecommerce: { add: { products: [{ price: '1,00', id: 'a' }, {}] } } }).reasons).toEqual([
      'ecommerce.add: products[0].price: "1,00" is not a decimal number ≥ 0',
      'ecommerce.add: products[1]: no product id',
    ]);
    expect(mapGa4({ ecommerce: { detail: {} } }).reasons).toEqual(['ecommerce.detail: no products']);
  });
});

describe('user_id', () => {
  test.each([
    [gtag('config', 'G-1', { user_id: 'c-1' }), 'c-1'],
    [gtag('set', { user_id: 1042 }), '1042'],
    [gtag('set', 'user_id', 'c-1'), 'c-1'],
    [['set', { user_id: null }], null],
    [{ user_id: 'c-1' }, 'c-1'],
    [{ event: 'login', user_id: 'c-1' }, 'c-1'],
    [{ user_id: null }, null],
  ])('names the customer, and null ends it: %j', (push, id) => {
    expect(mapGa4(push)).toEqual({ calls: [['identify', id]], reasons: [] });
    expect(mapGa4(push, { identify: false })).toEqual(nothing);
  });

  test.each([
    [gtag('set', { user_id: '' })],
    [gtag('set', { user_id: undefined })],
    [{ user_id: 'null' }],
    [{ user_id: 'undefined' }],
    [gtag('event', 'login', { user_id: 'c-1' })],
    [gtag('set', 'user_properties', { user_id: 'c-1' })],
  ])('is none: %j', (push) => {
    expect(mapGa4(push)).toEqual(nothing);
  });

  test('comes before the event of the same push', () => {
    expect(mapGa4({ event: 'view_item', user_id: 'c-1', items: [shirt] }).calls.map(([method]) => method)).toEqual([
      'identify',
      'view',
    ]);
  });

  test('is no e-mail address', () => {
    const reasons = ['push: user_id: an e-mail address is no id'];
    expect(mapGa4({ user_id: 'ana@shop.example' })).toEqual({ calls: [], reasons });
    expect(mapGa4(gtag('config', 'G-1', { user_id: 'ana@shop.example' }))).toEqual({ calls: [], reasons });
  });

  test('that lost digits is refused', () => {
    expect(mapGa4({ user_id: 2 ** 60 })).toEqual({
      calls: [],
      reasons: ['push: user_id: 1152921504606847000 has lost digits'],
    });
  });
});

describe('consent', () => {
  const set = (mode: string, settings: object, mapOptions?: Ga4MapOptions) =>
    mapGa4(gtag('consent', mode, settings), mapOptions).calls[0]?.[1];
  const denied = { analytics_storage: 'denied', ad_storage: 'granted' };
  const granted = { analytics_storage: 'granted', ad_storage: 'denied' };

  test('a default that denies is not yet the shopper: pending', () => {
    expect(set('default', denied)).toBe('pending');
    expect(set('default', { ...denied, wait_for_update: 500 })).toBe('pending');
    expect(set('default', granted)).toBe('granted');
  });

  test('an update is', () => {
    expect(set('update', denied)).toBe('denied');
    expect(set('update', granted)).toBe('granted');
  });

  test.each([{}, { ad_storage: 'denied' }, { analytics_storage: true }, { analytics_storage: 'DENIED' }])(
    'what says nothing on analytics changes nothing: %j',
    (settings) => {
      expect(set('default', settings)).toBeUndefined();
      expect(set('update', settings)).toBeUndefined();
    },
  );

  test.each([
    ['denied', 'DE', undefined, 'pending'],
    ['denied', ['US-CA', 'DE'], undefined, 'pending'],
    ['granted', ['US'], undefined, undefined],
    ['denied', ['DE'], 'US-CA', undefined],
    ['denied', ['US-CA'], 'US', undefined],
    ['denied', ['us-ca'], 'US-CA', 'pending'],
    ['granted', ['DE', 'US'], 'US-CA', 'granted'],
    ['granted', ['U'], 'US', undefined],
    ['granted', [], 'US', undefined],
  ])('%s by default in %j, for a shopper in %s: %s', (analytics_storage, region, here, expected) => {
    expect(set('default', { analytics_storage, region }, here ? { region: here } : {})).toBe(expected);
  });

  test('is left to the shop where it says so', () => {
    expect(mapGa4(gtag('consent', 'update', denied), { consent: false })).toEqual(nothing);
  });
});

test('filter says which pushes are read, but not those on consent', () => {
  const filter = (push: Readonly<Record<string | number, unknown>>) => push['event'] !== undefined;
  expect(mapGa4({ ecommerce: { detail: { products: [{ id: '1' }] } } }, { filter })).toEqual(nothing);
  expect(mapGa4({ event: 'view_item', items: [shirt] }, { filter }).calls).toHaveLength(1);
  expect(mapGa4(gtag('consent', 'update', { analytics_storage: 'denied' }), { filter }).calls).toEqual([
    ['consent', 'denied'],
  ]);
  const broken = () => {
    throw Error('broken');
  };
  expect(mapGa4({ event: 'view_item' }, { filter: broken })).toEqual({ calls: [], reasons: ['push: cannot be read'] });
});

test('hostile pushes never throw, and give only what the collector takes', () => {
  let calls = 0;
  fc.assert(
    fc.property(pushed, options, (push, mapOptions) => {
      const mapping = mapGa4(push, mapOptions);
      expectValidCalls(mapping);
      calls += mapping.calls.length;
    }),
    runs,
  );
  expect(calls).toBeGreaterThan(200);
});
