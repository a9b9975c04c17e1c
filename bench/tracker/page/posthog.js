import posthog from 'posthog-js';

const properties = ({ id, category, brand, price, currency }) => ({
  product_id: id,
  category_id: category,
  brand,
  price,
  currency,
});
globalThis.shop = {
  start: (origin) =>
    posthog.init('demo', {
      api_host: `${origin}/posthog`,
      defaults: '2026-08-30',
      person_profiles: 'identified_only',
      // By default it drops what is over 10 events a second, and a bench that it drops measures nothing.
      rate_limiting: { events_per_second: 100_000, events_burst_limit: 100_000 },
    }),
  identify: (id) => posthog.identify(id),
  view: (product) => posthog.capture('Product Viewed', properties(product)),
  cart: (product) => posthog.capture('Product Added', { ...properties(product), quantity: 1 }),
  purchase: (order, product) =>
    posthog.capture('Order Completed', {
      order_id: order,
      revenue: product.price,
      currency: product.currency,
      products: [{ ...properties(product), quantity: 1 }],
    }),
};
