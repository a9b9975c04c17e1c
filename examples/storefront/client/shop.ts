import { paintCart, showCart } from './cart-page.js';
import { paintCheckout, showCheckout } from './checkout-page.js';
import { paintHeader } from './header.js';
import { paintLogin, showLogin } from './login-page.js';
import { showProduct } from './product-page.js';
import { showThanks } from './thanks-page.js';

interface PageScript {
  /** Once, when the page has loaded. */
  show: () => void;
  /** When the stored state may have changed elsewhere. */
  paint: () => void;
}

const scripts = new Map<string | null, PageScript>([
  ['product', { show: showProduct, paint: paintHeader }],
  ['cart', { show: showCart, paint: paintCart }],
  ['login', { show: showLogin, paint: paintLogin }],
  ['checkout', { show: showCheckout, paint: paintCheckout }],
  ['thanks', { show: showThanks, paint: paintHeader }],
]);
const script = scripts.get(document.body.getAttribute('data-page'));
const paint = script?.paint ?? paintHeader;

paintHeader();
script?.show();

// Another tab has changed cart or customer.
window.addEventListener('storage', paint);
// Back from the next page: the browser has kept this one as it was.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) paint();
});
