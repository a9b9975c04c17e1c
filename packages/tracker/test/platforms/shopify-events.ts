// Standard events as `@shopify/web-pixels-extension` 2.18 declares them: what a sandbox gets.

export const money = (amount: number, currencyCode = 'USD') => ({ amount, currencyCode });

export const variant = (changes: object = {}) => ({
  id: '41327143157873',
  image: { src: '//shop.example/cdn/board.jpg' },
  price: money(629.95),
  product: {
    id: '7234590736497',
    title: 'Multi-managed board',
    untranslatedTitle: 'Multi-managed board',
    type: 'Sports.Winter',
    url: '/products/board',
    vendor: 'Acme',
  },
  sku: 'sku-managed-1',
  title: 'Default Title',
  untranslatedTitle: 'Default Title',
  ...changes,
});

/** What every product of `variant()` maps to, but for the price and the quantity. */
export const board = {
  product_id: '7234590736497',
  sku: '41327143157873',
  product_name: 'Multi-managed board',
  category_code: 'Sports_Winter',
  brand: 'Acme',
  price: 629.95,
  currency: 'USD',
};

const location = (href: string) => ({ href, origin: new URL(href).origin, pathname: new URL(href).pathname });

let last = 0;
/** An event with an id of its own. */
export function event(name: string, data: object, changes: object = {}) {
  const href = 'https://shop.example/products/board?variant=1&utm_source=mail&email=a@b.example';
  const digits = (++last).toString(16).toUpperCase().padStart(12, '0');
  return {
    id: `sh-f6c07b5a-D20A-4E5F-C12E-${digits}`,
    name,
    type: 'standard',
    clientId: 'c7b3f99b-4d34-463b-835f-c879482a7750',
    seq: last,
    timestamp: '2026-11-20T09:30:00.123Z',
    context: {
      document: {
        characterSet: 'UTF-8',
        location: location(href),
        referrer: 'https://search.example/?q=secret',
        title: 'Board',
      },
      navigator: { cookieEnabled: true, language: 'pt-BR', languages: ['pt-BR'], userAgent: 'x' },
      window: { innerHeight: 844, innerWidth: 390, location: location(href), origin: 'https://shop.example' },
    },
    data,
    ...changes,
  };
}

export const viewed = (changes?: object) => event('product_viewed', { productVariant: variant() }, changes);
export const added = (changes?: object) =>
  event(
    'product_added_to_cart',
    { cartLine: { cost: { totalAmount: money(1259.9) }, merchandise: variant(), quantity: 2 } },
    changes,
  );

export const checkout = (changes: object = {}) => ({
  attributes: [],
  currencyCode: 'USD',
  delivery: { selectedDeliveryOptions: [] },
  discountApplications: [],
  discountsAmount: money(0),
  email: 'shopper@mail.example',
  lineItems: [
    {
      discountAllocations: [],
      finalLinePrice: money(1259.9),
      id: '41327143157873',
      properties: [],
      quantity: 2,
      sellingPlanAllocation: null,
      title: 'Multi-managed board',
      variant: variant(),
    },
  ],
  order: { id: 'gid://shopify/OrderIdentity/5396439498987', customer: { id: '6940095332401', isFirstOrder: false } },
  shippingLine: { price: money(9.9) },
  subtotalPrice: money(1259.9),
  token: '5f7028e0bd5225c17b24bdaa0c09f914',
  totalPrice: money(1319.8),
  totalTax: money(50),
  transactions: [],
  ...changes,
});
export const bought = (changes?: object, of?: object) =>
  event('checkout_completed', { checkout: checkout(changes) }, of);
