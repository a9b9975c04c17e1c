// The shop that the pages show: catalogue and pictures are those of examples/storefront. Yours come from your API.

import { customerIdOf } from '../../storefront/client/customer.js';
import { findProduct, type Product } from '../../storefront/src/catalogue.js';
import { type Item, toItem } from '../../storefront/src/item.js';
import { heroPicture, pictureOf } from '../../storefront/src/pictures.js';
import type { ShopProperties } from './rastro.js';
import { createStore, type Store } from './store.js';

export { addMoney, subtotalOf } from '../../storefront/client/cart.js';
export {
  type Department,
  departments,
  featuredProducts,
  findDepartment,
  findProduct,
  type Product,
  searchProducts,
} from '../../storefront/src/catalogue.js';
export { type Item, toItem } from '../../storefront/src/item.js';
export { formatMoney } from '../../storefront/src/money.js';

export const shopName = 'Ipê & Mar';

const urlOf = (svg: string): string => `data:image/svg+xml,${encodeURIComponent(svg)}`;
const pictures = new Map<string, string>();
export const heroUrl: string = urlOf(heroPicture.text);
/** The picture of a product as a URL; empty for one that the shop no longer has. */
export function pictureUrl(productId: string): string {
  const product = findProduct(productId)?.product;
  if (product && !pictures.has(productId)) pictures.set(productId, urlOf(pictureOf(product).text));
  return pictures.get(productId) ?? '';
}

/** A line of the cart, under the field names of the tracker, and how the shopper came to the product. */
export interface CartLine extends Item {
  quantity: number;
  properties?: ShopProperties;
}
/** An order as `purchase()` takes it, and whom it goes to: that stays in this browser. */
export interface Order {
  order_id: string;
  /** BRL, shipping included. */
  order_total: number;
  shipping: number;
  items: CartLine[];
  name: string;
  address: string;
}
export interface Customer {
  id: string;
  email: string;
}

/** Lines in the order in which they were first added, one for each SKU. */
export const cart: Store<CartLine[]> = createStore<CartLine[]>([], 'shop.spa.cart');
export const orders: Store<Order[]> = createStore<Order[]>([], 'shop.spa.orders');
export const customer: Store<Customer | null> = createStore<Customer | null>(null, 'shop.spa.customer');

/** Units of one article that a cart takes. */
export const maxQuantity = 99;

/** The article under the field names of the tracker, with the list that led to it. */
export function articleOf(product: Product, properties: ShopProperties | null): Omit<CartLine, 'quantity'> {
  return { ...toItem(product), ...(properties && { properties }) };
}

/**
 * Changes how many units of an article are in the cart, between none and {@link maxQuantity}.
 *
 * @returns By how many it changed: negative when there are fewer now.
 */
export function changeCart(article: Omit<CartLine, 'quantity'>, by: number): number {
  const lines = cart.get();
  const before = lines.find(({ sku }) => sku === article.sku);
  const quantity = Math.max(0, Math.min((before?.quantity ?? 0) + by, maxQuantity));
  const line = { ...(before ?? article), quantity };
  cart.set((before ? lines.map((other) => (other === before ? line : other)) : [...lines, line]).filter(hasUnits));
  return quantity - (before?.quantity ?? 0);
}
const hasUnits = ({ quantity }: CartLine): boolean => quantity > 0;

export const countUnits = (lines: readonly CartLine[]): number =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0);

/** Sorts by time, and two orders of the same millisecond differ. */
export function newOrderId(): string {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  return `S-${Date.now().toString(36)}${random.toString(36).padStart(7, '0')}`.toUpperCase();
}

export function logIn(email: string): Customer {
  const who = { id: customerIdOf(email), email };
  customer.set(who);
  return who;
}
