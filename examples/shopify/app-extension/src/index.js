import { rastroPixel } from '@rastro/tracker/shopify';
import { register } from '@shopify/web-pixels-extension';

register((api) => rastroPixel(api, { endpoint: api.settings.endpoint, key: api.settings.key }));
