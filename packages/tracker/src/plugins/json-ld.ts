import type { Plugin, Product, Properties } from '../types.js';
import { createReader, type Json, type Mapping, objectOf, play, type Reader } from './adapter.js';
import { asWritten, isA, nodesOf } from './json-ld-page.js';
import { watchPages } from './page-watch.js';

export type { Call, Mapping } from './adapter.js';

export interface JsonLdOptions {
  /** Address of the page, by which one of several products is known. Without it none of several is told. */
  url?: string | URL;
}

/** https://schema.org/Product and what is a kind of it, but for `ProductGroup` and `ProductCollection`, which are several. */
const types = [
  'Product',
  'IndividualProduct',
  'SomeProducts',
  'ProductModel',
  'Vehicle',
  'Car',
  'Motorcycle',
  'MotorizedBicycle',
  'BusOrCoach',
  'DietarySupplement',
  'Drug',
];
const isProduct = (node: Json): boolean => types.some((type) => isA(node, type));
/** Ids in the order in which they are taken: the shop's own before the maker's. */
const ids = [
  'productID',
  'sku',
  'mpn',
  'gtin',
  'gtin14',
  'gtin13',
  'gtin12',
  'gtin8',
  'isbn',
  'vehicleIdentificationNumber',
];
/** Prices that nobody pays: https://schema.org/PriceTypeEnumeration, but for `SalePrice`. */
const notPaid = /(List|RegularPrice|MSRP|SRP|Invoice|MinimumAdvertised|Strikethrough)/;

/** Anything in JSON-LD may be one or a list, and text may be `{ "@value": text }`. */
const all = (value: unknown): unknown[] => [value ?? []].flat().map((one) => objectOf(one)['@value'] ?? one);
/** The one value of a property; of several, none. */
const one = (value: unknown): unknown => {
  const values = new Set(all(value));
  return values.size === 1 ? [...values][0] : undefined;
};
/** `Brand`, `{ name: 'Brand' }`. */
const nameOf = (value: unknown): unknown =>
  one(all(value).map((it) => (it && typeof it === 'object' ? one((it as Json)['name']) : it)));

/** What an offer asks: its price, else that of its only price specification that somebody pays. */
const priceOf = (offer: Json): Json | undefined => {
  if (offer['price'] != null && offer['price'] !== '') return offer;
  const paid = all(offer['priceSpecification'])
    .map(objectOf)
    .filter(
      (it) =>
        it['price'] != null &&
        !notPaid.test(String(it['priceType'])) &&
        !it['validForMemberTier'] &&
        !it['referenceQuantity'] &&
        !/Charge/.test(String(it['@type'])),
    );
  return paid.length === 1 ? { priceCurrency: offer['priceCurrency'], ...paid[0] } : undefined;
};

/** Price and currency, where all offers agree on them. */
function chargeOf(reader: Reader, product: Json): Pick<Product, 'price' | 'currency'> {
  const offers = all(product['offers'])
    .map(objectOf)
    .filter((offer) => !isA(offer, 'Demand'));
  const charges = offers.flatMap<Json>((offer) => {
    if (!isA(offer, 'AggregateOffer')) return priceOf(offer) ?? [];
    const inside = all(offer['offers']).map(objectOf);
    // How many there are beside those that are written out, nobody tells.
    if (inside.length === 1 && !(Number(offer['offerCount']) > 1)) {
      const only = priceOf(inside[0] as Json);
      if (only) return { priceCurrency: offer['priceCurrency'], ...only };
    }
    const price = offer['lowPrice'];
    return {
      ...offer,
      price:
        Number(one(offer['highPrice'])) === Number(one(price)) || Number(offer['offerCount']) === 1 ? price : undefined,
    };
  });
  const [charge] = charges;
  if (!charge) return {};
  const written = new Set(charges.map((it) => `${one(it['price'])} ${one(it['priceCurrency'])}`));
  if (written.size > 1 || charges.length < offers.length || charge['price'] === undefined)
    return reader.refuse('offers', ': no single price') ?? {};
  const price = reader.amount(one(charge['price']), 'offers.price');
  const currency = reader.currency(one(charge['priceCurrency']), 'offers.priceCurrency');
  if (price !== undefined && currency) return { price, currency };
  return price === undefined ? {} : (reader.refuse('offers.price', ': has no currency') ?? {});
}

/** @param group The `ProductGroup` of the page that it is a variant of, or is: then that is the product. */
function productOf(reader: Reader, product: Json, group: Json | undefined): Product | undefined {
  // What all variants share stands there.
  const shared = group ?? objectOf(product['isVariantOf']);
  const offers = all(product['offers']).map(objectOf);
  // An offer may name the product it is of: https://schema.org/sku
  const offer = offers.length === 1 && offers[0] && !isA(offers[0], 'AggregateOffer') ? offers[0] : {};
  const idOf = (name: string): string | undefined => reader.id(one(product[name]) ?? one(offer[name]), name);
  let product_id = reader.id(one(group?.['productGroupID']), 'productGroupID');
  for (const name of ids) product_id ??= idOf(name);
  if (!product_id) return reader.refuse('', 'no productID, sku, mpn or gtin');
  const category = nameOf(product['category'] ?? shared['category']);
  return {
    product_id,
    sku: idOf('sku'),
    product_name: reader.text(one(product['name'] ?? shared['name']), 'name'),
    brand: reader.text(nameOf(product['brand'] ?? shared['brand']), 'brand', 128),
    // An address is a category of somebody else's list.
    category_code:
      typeof category === 'string' && !/^https?:/.test(category)
        ? reader.category(category.split(/>|&gt;/), 'category')
        : undefined,
    ...chargeOf(reader, product),
  };
}

/** How well an address of a product is that of the page: 0 not at all, more with each parameter that both have. */
const fit = (reference: unknown, page: URL): number => {
  // What begins with # is a name within the page, whichever page that is.
  if (typeof reference !== 'string' || /^#|^_:|^\s*$/.test(reference)) return 0;
  let url: URL;
  try {
    url = new URL(reference, page);
  } catch {
    return 0;
  }
  const path = ({ host, pathname }: URL): string => host + pathname.replace(/\/$/, '');
  const parameters = [...url.searchParams];
  return path(url) === path(page) && parameters.every(([name, value]) => page.searchParams.getAll(name).includes(value))
    ? 1 + parameters.length
    : 0;
};
/** Addresses under which a product is found; `@id` is a mere name where there are others. */
const addresses = (product: Json): unknown[] => {
  const found = [product, ...all(product['offers']).map(objectOf)]
    .flatMap((node) => [...all(node['url']), ...all(node['mainEntityOfPage'])])
    .map((it) => (typeof it === 'string' ? it : objectOf(it)['@id']))
    .filter(Boolean);
  return found.length ? found : [product['@id']];
};

/** What may be a list that is far too long is read that far. */
const maxNodes = 10_000;

/** `group`: the `ProductGroup` of the page that the product is a variant of, or is. */
type Candidate = readonly [product: Json, group?: Json | undefined];

function read(nodes: readonly Json[], { url }: JsonLdOptions): Mapping {
  const groups = nodes.filter((node) => isA(node, 'ProductGroup'));
  const candidates: Candidate[] = [];
  /** Groups by their own `@id`, and by those of their variants. */
  const byId = new Map<unknown, Json>();
  for (const group of groups) {
    byId.set(group['@id'], group);
    for (const variant of all(group['hasVariant']).map(objectOf)) {
      byId.set(variant['@id'], group);
      if (isProduct(variant)) candidates.push([variant, group]);
    }
  }
  byId.delete(undefined);
  for (const node of nodes)
    if (isProduct(node) && !isA(node, 'ProductGroup'))
      candidates.push([node, byId.get(objectOf(node['isVariantOf'])['@id']) ?? byId.get(node['@id'])]);
  const entries: Candidate[] = [...candidates, ...groups.map((group) => [group, group] as const)];
  if (!entries.length) return { calls: [], reasons: [] };
  /** A group is offered as its variants are; what those cost that stand elsewhere, nobody tells. */
  const whole = (group: Json): Json => {
    const variants = candidates.filter(([, of]) => of === group);
    const elsewhere = all(group['hasVariant']).length > variants.length ? [{}] : [];
    return { ...group, offers: group['offers'] ?? [...variants.flatMap(([{ offers }]) => offers ?? {}), ...elsewhere] };
  };
  // What several parts of a page say of one product is said once.
  const told = new Map<string, { product: Product | undefined; reasons: string[] }>();
  const tell = (among: readonly Candidate[]): void => {
    told.clear();
    for (const [product, group] of among) {
      const reasons: string[] = [];
      const reader = createReader('view', reasons);
      const found = productOf(reader, product === group ? whole(group) : product, group);
      const key = JSON.stringify(found ? [found.product_id, found.sku] : reasons);
      const known = told.get(key)?.product as Record<string, unknown> | undefined;
      if (!known || !found) told.set(key, { product: found, reasons });
      else {
        const charges = new Set(
          [known, found].flatMap(({ price, currency }) => (price == null ? [] : `${price} ${currency}`)),
        );
        if (charges.size > 1) {
          known['price'] = known['currency'] = undefined;
          told.get(key)?.reasons.push('view: offers: no single price');
        } else for (const [name, value] of Object.entries(found)) known[name] ??= value;
      }
    }
  };
  tell(candidates);
  // Without SKUs the variants of a group are one another's equals, and some may stand elsewhere.
  if (told.size !== 1 || candidates[1]?.[1] || all(groups[0]?.['hasVariant'])[1]) {
    const mains = new Set(
      nodes.flatMap((node) => all(node['mainEntity'])).map((node) => objectOf(node)['@id'] ?? node),
    );
    const named = entries.filter(([product]) => mains.has(product) || (product['@id'] && mains.has(product['@id'])));
    const page = url === undefined ? undefined : new URL(url);
    const fits = entries.map(([product]) => (page ? Math.max(...addresses(product).map((it) => fit(it, page))) : 0));
    const best = Math.max(...fits);
    const fitting = best ? entries.filter((_, at) => fits[at] === best) : named;
    const chosen = fitting[0] ? fitting : entries;
    // Of several variants of one product, the product.
    const group = chosen[0]?.[1];
    tell(group && chosen.every(([, of]) => of === group) && chosen[1] ? [[group, group]] : chosen);
  }
  const [only] = told.values();
  if (only && told.size === 1) return { calls: only.product ? [['view', only.product]] : [], reasons: only.reasons };
  return {
    calls: [],
    reasons: [`view: no telling which of ${candidates.length || entries.length} products the page shows`],
  };
}

const parsed = (text: string): unknown => JSON.parse(text, asWritten);

/**
 * A `view` of the product that the JSON-LD of a page tells of (https://schema.org/Product). Lists of products, and products
 * that others merely relate to, are none.
 *
 * @param payload JSON-LD, parsed or as text; of text, ids keep all digits in a browser that tells them
 * (https://tc39.es/proposal-json-parse-with-source/).
 */
export function mapJsonLd(payload: unknown, options: JsonLdOptions = {}): Mapping {
  try {
    return read(nodesOf(typeof payload === 'string' ? parsed(payload) : payload).slice(0, maxNodes), options);
  } catch {
    return { calls: [], reasons: ['view: JSON-LD that cannot be read'] };
  }
}

/**
 * Tells a view for each page that shows a product, by its JSON-LD: as the plugin page-views, with all that `mapJsonLd` reads.
 */
export function jsonLd<P extends Properties = Properties>(): Plugin<P> {
  let said: string | undefined;
  return watchPages<P>(undefined, (texts, tracker) => {
    const values = texts.flatMap((text) => {
      try {
        return [parsed(text)];
      } catch {
        return [];
      }
    });
    const { calls, reasons } = mapJsonLd(values, { url: location.href });
    // A page that is drawn step by step is read again and again.
    const saying = `${location} ${reasons}`;
    if (saying !== said) play(tracker, 'json-ld', { calls: [], reasons });
    said = saying;
    return calls[0]?.[1] as Product<P> | undefined;
  });
}
