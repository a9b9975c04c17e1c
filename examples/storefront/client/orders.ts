import { addMoney, readCart, subtotalOf } from './cart.js';
import type { CartItem } from './rastro.js';
import { read, write } from './storage.js';

export interface Order {
  order_id: string;
  items: CartItem[];
  /** BRL. */
  shipping: number;
  /** BRL, shipping included. */
  order_total: number;
  name: string;
  address: string;
}

/** @returns `undefined` for an order that this browser did not place. */
export function readOrder(orderId: string): Order | undefined {
  return read<Order>(`shop.order.${orderId}`);
}

/**
 * Turns the cart into an order and stores it. The cart stays as it is.
 *
 * @returns `undefined` when nothing can be stored.
 */
export function placeOrder(shipping: number, name: string, address: string): Order | undefined {
  const items = readCart();
  const order: Order = {
    order_id: newOrderId(),
    items,
    shipping,
    order_total: addMoney(subtotalOf(items), shipping),
    name,
    address,
  };
  return write(`shop.order.${order.order_id}`, order) ? order : undefined;
}

/** Sorts by time, and two orders of the same millisecond differ. */
function newOrderId(): string {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  return `A-${Date.now().toString(36)}${random.toString(36).padStart(7, '0')}`.toUpperCase();
}
