export { findProduct } from './catalogue.js';
export { type StorefrontOptions, storefront } from './storefront.js';
