// The JSON-LD of a page, for the plugins that read it: as little as they need.

import type { Product } from '../types.js';

type Json = Readonly<Record<string, unknown>>;

/** A string, or a number as it is written: ids keep all digits. Nothing else is text, and nothing too long: half an id is another. */
const textOf = (value: unknown, maxLength = 128): string | undefined => {
  // A browser whose JSON.parse does not tell the source has lost the digits of a long number.
  if (typeof value === 'number' ? !Number.isSafeInteger(value) : typeof value !== 'string') return undefined;
  const text = String(value).replace(/\s+/g, ' ').trim();
  return text.length > maxLength ? undefined : text || undefined;
};

/** `Product`, `schema:Product`, `https://schema.org/Product`. */
export const isA = (node: Json, type: string): boolean =>
  [node['@type']].flat().some((name) => String(name).split(/[/:]/).pop() === type);

/** What a script says, without what merely stands in relation to it: related products, the items of a list. */
export function nodesOf(value: unknown): Json[] {
  if (Array.isArray(value)) return value.flatMap(nodesOf);
  if (!value || typeof value !== 'object') return [];
  const node = value as Json;
  return [node, ...nodesOf(node['@graph']), ...nodesOf(node['mainEntity'])];
}

/** Texts of the JSON-LD of a page. */
export const jsonLdOf = (root: ParentNode): string[] =>
  Array.from(root.querySelectorAll('script[type="application/ld+json" i]'), (script) => script.textContent ?? '');

/**
 * Numbers stay as they are written, as text: `JSON.parse(text, asWritten)`. The third argument
 * (https://tc39.es/proposal-json-parse-with-source/) is not in every browser, nor in the types.
 */
export const asWritten = ((_: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === 'number' ? (context?.source ?? value) : value) as (key: string, value: unknown) => unknown;

/**
 * The product of a page by its JSON-LD (https://schema.org/Product).
 *
 * @param texts What does not parse is skipped.
 * @returns `undefined` unless there is exactly one product, and with an id. A `ProductGroup` is several. A price is only
 * given where there is exactly one offer, with a price of its own. `mapJsonLd` reads more, and nothing differently.
 */
export function jsonLdProduct(texts: readonly string[]): Product | undefined {
  const nodes = texts.flatMap((text) => {
    try {
      return nodesOf(JSON.parse(text, asWritten));
    } catch {
      return [];
    }
  });
  const products = nodes.filter((node) => isA(node, 'Product'));
  const [product] = products;
  if (!product || products.length > 1 || nodes.some((node) => isA(node, 'ProductGroup'))) return undefined;
  const sku = textOf(product['sku']);
  const product_id = textOf(product['productID']) ?? sku;
  if (!product_id) return undefined;
  const brand = product['brand'] as Json | null | undefined;
  const offers = [product['offers'] ?? []].flat() as Json[];
  const offer = offers.length === 1 && offers[0] && isA(offers[0], 'Offer') ? offers[0] : {};
  const price = String(offer['price']);
  const currency = String(offer['priceCurrency']);
  return {
    product_id,
    sku,
    product_name: textOf(product['name'], 1e6)?.slice(0, 256),
    brand: textOf(brand?.['name'] ?? brand),
    // Text with anything but a decimal point is left out: nobody knows what its commas mean.
    ...(/^\d+(\.\d{1,6})?$/.test(price) && /^[A-Z]{3}$/.test(currency)
      ? { price: price as `${number}`, currency }
      : {}),
  };
}
