import { countUnits, readCart } from './cart.js';
import { readCustomer } from './customer.js';
import { byId } from './dom.js';

/** Brings the links to account and cart up to date, here and, by the storage event, in other tabs. */
export function paintHeader(): void {
  const units = countUnits(readCart());
  const count = byId('cart-count');
  count.textContent = units > 99 ? '99+' : String(units);
  count.hidden = units === 0;
  byId('cart-link').setAttribute('aria-label', units === 1 ? 'Cart, 1 item' : `Cart, ${units} items`);

  const label = byId('account-link').querySelector('.tool-text');
  if (label) label.textContent = readCustomer() ? 'Account' : 'Log in';
}
