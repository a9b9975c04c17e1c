import { type Mapping, mapShopify } from '@rastro/tracker/shopify';

/** Folders of genuine payloads, and how each is read. */
export const samples: Record<string, (payload: unknown, name: string) => Mapping[]> = {
  'shopify-pixel': (payload) => [mapShopify(payload)],
};
