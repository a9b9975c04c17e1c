import { init, track } from '@plausible-analytics/tracker';

const props = ({ id, category, brand, price }) => ({ product_id: id, category_id: category, brand, price });
globalThis.shop = {
  // Without captureOnLocalhost it would send nothing from this bench.
  start: (origin) => init({ domain: 'shop.example', endpoint: `${origin}/plausible/event`, captureOnLocalhost: true }),
  // Plausible knows no users.
  identify() {},
  view: (product) => track('View product', { props: props(product) }),
  cart: (product) => track('Add to cart', { props: props(product) }),
  purchase: (order, product) =>
    track('Purchase', {
      props: { order_id: order, ...props(product) },
      revenue: { amount: product.price, currency: product.currency },
    }),
};
