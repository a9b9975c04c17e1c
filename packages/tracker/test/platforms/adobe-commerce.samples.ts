import type { Mapping } from '../../src/plugins/adapter.js';
import { mapAdobeCommerce } from '../../src/plugins/adobe-commerce.js';

const storefrontInstanceContext = { storeViewCurrencyCode: 'USD' };
const line = {
  prices: { price: { value: 34.99, currency: 'USD' } },
  product: { sku: 'WJ06-XS-Green', topLevelSku: 'WJ06' },
  quantity: 2,
};

/** The samples are contexts: each stands in the event that carries it. */
const events: Record<string, (context: unknown) => unknown> = {
  'product-context': (productContext) => ({
    event: 'product-page-view',
    eventInfo: { productContext, storefrontInstanceContext },
  }),
  'changed-products-context': (changedProductsContext) => ({
    event: 'add-to-cart',
    eventInfo: { changedProductsContext, storefrontInstanceContext },
  }),
  'order-context': (orderContext) => ({
    event: 'place-order',
    eventInfo: { orderContext, shoppingCartContext: { items: [line] }, storefrontInstanceContext },
  }),
  // The whole cart is what an order is made of, and no event by itself.
  'shopping-cart-context': (shoppingCartContext) => ({
    event: 'shopping-cart-view',
    eventInfo: { shoppingCartContext },
  }),
  'storefront-context': (context) => ({ event: 'page-view', eventInfo: { storefrontInstanceContext: context } }),
};

/** By folder of the samples: the mappings of a payload. */
export const samples: Record<string, (payload: unknown, name: string) => Mapping[]> = {
  'adobe-commerce': (payload, name) => [mapAdobeCommerce(events[name]?.(payload) ?? payload)],
};
