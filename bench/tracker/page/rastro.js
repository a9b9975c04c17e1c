// The script tag has started the tracker already; only the calls are left.
const item = ({ id, category, brand, price, currency }) => ({
  product_id: id,
  category_id: category,
  brand,
  price,
  currency,
});
globalThis.shop = {
  start() {},
  identify: (id) => globalThis.rastro.identify(id),
  view: (product) => globalThis.rastro.view(item(product)),
  cart: (product) => globalThis.rastro.cart({ ...item(product), quantity: 1 }),
  purchase: (order, product) =>
    globalThis.rastro.purchase({
      order_id: order,
      order_total: product.price,
      currency: product.currency,
      items: [{ ...item(product), quantity: 1 }],
    }),
};
