import { mapShopify } from '@rastro/tracker/shopify';
import { describe, expect, test } from 'vitest';
import { added, board, bought, checkout, event, money, variant, viewed } from './shopify-events.js';

const purchase = (changes?: object) => mapShopify(bought(changes));
/** The order a checkout maps to. */
const order = (changes?: object) => Object(purchase(changes).calls.find(([method]) => method === 'purchase')?.[1]);
const line = (changes: object) => ({ ...checkout().lineItems[0], ...changes });

describe('a product', () => {
  test('is viewed as the variant that is shown', () => {
    expect(mapShopify(viewed())).toEqual({ calls: [['view', board]], reasons: [] });
  });

  test('goes into the cart and out of it with its quantity', () => {
    expect(mapShopify(added())).toEqual({ calls: [['cart', { ...board, quantity: 2 }]], reasons: [] });
    expect(mapShopify({ ...added(), name: 'product_removed_from_cart' })).toEqual({
      calls: [['removeFromCart', { ...board, quantity: 2 }]],
      reasons: [],
    });
  });

  test('costs in the cart what a unit is charged, after discount', () => {
    const cartLine = { cost: { totalAmount: money(1000, 'EUR') }, merchandise: variant(), quantity: 4 };
    expect(mapShopify(event('product_added_to_cart', { cartLine })).calls).toEqual([
      ['cart', { ...board, price: 250, currency: 'EUR', quantity: 4 }],
    ]);
  });

  test.each([
    ['no cost', { merchandise: variant(), quantity: 2 }, { quantity: 2 }, []],
    [
      'a quantity of 0',
      { cost: { totalAmount: money(0) }, merchandise: variant(), quantity: 0 },
      {},
      ['product_added_to_cart: quantity: 0 is not a whole number ≥ 1'],
    ],
  ])('costs in the cart what its variant costs where the line has %s', (_, cartLine, fields, reasons) => {
    expect(mapShopify(event('product_added_to_cart', { cartLine }))).toEqual({
      calls: [['cart', { ...board, ...fields }]],
      reasons,
    });
  });

  test('has the same id, however it is written', () => {
    const productVariant = variant({
      id: 'gid://shopify/ProductVariant/41327143157873',
      product: { ...variant().product, id: 'gid://shopify/Product/7234590736497' },
    });
    expect(mapShopify(event('product_viewed', { productVariant })).calls).toEqual([['view', board]]);
  });

  test('needs an id and nothing else', () => {
    const productVariant = { id: null, image: null, price: null, product: { id: 7 }, sku: null, title: null };
    expect(mapShopify(event('product_viewed', { productVariant })).calls).toEqual([['view', { product_id: '7' }]]);
    for (const data of [{}, { productVariant: null }, { productVariant: variant({ product: { id: null } }) }]) {
      expect(mapShopify(event('product_viewed', data))).toEqual({
        calls: [],
        reasons: ['product_viewed: no product id'],
      });
    }
    expect(mapShopify(event('product_added_to_cart', { cartLine: null })).calls).toEqual([]);
  });

  test('keeps what can be read of it', () => {
    const productVariant = variant({
      id: 2 ** 60,
      price: money('72,93' as never, 'dollars'),
      product: { ...variant().product, vendor: 5, type: '', title: '  Two\n boards ' },
    });
    expect(mapShopify(event('product_viewed', { productVariant }))).toEqual({
      calls: [['view', { product_id: '7234590736497', product_name: 'Two boards', brand: '5' }]],
      reasons: [
        'product_viewed: id: 1152921504606847000 has lost digits',
        'product_viewed: price: "72,93" is not a decimal number ≥ 0',
        'product_viewed: currencyCode: "dollars" is not a currency code',
      ],
    });
  });
});

describe('a completed checkout', () => {
  test('is the order, after the customer who placed it', () => {
    expect(purchase()).toEqual({
      calls: [
        ['identify', '6940095332401'],
        [
          'purchase',
          {
            order_id: '5396439498987',
            currency: 'USD',
            order_total: 1319.8,
            tax: 50,
            shipping: 9.9,
            items: [{ ...board, quantity: 2 }],
          },
        ],
      ],
      reasons: [],
    });
  });

  test('is told without a customer, a total, a tax or a shipping line', () => {
    const changes = { order: { id: 7, customer: null }, totalPrice: null, totalTax: {}, shippingLine: { price: {} } };
    expect(purchase(changes)).toEqual({
      calls: [['purchase', { order_id: '7', currency: 'USD', items: [{ ...board, quantity: 2 }] }]],
      reasons: [],
    });
  });

  test('has the token of the checkout for an id where it has no order yet', () => {
    for (const missing of [{ id: null, customer: { id: null } }, null, {}]) {
      expect(order({ order: missing }).order_id).toBe('5f7028e0bd5225c17b24bdaa0c09f914');
    }
  });

  test.each([
    ['an id', { order: null, token: null }, 'no order id'],
    ['lines', { lineItems: [] }, 'order 5396439498987 has no lines'],
    ['lines that fit', { lineItems: Array(2000).fill(line({})) }, 'order 5396439498987 has over 500 lines'],
    [
      'one currency',
      { lineItems: [line({}), line({ finalLinePrice: money(1, 'EUR') })] },
      'order 5396439498987 is in USD and EUR',
    ],
  ])('is refused without %s', (_, changes, why) => {
    expect(purchase(changes)).toEqual({ calls: [], reasons: [`checkout_completed: ${why}`] });
  });

  test('loses the line that has no product, and nothing else', () => {
    const { calls, reasons } = purchase({ lineItems: [line({ variant: null }), null, line({})] });
    expect(calls[1]).toMatchObject(['purchase', { items: [{ ...board, quantity: 2 }] }]);
    expect(reasons).toEqual([
      'checkout_completed: lineItems[0]: no product id',
      'checkout_completed: lineItems[1]: no product id',
    ]);
  });

  test.each<[string, object, number | undefined]>([
    ['what the line costs after its discounts', { finalLinePrice: money(1000), quantity: 4 }, 250],
    ['nothing, when it is a gift', { finalLinePrice: money(0), quantity: 4 }, 0],
    ['to 6 decimals, where it is not divided', { finalLinePrice: money(10), quantity: 3 }, 3.333333],
    ['its price, where the line does not say', { finalLinePrice: undefined, quantity: 3 }, 629.95],
    [
      'its price less the discounts of the line',
      { finalLinePrice: null, quantity: 3, discountAllocations: [{ amount: money(30) }, { amount: money(3) }] },
      618.95,
    ],
    [
      'unknown, where a discount is unknown',
      { finalLinePrice: null, quantity: 3, discountAllocations: [{ amount: money(30) }, {}] },
      undefined,
    ],
    [
      'unknown, where neither is there but a discount',
      { finalLinePrice: null, variant: variant({ price: {} }), discountAllocations: [{ amount: money(1) }] },
      undefined,
    ],
  ])('charges a unit %s', (_, changes, price) => {
    const { currency } = Object(changes).variant ? { currency: undefined } : board;
    const [item] = order({ lineItems: [line(changes)] }).items;
    expect(item).toEqual({ ...board, currency, price, quantity: Object(changes).quantity ?? 2 });
  });

  test('gives the line again: unit price times quantity', () => {
    for (const [amount, quantity] of [
      [10, 3],
      [99.99, 7],
      [0.01, 3],
      [123456.78, 999],
    ] as const) {
      const [item] = order({ lineItems: [line({ finalLinePrice: money(amount), quantity })] }).items;
      expect((item.price * quantity).toFixed(2)).toBe(amount.toFixed(2));
    }
  });

  test('ships for what is within the total, after a code for free shipping', () => {
    const cost = (amount: number) => ({ cost: money(9.9), costAfterDiscounts: money(amount) });
    expect(order({ delivery: { selectedDeliveryOptions: [cost(0)] } }).shipping).toBe(0);
    // Several, such as those of a subscription: not all of them are of this order.
    expect(order({ delivery: { selectedDeliveryOptions: [cost(0), cost(0)] } }).shipping).toBe(9.9);
    expect(order({ delivery: null }).shipping).toBe(9.9);
  });

  test('tells the codes used, and no other discounts', () => {
    const discount = (type: string, title: string | null) => ({ type, title, targetType: 'LINE_ITEM' });
    expect(
      order({ discountApplications: [discount('AUTOMATIC', 'Summer'), discount('DISCOUNT_CODE', 'TEN')] }).coupon,
    ).toBe('TEN');
    expect(
      order({ discountApplications: [discount('DISCOUNT_CODE', 'TEN'), discount('DISCOUNT_CODE', 'SHIP')] }).coupon,
    ).toBe('TEN,SHIP');
    // As events of 2023 have it.
    expect(order({ discountApplications: [discount('code', 'SHIP'), discount('automatic', 'x')] }).coupon).toBe('SHIP');
    expect(order({ discountApplications: [discount('MANUAL', 'x')] })).not.toHaveProperty('coupon', expect.anything());
  });
});

test.each([
  'page_viewed',
  'cart_viewed',
  'collection_viewed',
  'search_submitted',
  'checkout_started',
  'checkout_address_info_submitted',
  'checkout_contact_info_submitted',
  'checkout_shipping_info_submitted',
  'payment_info_submitted',
  'alert_displayed',
  'ui_extension_errored',
  'clicked',
  'product_viewed_twice',
  '__proto__',
])('%s tells nothing', (name) => {
  const data = { productVariant: variant(), cartLine: { merchandise: variant() }, checkout: checkout() };
  expect(mapShopify(event(name, data))).toEqual({ calls: [], reasons: [] });
});

test('whatever an event is, nothing is thrown', () => {
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  const thrower = new Proxy(
    {},
    {
      get() {
        throw cycle;
      },
    },
  );
  const hostile = [undefined, null, 0, '', 'x', Symbol('x'), [], {}, cycle, thrower, () => {}, 1n, Number.NaN];
  for (const value of hostile) {
    expect(mapShopify(value).calls).toEqual([]);
    for (const name of ['product_viewed', 'product_added_to_cart', 'product_removed_from_cart', 'checkout_completed']) {
      for (const data of [
        value,
        { productVariant: value, cartLine: value, checkout: value },
        {
          productVariant: variant({ id: value, price: value, product: value }),
          cartLine: { cost: value, merchandise: value, quantity: value },
          checkout: checkout({ order: value, token: value, lineItems: value, discountApplications: value }),
        },
        {
          productVariant: variant({ product: { id: 1, title: value, vendor: value, type: value } }),
          cartLine: { cost: { totalAmount: value }, merchandise: variant({ price: value }), quantity: value },
          checkout: checkout({
            lineItems: [value, line({ finalLinePrice: value, discountAllocations: [value] })],
            totalPrice: value,
            delivery: { selectedDeliveryOptions: [value] },
            discountApplications: [value, { type: 'DISCOUNT_CODE', title: value }],
          }),
        },
      ]) {
        expect(() => mapShopify({ name, data })).not.toThrow();
      }
    }
  }
});
