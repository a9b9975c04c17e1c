import type { CartItem, Item } from './rastro.js';
import { read, write } from './storage.js';

/** Units of one article that a cart takes; the number field says the same. */
const maxQuantity = 99;

/** Lines in the order in which they were first added, one for each SKU. */
export function readCart(): CartItem[] {
  return read<CartItem[]>('shop.cart') ?? [];
}

/** @returns How many units were added: fewer than asked for when the line is full, 0 when nothing can be stored. */
export function addToCart(item: Item, quantity: number): number {
  const before = readCart().find((line) => line.sku === item.sku)?.quantity ?? 0;
  const after = Math.min(before + quantity, maxQuantity);
  return setQuantity(item, after) ? after - before : 0;
}

/** Sets the units of a line, adds the line where it is missing and drops it at 0. */
export function setQuantity(item: Item, quantity: number): boolean {
  const lines = readCart();
  const line = { ...item, quantity };
  const at = lines.findIndex(({ sku }) => sku === item.sku);
  if (at === -1) lines.push(line);
  else lines[at] = line;
  return write(
    'shop.cart',
    lines.filter(({ quantity }) => quantity > 0),
  );
}

export function clearCart(): void {
  write('shop.cart', undefined);
}

export function countUnits(lines: readonly CartItem[]): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** Adds amounts of BRL in whole cents: as doubles, 0.1 + 0.2 is not 0.3. */
export function addMoney(...amounts: readonly number[]): number {
  return amounts.reduce((cents, amount) => cents + Math.round(amount * 100), 0) / 100;
}

/** BRL for all lines, without shipping. */
export function subtotalOf(lines: readonly CartItem[]): number {
  return addMoney(...lines.map(({ price, quantity }) => price * quantity));
}
