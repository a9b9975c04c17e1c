export type { AsyncStorage, CustomerPrivacy, PixelApi, PixelOptions } from '../shopify/api.js';
export { mapShopify } from '../shopify/map.js';
export { rastroPixel } from '../shopify/pixel.js';
export type { Call, Mapping } from './adapter.js';
