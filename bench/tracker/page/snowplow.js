import {
  SnowplowEcommercePlugin,
  trackAddToCart,
  trackProductView,
  trackTransaction,
} from '@snowplow/browser-plugin-snowplow-ecommerce';
import { newTracker, setUserId } from '@snowplow/browser-tracker';

globalThis.shop = {
  start: (origin) => newTracker('sp', origin, { appId: 'shop', plugins: [SnowplowEcommercePlugin()] }),
  identify: (id) => setUserId(id),
  view: (product) => trackProductView(product),
  cart: (product) =>
    trackAddToCart({
      products: [{ ...product, quantity: 1 }],
      total_value: product.price,
      currency: product.currency,
    }),
  purchase: (order, product) =>
    trackTransaction({
      transaction_id: order,
      revenue: product.price,
      currency: product.currency,
      payment_method: 'card',
      products: [{ ...product, quantity: 1 }],
    }),
};
