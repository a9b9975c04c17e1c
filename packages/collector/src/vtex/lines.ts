import { type Json, listOf, objectOf, type Reader } from './read.js';

/** A line of an order, as it goes to the collector. */
export interface WireLine {
  product_id: string;
  sku?: string | undefined;
  product_name?: string | undefined;
  category_id?: string | undefined;
  category_code?: string | undefined;
  brand?: string | undefined;
  /** Charged for one unit of `quantity`. Unit: currency units. */
  price?: number | undefined;
  quantity?: number | undefined;
}

/**
 * Reads one entry of `items`. Its components, bundle items and offerings are parts of it, or services: no lines.
 *
 * @returns Nothing, and a reason, for a line without a product.
 */
export function lineOf(value: unknown, path: string, reader: Reader): WireLine | undefined {
  const item = objectOf(value);
  const productId = reader.id(item['productId'], `${path}.productId`);
  if (productId === undefined) return reader.refuse(path, 'no productId');
  const more = objectOf(item['additionalInfo']);
  const at = `${path}.additionalInfo`;
  return {
    product_id: productId,
    // In the OMS, `id` of an item is the SKU.
    sku: reader.id(item['id'], `${path}.id`),
    product_name: reader.text(item['name'], `${path}.name`, 256),
    ...categoryOf(more, at, reader),
    brand: reader.text(more['brandName'], `${at}.brandName`, 128),
    price: priceOf(item, path, reader),
    quantity: reader.quantity(item['quantity'], `${path}.quantity`),
  };
}

/**
 * What one unit of `quantity` costs: for weighed goods `price` is that of a kilogram, and a unit is `unitMultiplier` of it.
 * VTEX recommends `priceDefinition` over `sellingPrice`, which may be off by a rounding; its schema calls it
 * `priceDefinitions` too.
 * https://developers.vtex.com/docs/guides/orderform-fields
 */
function priceOf(item: Json, path: string, reader: Reader): number | undefined {
  for (const name of ['priceDefinition', 'priceDefinitions']) {
    const { calculatedSellingPrice } = objectOf(item[name]);
    const price = reader.cents(calculatedSellingPrice, `${path}.${name}.calculatedSellingPrice`);
    if (price !== undefined) return price;
  }
  const price = reader.cents(item['sellingPrice'], `${path}.sellingPrice`);
  if (price !== undefined) return price;
  // Before discounts, and of a whole measure: the charged price only where neither can differ.
  const { unitMultiplier = 1, priceTags } = item;
  const plain = item['sellingPrice'] == null && (unitMultiplier === 1 || unitMultiplier === null);
  return plain && listOf(priceTags).length === 0 ? reader.cents(item['price'], `${path}.price`) : undefined;
}

/** `categoriesIds` is a path, the topmost first: `/25/10/`. `categories` comes the other way round, the deepest first. */
function categoryOf(more: Json, path: string, reader: Reader): Pick<WireLine, 'category_id' | 'category_code'> {
  const given = reader.text(more['categoriesIds'], `${path}.categoriesIds`, 1_000);
  const ids = (given ?? '').split('/').filter(Boolean);
  const named = listOf(more['categories']).map(objectOf);
  const nameOf = new Map(named.map(({ id, name }) => [String(id), name]));
  const known = ids.length > 0 && ids.every((id) => nameOf.has(id));
  // A path whose names are not all there is left out: the list may hold other categories of the product, too.
  const listed = ids.length > 0 ? [] : named.map(({ name }) => name).reverse();
  const names = known ? ids.map((id) => nameOf.get(id)) : listed;
  const codes = names.flatMap((name, at) => reader.text(name, `${path}.categories[${at}].name`, 128) ?? []);
  // A dot parts the levels.
  const code = codes.map((name) => name.replaceAll('.', '_')).join('.');
  return {
    category_id: reader.id(ids.at(-1) ?? named[0]?.['id'], `${path}.categoriesIds`),
    category_code:
      [...code].length > 128 ? reader.refuse(`${path}.categories`, 'longer than 128 characters') : code || undefined,
  };
}
