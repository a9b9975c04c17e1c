import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mapVtex } from '../../src/plugins/vtex.js';
import { collected } from './collected.js';

const message = (event: string, fields: object = {}): object => ({
  currency: 'BRL',
  event,
  eventName: `vtex:${event}`,
  ...fields,
});
const seller = (Price: unknown, fields: object = {}): object => ({
  sellerId: '1',
  sellerDefault: false,
  commertialOffer: { Price, ListPrice: 99, PriceWithoutDiscount: 88, AvailableQuantity: 7 },
  ...fields,
});
const view = (product: object = {}, selectedSku: object = {}): object =>
  message('productView', {
    product: {
      productId: '16',
      productName: 'Classic Shoes',
      brand: 'Mizuno',
      categoryId: '10',
      categoriesIds: ['/25/10/', '/25/'],
      categories: ['/Apparel & Accessories/Shoes/', '/Apparel & Accessories/'],
      selectedSku: { itemId: '35', sellers: [seller(12), seller(38.9, { sellerDefault: true })], ...selectedSku },
      ...product,
    },
  });
const cartLine = (fields: object = {}): object => ({
  productId: '16',
  skuId: '35',
  name: 'Classic Shoes',
  brand: 'Mizuno',
  category: 'Apparel & Accessories/Shoes',
  price: 38.9,
  quantity: 2,
  ...fields,
});
const orderLine = (fields: object = {}): object => ({
  id: '9',
  sku: '20',
  name: 'Necessaire',
  brand: 'New Offers',
  category: 'Bags',
  categoryId: '32',
  categoryIdTree: ['25', '32'],
  categoryTree: ['Apparel', 'Bags'],
  originalPrice: 60,
  price: 50,
  sellingPrice: 45.5,
  quantity: 2,
  unitMultiplier: 1,
  components: [],
  ...fields,
});
const order = (fields: object = {}, event = 'orderPlaced'): object =>
  message(event, {
    orderGroup: '1310750551387',
    transactionId: '1310750551387',
    transactionCurrency: 'BRL',
    transactionTotal: 100.9,
    transactionTax: 0,
    transactionShipping: 9.9,
    coupon: null,
    transactionProducts: [orderLine()],
    ...fields,
  });
const only = (data: unknown): Record<string, unknown> => {
  const { calls, reasons } = mapVtex(data);
  expect({ calls: calls.length, reasons }).toEqual({ calls: 1, reasons: [] });
  return calls[0]?.[1] as unknown as Record<string, unknown>;
};
const line = (fields: object): Record<string, unknown> =>
  (only(order({ transactionProducts: [orderLine(fields)] }))['items'] as Record<string, unknown>[])[0] ?? {};

describe('productView', () => {
  test('is a view of the product and its variant, at the default seller’s price', () => {
    expect(mapVtex(view())).toEqual({
      calls: [
        [
          'view',
          {
            product_id: '16',
            sku: '35',
            product_name: 'Classic Shoes',
            category_id: '10',
            category_code: 'Apparel & Accessories.Shoes',
            brand: 'Mizuno',
            price: 38.9,
            currency: 'BRL',
          },
        ],
      ],
      reasons: [],
    });
  });

  test.each([
    ['the first seller, where none is the default', view({}, { sellers: [seller(12), seller(13)] }), { price: 12 }],
    ['no seller', view({}, { sellers: [] }), { price: undefined }],
    ['no offer', view({}, { sellers: [{ sellerDefault: true }] }), { price: undefined }],
    [
      'sold out: the price is 0 for want of one',
      view({}, { sellers: [{ commertialOffer: { Price: 0, AvailableQuantity: 0 } }] }),
      { price: undefined },
    ],
    ['free of charge', view({}, { sellers: [{ commertialOffer: { Price: 0, AvailableQuantity: 1 } }] }), { price: 0 }],
    ['numbers as ids', view({ productId: 16, categoryId: 10 }), { product_id: '16', category_id: '10' }],
    ['the category’s id by its path', view({ categoryId: null }), { category_id: '10' }],
    [
      'the path of its own category, where that is not the first',
      view({
        categoryId: '7',
        categoriesIds: ['/25/10/', '/3/7/'],
        categories: ['/Apparel/Shoes/', '/Sports/Running v2.0/'],
      }),
      { category_id: '7', category_code: 'Sports.Running v2_0' },
    ],
    ['no categories', view({ categoryId: null, categoriesIds: null, categories: null }), { category_id: undefined }],
    [
      'the only variant, where none is selected',
      view({ selectedSku: undefined, items: [{ itemId: '36', sellers: [seller(7)] }] }),
      { sku: '36', price: 7 },
    ],
    [
      'none of several variants',
      view({ selectedSku: null, items: [{ itemId: '36' }, { itemId: '37' }] }),
      { sku: undefined },
    ],
  ])('%s', (_, data, fields) => expect(only(data)).toMatchObject(fields));

  test('is refused without a product, and loses a price that is none', () => {
    expect(mapVtex(view({ productId: '' }))).toEqual({ calls: [], reasons: ['productView: product: no productId'] });
    const { calls, reasons } = mapVtex(view({}, { sellers: [seller('38,90')] }));
    expect(calls).toMatchObject([['view', { product_id: '16', price: undefined }]]);
    expect(reasons).toEqual([
      'productView: product.selectedSku.sellers.commertialOffer.Price: "38,90" is not a decimal number ≥ 0',
    ]);
  });
});

describe('addToCart and removeFromCart', () => {
  test.each([
    ['addToCart', 'cart'],
    ['removeFromCart', 'removeFromCart'],
  ])('%s is one call for each item', (event, method) => {
    const items = [cartLine(), cartLine({ productId: '17', skuId: '36', quantity: 1 })];
    expect(mapVtex(message(event, { items }))).toEqual({
      calls: [
        [
          method,
          {
            product_id: '16',
            sku: '35',
            product_name: 'Classic Shoes',
            category_id: undefined,
            category_code: 'Apparel & Accessories.Shoes',
            brand: 'Mizuno',
            price: 38.9,
            currency: 'BRL',
            quantity: 2,
          },
        ],
        [method, expect.objectContaining({ product_id: '17', sku: '36', quantity: 1 })],
      ],
      reasons: [],
    });
  });

  test.each([
    ['cents', { price: 19799, priceIsInt: true }, { price: 197.99 }],
    ['cents as floating point leaves them', { price: 8.2 * 100, priceIsInt: true }, { price: 8.2 }],
    ['many cents', { price: 1_234_567_890_00, priceIsInt: false }, { price: undefined }],
    ['pesos, more than 10 million of them', { price: 1_290_000_000, priceIsInt: true }, { price: 12_900_000 }],
    ['after discount', { price: 3890, sellingPrice: 3500, priceIsInt: true }, { price: 35 }],
    ['given away', { price: 3890, sellingPrice: 0, priceIsInt: true }, { price: 0 }],
    ['after discount, in units', { price: 38.9, sellingPrice: 35 }, { price: 35 }],
    ['units beside cents that nothing announces', { price: 38.9, sellingPrice: 3500 }, { price: 38.9 }],
    ['cents as text', { price: '19799', priceIsInt: true }, { price: 197.99 }],
    ['half a cent', { price: 197.5, priceIsInt: true }, { price: undefined }],
    ['no price', { price: null }, { price: undefined }],
    ['a brand elsewhere', { brand: '', additionalInfo: { brandName: 'Sony' } }, { brand: 'Sony' }],
    ['no brand', { brand: null, additionalInfo: null }, { brand: undefined }],
    [
      'categories by id',
      { category: undefined, productCategoryIds: '/25/32/', productCategories: { 25: 'Home & Decor', 32: 'Tables' } },
      { category_id: '32', category_code: 'Home & Decor.Tables' },
    ],
    [
      'ids without names',
      { category: '', productCategoryIds: '/25/32/', productCategories: null },
      { category_id: '32' },
    ],
    ['a path with slashes around', { category: '/Home/Tables/' }, { category_code: 'Home.Tables' }],
    ['no quantity', { quantity: undefined }, { quantity: undefined }],
  ])('%s', (_, fields, expected) =>
    expect(mapVtex(message('addToCart', { items: [cartLine(fields)] })).calls).toMatchObject([['cart', expected]]),
  );

  test('no items are a reason, not silence', () => {
    expect(mapVtex(message('removeFromCart', { items: [] }))).toEqual({
      calls: [],
      reasons: ['removeFromCart: no items'],
    });
  });

  test('a bad item loses only itself, a bad field only the field', () => {
    const items = [null, cartLine({ productId: 2 ** 53 }), cartLine({ quantity: 0, price: 'free' })];
    const { calls, reasons } = mapVtex(message('addToCart', { items }));
    expect(calls).toMatchObject([['cart', { product_id: '16', quantity: undefined, price: undefined }]]);
    expect(reasons).toEqual([
      'addToCart: items[0]: no productId',
      'addToCart: items[1].productId: 9007199254740992 has lost digits',
      'addToCart: items[1]: no productId',
      'addToCart: items[2].price: "free" is not a decimal number ≥ 0',
      'addToCart: items[2].quantity: 0 is not a whole number ≥ 1',
    ]);
  });
});

describe('an order', () => {
  test.each(['orderPlaced', 'orderPlacedTracked'])('%s is a purchase of its group', (event) => {
    expect(mapVtex(order({ coupon: 'BLACKFRIDAY' }, event))).toEqual({
      calls: [
        [
          'purchase',
          {
            order_id: '1310750551387',
            currency: 'BRL',
            order_total: 100.9,
            tax: 0,
            shipping: 9.9,
            coupon: 'BLACKFRIDAY',
            items: [
              {
                product_id: '9',
                sku: '20',
                product_name: 'Necessaire',
                category_id: '32',
                category_code: 'Apparel.Bags',
                brand: 'New Offers',
                price: 45.5,
                quantity: 2,
              },
            ],
          },
        ],
      ],
      reasons: [],
    });
  });

  test.each([
    ['what is charged for one', { price: 50, sellingPrice: 45.5, originalPrice: 60 }, { price: 45.5 }],
    ['0.3 kg at 1.99 a kilogram', { price: 1.99, sellingPrice: 0.59, unitMultiplier: 0.3 }, { price: 0.59 }],
    ['no selling price', { sellingPrice: null }, { price: 50 }],
    ['no selling price of what is weighed', { sellingPrice: null, unitMultiplier: 0.3 }, { price: undefined }],
    ['the deepest of the tree', { categoryId: null }, { category_id: '32' }],
    ['a kit is its own line', { components: [orderLine({ id: '10' })] }, { product_id: '9' }],
    ['no categories', { categoryId: '', categoryIdTree: null, categoryTree: null }, { category_id: undefined }],
  ])('%s', (_, fields, expected) => expect(line(fields)).toMatchObject(expected));

  test('a line of each product line, bundled parts and services being none', () => {
    const transactionProducts = [
      orderLine(),
      orderLine({ sku: '21', components: [orderLine({ id: '77' })], bundleItems: [{ id: '78' }] }),
      orderLine(),
    ];
    expect(only(order({ transactionProducts }))['items']).toMatchObject([
      { product_id: '9', sku: '20' },
      { product_id: '9', sku: '21' },
      { product_id: '9', sku: '20' },
    ]);
  });

  test('has the id of the transaction where it has no group, and the store’s currency where it has none', () => {
    expect(only(order({ orderGroup: null, transactionId: 'v71021570str' }))).toMatchObject({
      order_id: 'v71021570str',
    });
    expect(only(order({ transactionCurrency: null, currency: 'usd' }))).toMatchObject({ currency: 'USD' });
  });

  test.each([
    ['no id', { orderGroup: null, transactionId: null }, 'orderPlaced: no order id'],
    ['no lines', { transactionProducts: [] }, 'orderPlaced: order 1310750551387 has no lines'],
    ['lines that are none', { transactionProducts: 'x' }, 'orderPlaced: order 1310750551387 has no lines'],
    [
      'too many lines',
      { transactionProducts: Array.from({ length: 501 }, () => orderLine()) },
      'orderPlaced: transactionProducts: more than 500 lines',
    ],
  ])('is refused: %s', (_, fields, reason) => {
    const { calls, reasons } = mapVtex(order(fields));
    expect(calls).toEqual([]);
    expect(reasons[0]).toBe(reason);
  });

  test('a bad line loses only itself', () => {
    const { calls, reasons } = mapVtex(order({ transactionProducts: [orderLine({ id: null }), orderLine()] }));
    expect(calls).toMatchObject([['purchase', { items: [{ product_id: '9' }] }]]);
    expect(reasons).toEqual(['orderPlaced: transactionProducts[0]: no id']);
  });

  test('told twice makes the same records', async () => {
    const ids = async (event: string): Promise<unknown[]> =>
      (await collected(mapVtex(order({ transactionProducts: [orderLine(), orderLine()] }, event)).calls)).records.map(
        ({ event_id }) => event_id,
      );
    const first = await ids('orderPlaced');
    expect(new Set(first).size).toBe(2);
    expect(await ids('orderPlacedTracked')).toEqual(first);
  });
});

describe('userData', () => {
  test.each([
    ['who is logged in', { isAuthenticated: true, id: '29cf4dce', email: 'a@b.c' }, [['identify', '29cf4dce']]],
    ['nobody is logged in', { isAuthenticated: false, id: '29cf4dce' }, [['identify', null]]],
    ['nothing is told', { id: '29cf4dce' }, []],
    ['an e-mail address is no id', { isAuthenticated: true, id: 'a@b.c' }, []],
    ['nor is it where there is no id', { isAuthenticated: true, email: 'a@b.c' }, []],
  ])('%s', (_, fields, calls) => expect(mapVtex(message('userData', fields)).calls).toEqual(calls));
});

describe('what tells nothing', () => {
  const names =
    'viewCart cartChanged cartId cartLoaded productClick productImpression pageView pageInfo beginCheckout addPaymentInfo addShippingInfo addToWishlist refund search share login signUp promoView promotionClick constructor';
  test.each(names.split(' '))('%s', (event) =>
    expect(mapVtex({ ...order({}, event), items: [cartLine()], product: { productId: '1' } })).toEqual({
      calls: [],
      reasons: [],
    }),
  );

  test.each([
    ['no message', undefined],
    ['null', null],
    ['text', 'vtex:addToCart'],
    ['another’s message', { event: 'addToCart', items: [cartLine()] }],
    ['another’s name', { eventName: 'cvs:addToCart', items: [cartLine()] }],
    ['a name that is no text', { eventName: ['vtex:addToCart'], items: [cartLine()] }],
  ])('%s', (_, data) => expect(mapVtex(data)).toEqual({ calls: [], reasons: [] }));
});

describe('whatever comes', () => {
  const keys =
    'product productId selectedSku itemId items sellers sellerDefault commertialOffer Price categoriesIds categories categoryId brand skuId name category productCategories productCategoryIds price sellingPrice priceIsInt quantity additionalInfo brandName currency orderGroup transactionId transactionCurrency transactionTotal transactionTax transactionShipping coupon transactionProducts id sku categoryTree categoryIdTree unitMultiplier isAuthenticated';
  const leaf = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.double(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constantFrom(null, undefined, '', '72,93', '12.5', ' 7 ', '/25/10/', 'A.B/C', 'BRL', 10n, Symbol('x'), () => 1),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      leaf,
      fc.dictionary(fc.constantFrom(...keys.split(' ')), tie('value'), { maxKeys: 8 }),
      fc.array(tie('value'), { maxLength: 4 }),
    ),
  }));
  const events = fc.constantFrom(
    ...['productView', 'addToCart', 'removeFromCart', 'orderPlaced', 'orderPlacedTracked', 'userData', 'other'],
  );
  /** Messages that were right, with some fields that are not. */
  const mutated = fc
    .tuple(events, fc.dictionary(fc.constantFrom(...keys.split(' ')), value, { maxKeys: 3 }))
    .map(([event, odd]) => ({
      ...(view({ ...odd }) as object),
      ...order({ transactionProducts: [orderLine(odd), orderLine()] }),
      ...message(event, { items: [cartLine(odd), cartLine()] }),
      ...(Object.keys(odd).length % 2 ? odd : {}),
    }));

  test('nothing is thrown, and what is called is valid', async () => {
    let told = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          { weight: 4, arbitrary: mutated },
          value,
          fc.tuple(events, value).map(([event, fields]) => ({ ...Object(fields), ...message(event) })),
        ),
        async (data) => {
          const { calls } = mapVtex(data);
          const { rejected } = await collected(calls);
          told += calls.length;
          expect(rejected).toEqual([]);
        },
      ),
      { numRuns: 1000, seed: 20261120 },
    );
    expect(told).toBeGreaterThan(200);
  });

  test('a message that cannot be read tells why', () => {
    const data = {
      eventName: 'vtex:addToCart',
      get items() {
        throw new Error('no');
      },
    };
    expect(mapVtex(data)).toEqual({ calls: [], reasons: ['the message cannot be read'] });
    const cycle: Record<string, unknown> = { ...order() };
    cycle['transactionProducts'] = [cycle];
    cycle['id'] = cycle;
    expect(mapVtex(cycle).calls).toEqual([]);
    expect(mapVtex(message('addToCart', { items: Array(2 ** 32 - 1) })).reasons).toEqual([
      'addToCart: items: more than 500 lines',
    ]);
  });
});
