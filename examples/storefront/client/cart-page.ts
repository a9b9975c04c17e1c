import { readCart, setQuantity, subtotalOf } from './cart.js';
import { announce, byId, el, formatMoney, setText } from './dom.js';
import { paintHeader } from './header.js';
import { pictureOf, priceOf } from './lines.js';
import type { CartItem } from './rastro.js';

export function showCart(): void {
  paintCart();
  byId('cart-lines').addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    const line = readCart().find(({ sku }) => sku === button?.value);
    if (!button || !line) return;
    if (button.name === 'more') change(line, 1);
    else if (button.name === 'less') change(line, -1);
    else change(line, -line.quantity);
    paintCart();
    moveFocus(button.name, button.value);
  });
}

/** Tracks the units by which a line grew or shrank: the events add up to the cart. */
function change(line: CartItem, units: number): void {
  const quantity = line.quantity + units;
  if (!setQuantity(line, quantity)) return;
  if (units > 0) window.rastro.cart({ ...line, quantity: units });
  else window.rastro.removeFromCart({ ...line, quantity: -units });
  announce(quantity === 0 ? `Removed ${line.product_name}.` : `${line.product_name}: ${quantity} in your cart.`);
}

/** Shows the cart as it is stored. Safe to call again at any time. */
export function paintCart(): void {
  const lines = readCart();
  byId('cart-empty').hidden = lines.length > 0;
  byId('cart-full').hidden = lines.length === 0;
  byId('cart-lines').replaceChildren(...lines.map(renderLine));
  setText('subtotal', formatMoney(subtotalOf(lines)));
  paintHeader();
}

function renderLine(item: CartItem): HTMLLIElement {
  const { product_id, product_name: name, sku, quantity } = item;
  const button = (action: string, label: string, text: string): HTMLButtonElement =>
    el('button', { type: 'button', name: action, value: sku, 'aria-label': `${label} ${name}` }, text);
  const less = button('less', 'One less of', '−');
  const more = button('more', 'One more of', '+');
  less.disabled = quantity === 1;
  more.disabled = quantity === 99;
  return el(
    'li',
    { class: 'line' },
    pictureOf(item),
    el(
      'div',
      { class: 'line-text' },
      el('h2', {}, el('a', { href: `/p/${encodeURIComponent(product_id)}` }, name)),
      el('p', { class: 'card-brand' }, `${formatMoney(item.price)} each`),
    ),
    el('div', { class: 'stepper' }, less, el('span', {}, String(quantity)), more),
    el('p', { class: 'price' }, priceOf(item)),
    button('remove', 'Remove', 'Remove'),
  );
}

/** The buttons were drawn anew: the focus goes to the successor of the one that was pressed. */
function moveFocus(name: string, sku: string): void {
  const buttons = [...byId('cart-lines').querySelectorAll('button')].filter((button) => !button.disabled);
  const next =
    buttons.find((button) => button.name === name && button.value === sku) ??
    buttons.find((button) => button.value === sku);
  (next ?? byId('cart-title')).focus();
}
