export { findProduct } from './catalogue.js';
export { Html, html, jsonForScript } from './html.js';
export { stub } from './layout.js';
export { runShoppers } from './shoppers.js';
export { type StorefrontOptions, storefront } from './storefront.js';
