import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { mapOrder } from '../../src/vtex/order.js';
import { harness } from '../support/collect.js';
import { item, order } from './fixtures.js';

describe('an order', () => {
  test('becomes one purchase with a line for each item', () => {
    expect(mapOrder(order('v71', 1, [item(1)]))).toEqual({
      reasons: [],
      events: [
        {
          event_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
          event_type: 'purchase',
          event_time: Date.parse('2026-10-09T19:25:26.583Z'),
          customer_id: '5660c55f-714d-4b14-88a7-b03e9bfbdd21',
          order_id: 'v71',
          currency: 'BRL',
          order_total: 154.98,
          tax: 1,
          shipping: 10,
          coupon: 'sale',
          items: [
            {
              product_id: '1',
              sku: '1001',
              product_name: 'Linen shirt 1',
              category_id: '1004138',
              category_code: 'Women.Clothes.Shirts',
              brand: 'Flor de Sal',
              price: 71.99,
              quantity: 2,
            },
          ],
        },
      ],
    });
  });

  test('leaves all of the person behind but the id of the profile', () => {
    const text = JSON.stringify(mapOrder(order('v71', 1, [item(1), item(2, { price: {}, productId: null })])));
    for (const secret of [
      'Ana',
      'Souza',
      'mail.example',
      '11122233344',
      '999999999',
      'Flores',
      '22630',
      '444433',
      '1111"',
    ])
      expect(text).not.toContain(secret);
  });

  test.each([
    [
      'priceDefinition before sellingPrice',
      { sellingPrice: 60, priceDefinition: { calculatedSellingPrice: 59 } },
      0.59,
    ],
    [
      'the name that the schema gives it',
      { priceDefinition: null, priceDefinitions: { calculatedSellingPrice: 59 } },
      0.59,
    ],
    ['sellingPrice', { priceDefinition: null }, 71.99],
    ['a gift', { priceDefinition: null, sellingPrice: 0, isGift: true }, 0],
    [
      'weighed goods: a unit, not a kilogram',
      {
        price: 199,
        unitMultiplier: 0.3,
        measurementUnit: 'kg',
        sellingPrice: 59,
        quantity: 3,
        priceDefinition: { calculatedSellingPrice: 59, total: 179 },
      },
      0.59,
    ],
    ['price, where nothing was taken off', { priceDefinition: null, sellingPrice: null, priceTags: [] }, 79.99],
    ['none, where price is not what was charged', { priceDefinition: null, sellingPrice: null }, undefined],
  ])('is charged by %s', (_, fields, price) => {
    const { events, reasons } = mapOrder(order('v71', 1, [item(1, fields)]));
    expect(events[0]?.items[0]?.price).toBe(price);
    expect(reasons).toEqual([]);
  });

  test('keeps what can be read, and says what cannot', () => {
    const bad = { quantity: 0, sellingPrice: '72,93', priceDefinition: null, additionalInfo: { brandName: 7.5 } };
    const { events, reasons } = mapOrder(order('v71', 1, [item(1, bad), item(2, { productId: null }), item(3)]));
    expect(events[0]?.items.map(({ product_id }) => product_id)).toEqual(['1', '3']);
    expect(events[0]?.items[0]).toEqual({ product_id: '1', sku: '1001', product_name: 'Linen shirt 1' });
    expect(reasons).toEqual([
      'items[0].additionalInfo.brandName: 7.5 is a number that has lost digits',
      'items[0].sellingPrice: "72,93" is not a whole number of cents ≥ 0',
      'items[0].quantity: 0 is not a whole number from 1 to 1000000',
      'items[1]: no productId',
    ]);
  });

  test.each([
    ['without lines', order('v71', 1, [])],
    ['without a product', order('v71', 1, [item(1, { productId: undefined })])],
    ['without ids', order('v71', 1, [item(1)], { orderId: null, orderGroup: null })],
    ['without a time', order('v71', 1, [item(1)], { creationDate: '2026-10-09 19:25' })],
    [
      'of too many lines',
      order(
        'v71',
        1,
        Array.from({ length: 501 }, (_, n) => item(n)),
      ),
    ],
    [
      'of several currencies',
      [order('v71', 1, [item(1)]), order('v71', 2, [item(2)], { storePreferencesData: { currencyCode: 'USD' } })],
    ],
    ['of several groups', [order('v71', 1, [item(1)]), order('v72', 2, [item(2)])]],
  ])('%s is refused with a reason', (_, given) => {
    const { events, reasons } = mapOrder(given);
    expect(events).toEqual([]);
    expect(reasons.length).toBeGreaterThan(0);
  });

  test('has a device of its own where it names no customer', () => {
    const { events } = mapOrder(order('v71', 1, [item(1)], { clientProfileData: null }));
    expect(events[0]).toMatchObject({ device_id: 'vtex:v71' });
    expect(events[0]).not.toHaveProperty('customer_id');
  });

  test('takes no e-mail address for a customer, and does not repeat it', () => {
    const clientProfileData = { userProfileId: 'ana.souza@mail.example' };
    const mapped = mapOrder(order('v71', 1, [item(1)], { clientProfileData }));
    expect(mapped.events[0]).toMatchObject({ device_id: 'vtex:v71' });
    expect(mapped.reasons).toEqual(['clientProfileData.userProfileId: an address, and no id']);
    expect(JSON.stringify(mapped)).not.toContain('mail.example');
  });

  test('passed on by another marketplace, without a group, keeps its own id', () => {
    const { events } = mapOrder(order('v71', 1, [item(1)], { orderGroup: null, origin: 'Fulfillment' }));
    expect(events[0]?.order_id).toBe('v71-01');
  });

  test('does not count components, bundle items and offerings as lines', () => {
    const kit = item(1, {
      components: [item(2)],
      bundleItems: [{ id: 12, quantity: 2, price: 100 }],
      offerings: [{ id: '3' }],
    });
    expect(mapOrder(order('v71', 1, [kit])).events[0]?.items).toHaveLength(1);
  });

  test('orders names by the path of ids, and takes the deepest first where there is no path', () => {
    const categories = [
      { id: 10, name: 'A.B & C' },
      { id: 25, name: 'Top' },
    ];
    const lineOf = (additionalInfo: object) =>
      mapOrder(order('v71', 1, [item(1, { additionalInfo })])).events[0]?.items[0];
    expect(lineOf({ categoriesIds: '/25/10/', categories })).toMatchObject({
      category_id: '10',
      category_code: 'Top.A_B & C',
    });
    expect(lineOf({ categoriesIds: '/25/10/', categories: [...categories].reverse() })).toMatchObject({
      category_code: 'Top.A_B & C',
    });
    expect(lineOf({ categories })).toMatchObject({ category_id: '10', category_code: 'Top.A_B & C' });
    // A product in several categories: names of another path are none of this one.
    const others = [{ id: 386, name: 'Towels' }, ...categories];
    expect(lineOf({ categoriesIds: '/2/386/', categories: others })).not.toHaveProperty('category_code');
    expect(lineOf({ categoriesIds: '/25/10/', categories: others })).toMatchObject({ category_code: 'Top.A_B & C' });
    expect(lineOf({ categoriesIds: '/25/2103807459595387724/' })).toMatchObject({ category_id: '2103807459595387724' });
  });
});

describe('an order counts as a purchase', () => {
  const counts = (fields: object, options = {}): boolean =>
    mapOrder(order('v71', 1, [item(1)], { authorizedDate: null, isCompleted: false, ...fields }), options).events
      .length > 0;

  test.each(['payment-approved', 'window-to-cancel', 'ready-for-handling', 'handling', 'invoiced'])(
    'when it is %s',
    (status) => {
      expect(counts({ status })).toBe(true);
    },
  );
  test.each([
    'order-created',
    'on-order-completed',
    'payment-pending',
    'waiting-ffmt-authorization',
    'canceled',
    'replaced',
    '',
    null,
  ])('not when it is %s', (status) => {
    expect(counts({ status })).toBe(false);
  });
  test('when it was paid for, whatever it waits for', () => {
    const authorizedDate = '2026-10-09T19:26:20Z';
    expect(counts({ status: 'waiting-for-seller-decision', authorizedDate })).toBe(true);
    expect(counts({ status: '', isCompleted: true })).toBe(true);
    expect(counts({ status: 'canceled', authorizedDate })).toBe(false);
  });
  test('when the feed says that it did, though it was cancelled since', () => {
    expect(counts({ status: 'canceled' }, { state: 'payment-approved' })).toBe(true);
  });
  test('by the statuses that are set, and no others', () => {
    expect(counts({ status: 'order-created' }, { statuses: ['order-created'] })).toBe(true);
    expect(counts({ status: 'handling', authorizedDate: '2026-10-09T19:26:20Z' }, { statuses: ['invoiced'] })).toBe(
      false,
    );
  });
});

describe('the orders of a group', () => {
  const both = [
    order('v71', 1, [item(1), item(2)]),
    order('v71', 2, [item(1, { seller: 'other' }), item(3)], {
      value: 1_002,
      totals: [
        { id: 'Tax', value: 2 },
        { id: 'Shipping', value: 3 },
      ],
    }),
  ];

  test('become one purchase with the lines and amounts of all', () => {
    const { events } = mapOrder(both);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ order_id: 'v71', order_total: 165, tax: 1.02, shipping: 10.03 });
    expect(events[0]?.items.map(({ product_id }) => product_id)).toEqual(['1', '2', '1', '3']);
  });

  test('have an id for each line, though two sellers sell the same', async () => {
    const { answer, records } = harness();
    await answer({ v: 1, key: 'demo', source: 'vtex-oms', events: mapOrder(both).events });
    expect(new Set(records().map(({ event_id }) => event_id)).size).toBe(4);
    expect(records().map(({ lines }) => lines)).toEqual([4, 4, 4, 4]);
    expect(records().filter(({ order_total }) => order_total !== undefined)).toHaveLength(1);
  });

  test('count by those whose status is known: a group is listed without', () => {
    const listed = { ...both[1], status: '', authorizedDate: null, isCompleted: true };
    const told = { ...both[0], authorizedDate: null };
    expect(mapOrder([{ ...told, status: 'payment-pending' }, listed]).events).toEqual([]);
    expect(mapOrder([{ ...told, status: 'payment-approved' }, listed]).events).toHaveLength(1);
    expect(mapOrder([listed]).events).toHaveLength(1);
  });

  test('have no total where that of one is unknown', () => {
    const { events } = mapOrder([both[0], { ...both[1], value: null }]);
    expect(events[0]).not.toHaveProperty('order_total');
  });
});

describe('what the browser and the server report', () => {
  test('are the same events: readers count the order once', async () => {
    // `vtex:orderPlaced` as the shop's page hands it over: https://github.com/vtex-apps/order-placed
    const orderPlaced = {
      eventName: 'vtex:orderPlaced',
      orderGroup: '1310750551387',
      ordersInOrderGroup: ['1310750551387-01', '1310750551387-02'],
      transactionId: '1310750551387',
      transactionTotal: 309.96,
      currency: 'BRL',
      transactionProducts: [
        { id: '9', sku: '20', name: 'Necessaire', price: 71.99, quantity: 2, seller: 'Store', sellerId: '1' },
        { id: '4', sku: '41', name: 'Shirt', price: 71.99, quantity: 2, seller: 'Store', sellerId: '1' },
        { id: '9', sku: '20', name: 'Necessaire', price: 71.99, quantity: 2, seller: 'Other', sellerId: 'other' },
      ],
    };
    const page = harness();
    await page.answer({
      v: 1,
      key: 'demo',
      device_id: 'd-1',
      events: [
        {
          event_id: '01936d2e-7c1a-7e3b-9f60-000000000001',
          event_type: 'purchase',
          event_time: Date.parse('2026-10-09T19:25:30Z'),
          order_id: orderPlaced.transactionId,
          order_total: orderPlaced.transactionTotal,
          currency: orderPlaced.currency,
          items: orderPlaced.transactionProducts.map(({ id, sku, price, quantity }) => ({
            product_id: id,
            sku,
            price,
            quantity,
          })),
        },
      ],
    });
    const oms = harness();
    const orders = [
      order('1310750551387', 1, [item(1, { productId: '4', id: '41' }), item(2, { productId: '9', id: '20' })]),
      order('1310750551387', 2, [item(3, { productId: '9', id: '20', seller: 'other' })]),
    ];
    await oms.answer({ v: 1, key: 'demo', source: 'vtex-oms', events: mapOrder(orders).events });
    const facts = (records: Record<string, unknown>[]) =>
      records.map(({ event_id, product_id, sku, line, lines, price, quantity, order_total }) => ({
        event_id,
        product_id,
        sku,
        line,
        lines,
        price,
        quantity,
        order_total,
      }));
    expect(facts(oms.records())).toEqual(facts(page.records()));
    expect(oms.records()).toHaveLength(3);
    expect(oms.letters()).toEqual([]);
  });
});

describe('whatever is given, nothing is thrown', () => {
  const cycle: Record<string, unknown> = { orderId: 'a', status: 'invoiced' };
  cycle['items'] = [cycle];
  const hostile = new Proxy(
    {},
    {
      get: () => {
        throw new Error('no');
      },
    },
  );
  test.each([
    ['undefined', undefined],
    ['null', null],
    ['text', 'order'],
    ['a number', 7],
    ['an empty list', []],
    ['a list of lists', [[[]]]],
    ['a cycle', cycle],
    ['getters that throw', hostile],
    [
      'wrong types everywhere',
      {
        orderId: {},
        orderGroup: [],
        status: 'invoiced',
        items: 'x',
        totals: 3,
        value: '1',
        creationDate: 5,
        storePreferencesData: [],
        clientProfileData: 'y',
      },
    ],
    [
      'a huge list',
      order(
        'v71',
        1,
        Array.from({ length: 100_000 }, () => null),
      ),
    ],
  ])('for %s', (_, given) => {
    const { events } = mapOrder(given, { orderChanges: true });
    expect(events).toEqual([]);
  });
});

const sample = fileURLToPath(
  new URL('../../../../../shared/data/storefront-samples/vtex-rest/getOrder.json', import.meta.url),
);
test.skipIf(!existsSync(sample))('the published example of an order is taken whole', async () => {
  const { payload } = JSON.parse(readFileSync(sample, 'utf8'));
  const { events, reasons } = mapOrder(payload);
  expect(reasons).toEqual([]);
  expect(events).toMatchObject([
    {
      order_id: '1415461749731',
      order_total: 11.6,
      shipping: 3,
      items: [{ product_id: '6', sku: '18', price: 9.9, category_id: '9', category_code: 'Coach' }],
    },
  ]);
  const { answer, records, letters } = harness();
  await answer({ v: 1, key: 'demo', source: 'vtex-oms', events });
  expect(records()).toHaveLength(1);
  expect(letters()).toEqual([]);
});
