import { addMoney } from './cart.js';
import { el, formatMoney } from './dom.js';
import type { CartItem } from './rastro.js';

export function pictureOf(item: CartItem): HTMLImageElement {
  const src = `/pictures/${encodeURIComponent(item.product_id)}.svg`;
  return el('img', { class: 'picture', src, alt: '', width: '96', height: '96' });
}

export function priceOf({ price, quantity }: CartItem): string {
  return formatMoney(addMoney(price * quantity));
}

/** Lines to read, not to change: for checkout and the thank-you page. */
export function renderLines(items: readonly CartItem[]): HTMLLIElement[] {
  return items.map((item) =>
    el(
      'li',
      {},
      pictureOf(item),
      el('span', {}, `${item.quantity} × ${item.product_name}`),
      el('span', { class: 'amount' }, priceOf(item)),
    ),
  );
}
