import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mapAdobeCommerce } from '../../src/plugins/adobe-commerce.js';
import { hostile } from './hostile.js';
import { expectValidCalls } from './valid-calls.js';

const storefrontInstanceContext = { storeViewCurrencyCode: 'EUR', baseCurrencyCode: 'USD' };
/** As https://github.com/adobe/commerce-events types a product of `productContext`. */
const shirt = {
  productId: 42,
  name: 'Linen shirt',
  sku: 'LS-M-White',
  topLevelSku: 'LS',
  categories: ['7'],
  productType: 'configurable',
  pricing: { regularPrice: 60, minimalPrice: 40, maximalPrice: 70, currencyCode: 'EUR' },
};
const line = {
  id: 'a1',
  formattedPrice: '48,00 €',
  prices: { price: { value: 48, currency: 'EUR', regularPrice: 60 } },
  product: shirt,
  configurableOptions: [{ id: 1, optionLabel: 'Size', valueId: 3, valueLabel: 'M' }],
  quantity: 2,
};
const order = {
  orderId: '000000123',
  grandTotal: 105.5,
  salesTax: 8,
  otherTax: 0.25,
  shipping: { shippingMethod: 'ground', shippingAmount: 9.5 },
  appliedCouponCode: 'SPRING',
  email: 'somebody@shop.example',
};
const map = (event: unknown, eventInfo: object) =>
  mapAdobeCommerce({ event, eventInfo: { storefrontInstanceContext, ...eventInfo } });
const view = (product: object) => map('product-page-view', { productContext: { ...shirt, ...product } });
const fieldsOf = ({ calls }: ReturnType<typeof map>): unknown => calls[0]?.[1];

describe('mapAdobeCommerce', () => {
  test('tells a view of the product of the page, by the SKU of its parent', () => {
    expect(view({})).toEqual({
      calls: [
        [
          'view',
          {
            product_id: 'LS',
            sku: 'LS-M-White',
            product_name: 'Linen shirt',
            category_id: '7',
            price: 60,
            currency: 'EUR',
          },
        ],
      ],
      reasons: [],
    });
  });

  test.each([
    ['a special price', { pricing: { regularPrice: 60, specialPrice: 45, currencyCode: 'EUR' } }, { price: 45 }],
    ['no special price', { pricing: { regularPrice: 60, specialPrice: null, currencyCode: 'EUR' } }, { price: 60 }],
    ['no currency of its own', { pricing: { regularPrice: 60, currencyCode: null } }, { price: 60, currency: 'EUR' }],
    ['another currency', { pricing: { regularPrice: 60, currencyCode: 'USD' } }, { price: 60, currency: 'USD' }],
    ['no price', { pricing: undefined }, { price: undefined, currency: 'EUR' }],
    ['a simple product', { topLevelSku: null, sku: 'MUG' }, { product_id: 'MUG', sku: 'MUG' }],
    ['a numeric id alone', { topLevelSku: '', sku: '' }, { product_id: '42', sku: undefined }],
    ['no numeric id', { productId: undefined }, { product_id: 'LS' }],
    ['several categories, in no order', { categories: ['14', '15'] }, { category_id: undefined }],
    ['no category', { categories: null }, { category_id: undefined }],
  ])('reads a product with %s', (_what, product, expected) => {
    const mapping = view(product);
    expect(fieldsOf(mapping)).toMatchObject(expected);
    expect(mapping.reasons).toEqual([]);
  });

  test.each([
    [
      'a price with a comma',
      { pricing: { regularPrice: '60,00', currencyCode: 'EUR' } },
      { price: undefined },
      'price',
    ],
    [
      'a currency that is none: no price either',
      { pricing: { regularPrice: 60, currencyCode: '€' } },
      { price: undefined, currency: undefined },
      'currency',
    ],
    ['a category that is none', { categories: [{}] }, { category_id: undefined }, 'categories[0]'],
  ])('leaves out %s, and says so', (_what, product, expected, reason) => {
    const { calls, reasons } = view(product);
    expect(calls[0]?.[1]).toMatchObject({ product_id: 'LS', ...expected });
    expect(reasons).toEqual([expect.stringContaining(reason)]);
  });

  test('refuses a product without any id', () => {
    expect(map('product-page-view', { productContext: { name: 'x' } })).toEqual({
      calls: [],
      reasons: ['product-page-view: productContext: neither topLevelSku nor sku'],
    });
  });

  test.each([
    ['add-to-cart', 'cart'],
    ['remove-from-cart', 'removeFromCart'],
  ] as const)('tells of %s what has changed, not the whole cart', (event, method) => {
    const other = { prices: { price: { value: 5 } }, product: { sku: 'MUG' }, quantity: '3' };
    const { calls, reasons } = map(event, {
      changedProductsContext: { items: [line, other] },
      shoppingCartContext: { items: [line, line, line] },
    });
    expect(calls).toMatchObject([
      [method, { product_id: 'LS', sku: 'LS-M-White', price: 48, currency: 'EUR', quantity: 2 }],
      [method, { product_id: 'MUG', price: 5, currency: 'EUR', quantity: 3 }],
    ]);
    expect(reasons).toEqual([]);
  });

  test('takes the price of the product where a line has none', () => {
    const mapping = map('add-to-cart', { changedProductsContext: { items: [{ product: shirt, quantity: 1 }] } });
    expect(fieldsOf(mapping)).toMatchObject({ price: 60, currency: 'EUR' });
  });

  test('loses a bad line alone', () => {
    const { calls, reasons } = map('add-to-cart', { changedProductsContext: { items: [{}, line, null] } });
    expect(calls).toMatchObject([['cart', { product_id: 'LS' }]]);
    expect(reasons).toHaveLength(2);
  });

  test('refuses a change of the cart that does not say of what', () => {
    const { calls, reasons } = map('add-to-cart', { shoppingCartContext: { items: [line] } });
    expect(calls).toEqual([]);
    expect(reasons).toEqual(['add-to-cart: changedProductsContext.items: no product']);
  });

  const buy = (fields: object, items: unknown[] = [line]) =>
    map('place-order', { orderContext: { ...order, ...fields }, shoppingCartContext: { items } });

  test('tells an order with the lines of the cart', () => {
    const { calls, reasons } = buy({});
    expect(calls).toEqual([
      [
        'purchase',
        {
          order_id: '000000123',
          order_total: 105.5,
          tax: 8.25,
          shipping: 9.5,
          coupon: 'SPRING',
          currency: 'EUR',
          items: [expect.objectContaining({ product_id: 'LS', sku: 'LS-M-White', price: 48, quantity: 2 })],
        },
      ],
    ]);
    expect(reasons).toEqual([]);
  });

  test.each([
    ['a numeric id', { orderId: 123 }, { order_id: '123' }],
    ['the tax of all', { taxAmount: 10 }, { tax: 10 }],
    ['no tax', { salesTax: undefined, otherTax: undefined }, { tax: undefined }],
    ['no coupon', { appliedCouponCode: '' }, { coupon: undefined }],
    ['no shipping', { shipping: undefined }, { shipping: undefined }],
  ])('reads an order with %s', (_what, fields, expected) => {
    expect(fieldsOf(buy(fields))).toMatchObject(expected);
  });

  test('leaves out the amounts of an order in another currency than its lines', () => {
    const { calls, reasons } = buy({}, [{ ...line, prices: { price: { value: 50, currency: 'USD' } } }]);
    expect(calls[0]?.[1]).toMatchObject({ currency: 'USD', order_total: undefined, tax: undefined });
    expect(reasons).toEqual(['place-order: orderContext: amounts in EUR, lines in USD']);
  });

  test.each([
    ['no id', { orderId: null }, [line]],
    ['no lines', {}, []],
    ['lines in several currencies', {}, [line, { ...line, prices: { price: { value: 1, currency: 'USD' } } }]],
    ['more than 500 lines', {}, Array(501).fill(line)],
  ])('refuses an order with %s', (_what, fields, items) => {
    const { calls, reasons } = buy(fields, items);
    expect(calls).toEqual([]);
    expect(reasons).toHaveLength(1);
  });

  const accountContext = { accountId: 'c-7', emailAddress: 'somebody@shop.example' };
  test.each([
    ['sign-in', { accountContext }, [['identify', 'c-7']]],
    ['create-account', { accountContext: { accountId: 7 } }, [['identify', '7']]],
    ['sign-in', { accountContext: { emailAddress: 'x@shop.example' } }, []],
    ['sign-in', { shopperContext: { shopperId: 'logged-in' } }, []],
    ['sign-out', { accountContext }, [['identify', null]]],
    ['page-view', { accountContext, shopperContext: { shopperId: 'logged-in' } }, []],
  ])('knows by %s with %o who it is', (event, info, calls) => {
    expect(map(event, info)).toEqual({ calls, reasons: [] });
  });

  test('names the customer of other events only while the shopper is logged in', () => {
    const info = { productContext: shirt, accountContext };
    const methods = (shopperId: string) =>
      map('product-page-view', { ...info, shopperContext: { shopperId } }).calls.map(([method]) => method);
    expect(methods('logged-in')).toEqual(['identify', 'view']);
    expect(methods('guest')).toEqual(['view']);
  });

  test('takes no e-mail address for an id', () => {
    const { calls, reasons } = map('sign-in', { accountContext: { accountId: 'x@shop.example' } });
    expect(calls).toEqual([]);
    expect(reasons).toHaveLength(1);
  });

  test.each([
    'initiate-checkout',
    'shopping-cart-view',
    'open-cart',
    'update-cart',
    'category-results-view',
    'search-product-click',
    'recs-item-add-to-cart-click',
    'add-to-requisition-list',
    'adobeDataLayer:change',
    'x-add-to-cart',
    undefined,
    null,
    7,
  ])('tells nothing of %s', (event) => {
    const info = { productContext: shirt, changedProductsContext: { items: [line] }, orderContext: order };
    expect(map(event, info)).toEqual({ calls: [], reasons: [] });
  });

  test('never throws, and gives only what the contract takes', () => {
    const event = fc.constantFrom('product-page-view', 'add-to-cart', 'remove-from-cart', 'place-order', 'sign-in');
    fc.assert(
      fc.property(
        event,
        hostile({
          productContext: shirt,
          changedProductsContext: { items: [line, line] },
          orderContext: order,
          shoppingCartContext: { items: [line] },
          storefrontInstanceContext,
          accountContext,
        }),
        (name, eventInfo) => {
          expectValidCalls(mapAdobeCommerce({ event: name, eventInfo }));
        },
      ),
      { numRuns: 1000, seed: 20261120 },
    );
    fc.assert(
      fc.property(fc.anything(), (payload) => expectValidCalls(mapAdobeCommerce(payload))),
      { seed: 20261120 },
    );
  });
});
