import type { Plugin, Product, Properties } from '../types.js';
import {
  type Call,
  createReader,
  type Json,
  listOf,
  type Mapping,
  nothing,
  objectOf,
  play,
  type Reader,
} from './adapter.js';

export type { Call, Mapping } from './adapter.js';

export interface VtexOptions {
  /**
   * Whether `vtex:userData` tells who the customer is: the profile's id when the shopper is logged in, nobody when not.
   *
   * @default true
   */
  identify?: boolean | undefined;
  /** Messages that the page kept until the plugin was there, with a `message` listener of its own. They are taken out. */
  earlier?: MessageEvent[] | undefined;
}

/** An order has no more lines (`items` of the schema); a cart that tells of more at once is no shopper's. */
const maxLines = 500;

/** Parts of a path such as `/Apparel/Shoes/`, the topmost first. */
const partsOf = (path: unknown): string[] => (typeof path === 'string' ? path.split('/').filter(Boolean) : []);
/** VTEX makes cents by floating point: 8.2 × 100 is 819.9999999999999. */
const centsOf = (value: unknown): unknown => (typeof value === 'number' ? +value.toFixed(3) : value);

/** `product` of a product page. */
function viewedOf(reader: Reader, data: Json, currency: string | undefined): Product | undefined {
  const product = objectOf(data['product']);
  const product_id = reader.id(product['productId'], 'product.productId');
  if (!product_id) return reader.refuse('product', ': no productId');
  const variants = listOf(product['items']);
  const variant = objectOf(product['selectedSku'] ?? (variants.length === 1 ? variants[0] : undefined));
  const sellers = listOf(variant['sellers']);
  const seller = objectOf(sellers.find((each) => objectOf(each)['sellerDefault']) ?? sellers[0]);
  const offer = objectOf(seller['commertialOffer']);
  // Of several categories, `categoryId` is the product's own: its path need not be the first.
  const category = reader.id(product['categoryId'], 'product.categoryId');
  const paths = listOf(product['categoriesIds']);
  const at = Math.max(
    0,
    paths.findIndex((path) => partsOf(path).pop() === category),
  );
  return {
    product_id,
    sku: reader.id(variant['itemId'], 'product.selectedSku.itemId'),
    product_name: reader.text(product['productName'], 'product.productName'),
    category_id: category ?? reader.id(partsOf(paths[at]).pop(), `product.categoriesIds[${at}]`),
    category_code: reader.category(partsOf(listOf(product['categories'])[at]), 'product.categories'),
    brand: reader.text(product['brand'], 'product.brand', 128),
    // What is sold out has the price 0.
    price:
      offer['Price'] === 0 && offer['AvailableQuantity'] === 0
        ? undefined
        : reader.amount(offer['Price'], 'product.selectedSku.sellers.commertialOffer.Price'),
    currency,
  };
}

/** One of `items` that was put into the cart, or taken out of it. */
function cartLineOf(reader: Reader, item: Json, at: string, currency: string | undefined): Product | undefined {
  const product_id = reader.id(item['productId'], `${at}.productId`);
  if (!product_id) return reader.refuse(at, ': no productId');
  const ids = partsOf(item['productCategoryIds']);
  const names = objectOf(item['productCategories']);
  const { price, sellingPrice, priceIsInt } = item;
  // `sellingPrice` is after discount. Where nothing says that it is in cents, it may be all the same: then it is far above.
  const inCents = priceIsInt === true;
  const charged =
    sellingPrice == null || (!inCents && (sellingPrice as number) > (price as number)) ? price : sellingPrice;
  return {
    product_id,
    sku: reader.id(item['skuId'], `${at}.skuId`),
    product_name: reader.text(item['name'], `${at}.name`),
    category_id: reader.id(ids[ids.length - 1], `${at}.productCategoryIds`),
    category_code: reader.category(
      item['category'] ? partsOf(item['category']) : ids.map((id) => names[id]),
      `${at}.category`,
    ),
    brand: reader.text(item['brand'] || objectOf(item['additionalInfo'])['brandName'], `${at}.brand`, 128),
    price: inCents ? reader.amount(centsOf(charged), `${at}.price`, 2) : reader.amount(charged, `${at}.price`),
    currency,
    quantity: reader.quantity(item['quantity'], `${at}.quantity`),
  };
}

/** One of `transactionProducts`: amounts are in currency units, and `sellingPrice` is what one of `quantity` costs. */
function orderLineOf(reader: Reader, item: Json, at: string): Product | undefined {
  const product_id = reader.id(item['id'], `${at}.id`);
  if (!product_id) return reader.refuse(at, ': no id');
  const ids = listOf(item['categoryIdTree']);
  const { sellingPrice, price, unitMultiplier } = item;
  return {
    product_id,
    sku: reader.id(item['sku'], `${at}.sku`),
    product_name: reader.text(item['name'], `${at}.name`),
    category_id: reader.id(item['categoryId'] || ids[ids.length - 1], `${at}.categoryId`),
    category_code: reader.category(listOf(item['categoryTree']), `${at}.categoryTree`),
    brand: reader.text(item['brand'], `${at}.brand`, 128),
    // `price` is before discounts, and of weighed goods that of a kilogram.
    price: reader.amount(sellingPrice ?? ((unitMultiplier ?? 1) === 1 ? price : undefined), `${at}.sellingPrice`),
    quantity: reader.quantity(item['quantity'], `${at}.quantity`),
  };
}

function linesOf(reader: Reader, data: Json, list: string, read: typeof cartLineOf, currency?: string): Product[] {
  const found = listOf(data[list]);
  if (found.length <= maxLines)
    return found.flatMap((item, at) => read(reader, objectOf(item), `${list}[${at}]`, currency) ?? []);
  reader.refuse(list, `: more than ${maxLines} lines`);
  return [];
}

function callsOf(event: string, data: Json, all: Reader): readonly Call[] {
  const told = data['transactionCurrency'] || data['currency'];
  const currency = all.currency(told, 'currency');
  // Amounts in a currency that cannot be read are none.
  const reader: Reader = told && !currency ? { ...all, amount: () => undefined } : all;
  switch (event) {
    case 'productView': {
      const product = viewedOf(reader, data, currency);
      return product ? [['view', product]] : [];
    }
    case 'addToCart':
    case 'removeFromCart':
      if (!listOf(data['items']).length) all.refuse('', 'no items');
      return linesOf(reader, data, 'items', cartLineOf, currency).map((line) => [
        event === 'addToCart' ? 'cart' : 'removeFromCart',
        line,
      ]);
    // The second one tells of the same order when its page is loaded anew: the first may have been lost.
    case 'orderPlaced':
    case 'orderPlacedTracked':
      return reader.purchase({
        order_id: reader.id(data['orderGroup'], 'orderGroup') ?? reader.id(data['transactionId'], 'transactionId'),
        currency,
        order_total: reader.amount(data['transactionTotal'], 'transactionTotal'),
        tax: reader.amount(data['transactionTax'], 'transactionTax'),
        shipping: reader.amount(data['transactionShipping'], 'transactionShipping'),
        coupon: reader.id(data['coupon'], 'coupon'),
        items: linesOf(reader, data, 'transactionProducts', orderLineOf),
      });
    case 'userData': {
      if (data['isAuthenticated'] === false) return [['identify', null]];
      if (data['isAuthenticated'] !== true) return [];
      const id = reader.id(data['id'], 'id');
      // An e-mail address is no id: it names a person to whoever reads the stream.
      if (id && !id.includes('@')) return [['identify', id]];
      reader.refuse('id', ': none that is no e-mail address');
      return [];
    }
    default:
      return [];
  }
}

/**
 * What one message of VTEX's storefront tells.
 *
 * @param data `event.data` of the window's `message` event: `{ eventName: 'vtex:…', … }`. Anything else tells nothing.
 */
export function mapVtex(data: unknown): Mapping {
  const reasons: string[] = [];
  try {
    const message = objectOf(data);
    const name = message['eventName'];
    if (typeof name !== 'string' || !name.startsWith('vtex:')) return nothing;
    const event = name.slice(5);
    return { calls: callsOf(event, message, createReader(event, reasons)), reasons };
  } catch {
    return { calls: [], reasons: [...reasons, 'the message cannot be read'] };
  }
}

/** Tracks what a VTEX storefront tells its pixel apps, by `message` events of the window. */
export function vtex<P extends Properties = Properties>({ identify = true, earlier }: VtexOptions = {}): Plugin<P> {
  return {
    setup(tracker) {
      const hear = ({ source, origin, data }: MessageEvent): void => {
        // VTEX posts to its own window. Frames and openers can post to it, too: an order of theirs is forged.
        if (source !== window || origin !== location.origin) return;
        const { calls, reasons } = mapVtex(data);
        play(tracker, 'vtex', { calls: calls.filter(([method]) => identify || method !== 'identify'), reasons });
      };
      addEventListener('message', hear);
      if (earlier) {
        for (const message of earlier.splice(0)) hear(message);
        // The page's own listener goes on: what it keeps from now on has been heard.
        earlier.push = () => 0;
      }
      return () => removeEventListener('message', hear);
    },
  };
}
