import fc from 'fast-check';

/** What nobody should push: every type, damaged numbers, odd text, getters that throw, cycles. */
const oddity: fc.Arbitrary<unknown> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.integer(),
  fc.bigInt(),
  fc.constantFrom<unknown>(
    undefined,
    null,
    '',
    ' ',
    true,
    Number.NaN,
    Infinity,
    -1,
    0,
    0.1 + 0.2,
    2 ** 60,
    '72,93',
    '1.234,56',
    '1.48e+18',
    '\u0000\ud800',
    'x'.repeat(300),
    'null',
    Symbol('odd'),
    () => 'a function',
    [],
    {},
    new Date(0),
    Object.create(null),
    { toString: 0 },
    { toJSON: () => 'x'.repeat(1000) },
  ),
  fc.constant(null).map(() => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    return cycle;
  }),
  fc.constant(null).map(
    () =>
      new Proxy(
        {},
        {
          get: () => {
            throw Error('not for you');
          },
        },
      ),
  ),
);

/** Objects with some of these fields, each of them odd or one that is well. */
const odd = (names: readonly string[], well: Readonly<Record<string, fc.Arbitrary<unknown>>> = {}) =>
  fc.record(
    Object.fromEntries(
      [...names, ...Object.keys(well)].map((name) => [
        name,
        fc.oneof({ weight: 4, arbitrary: well[name] ?? oddity }, oddity),
      ]),
    ),
    { requiredKeys: [] },
  );

const text = fc.constantFrom('SKU_12345', 'Apparel', '10.01', 'green');
const item = odd(
  ['item_category2', 'item_category5', 'variant', 'discount', 'index', 'item_category_id'],
  Object.fromEntries(
    [
      'item_id',
      'item_name',
      'id',
      'name',
      'price',
      'currency',
      'quantity',
      'item_brand',
      'item_category',
      'category',
      'item_variant',
    ].map((name) => [name, text]),
  ),
);
const items = fc.array(fc.oneof({ weight: 5, arbitrary: item }, oddity), { maxLength: 4 });
const currency = fc.constantFrom('USD', 'eur', 'dollars');
const order = { transaction_id: text, value: text, tax: text, shipping: text, coupon: text };
export const parameters: fc.Arbitrary<unknown> = odd(['value', 'send_to', 'user_id'], { ...order, currency, items });
export const eventName: fc.Arbitrary<unknown> = fc.constantFrom(
  'view_item',
  'add_to_cart',
  'remove_from_cart',
  'purchase',
  'refund',
  'constructor',
);
const action = odd([], {
  actionField: odd([], { id: text, revenue: text, tax: text, shipping: text, coupon: text }),
  products: items,
  items,
});
const ecommerce = fc
  .tuple(parameters, odd([], { detail: action, add: action, remove: action, purchase: action, currencyCode: currency }))
  .map(([a, b]) => ({ ...(a as object), ...b }));
const consent = odd([], {
  analytics_storage: fc.constantFrom('granted', 'denied'),
  region: fc.constantFrom('US', ['US-CA'], ['', 'DE']),
  wait_for_update: fc.integer(),
});

/** One argument of `dataLayer.push`. */
export const pushed: fc.Arbitrary<unknown> = fc.oneof(
  odd([], { event: eventName, ecommerce, items, user_id: text, currency }),
  fc.tuple(
    fc.constantFrom('event', 'set', 'config', 'js', 'get'),
    fc.oneof(eventName, oddity, odd([], { user_id: text })),
    parameters,
  ),
  fc.tuple(fc.constant('consent'), fc.constantFrom('default', 'update', 'other'), consent),
  oddity,
);
/** Options of the mapping. */
export const options: fc.Arbitrary<object> = fc.record(
  {
    decimal: fc.constantFrom('.' as const, ',' as const),
    sku: fc.constantFrom('item_variant', 'variant'),
    total: fc.constant('value'),
    region: fc.constantFrom('US-CA', 'DE'),
  },
  { requiredKeys: [] },
);
/** As many runs each time, and the same ones. */
export const runs: { numRuns: number; seed: number } = { numRuns: 2000, seed: 20_261_120 };
