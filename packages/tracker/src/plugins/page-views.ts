import type { Plugin, Product, Properties } from '../types.js';
import { jsonLdProduct } from './json-ld-page.js';
import { watchPages } from './page-watch.js';

export interface PageViewsOptions<P extends Properties = Properties> {
  /**
   * Which product a page shows: `undefined` for a page without one. Called once for each page, when it has been drawn; a
   * promise may take its time, and is forgotten when the visitor has gone on by then. Or `'json-ld'`: the one product
   * that the page's JSON-LD names.
   */
  product: ((url: URL) => Product<P> | undefined | Promise<Product<P> | undefined>) | 'json-ld';
}

/**
 * Tracks a `view` for each page that shows a product: the first one, each that a single-page application navigates to,
 * and each that comes back from the back/forward cache.
 *
 * @throws {TypeError} If `product` is neither a function nor `'json-ld'`.
 */
export function pageViews<P extends Properties = Properties>({ product }: PageViewsOptions<P>): Plugin<P> {
  if (typeof product !== 'function' && product !== 'json-ld') {
    throw new TypeError(`rastro: pageViews: product must be a function or 'json-ld', got ${product}`);
  }
  return watchPages(
    product === 'json-ld' ? undefined : product,
    jsonLdProduct as (texts: readonly string[]) => Product<P> | undefined,
  );
}
