import { type Mapping, objectOf } from '../../src/plugins/adapter.js';
import { mapGa4 } from '../../src/plugins/ga4.js';
import { mapWooCommerce } from '../../src/plugins/woocommerce.js';

/** By folder of the samples: the mappings of a payload. */
export const samples: Record<string, (payload: unknown, name: string) => Mapping[]> = {
  woocommerce(payload, name) {
    // What gtm4wp pushes has the shape of GA4.
    if (Array.isArray(payload)) return payload.map((pushed) => mapGa4(pushed));
    const { quantity, items, line_items } = objectOf(payload);
    if (items || line_items || name.includes('order')) return [mapWooCommerce({ type: 'purchase', order: payload })];
    return [mapWooCommerce({ type: quantity === undefined ? 'view' : 'cart', product: payload, quantity })];
  },
};
