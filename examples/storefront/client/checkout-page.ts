import { addMoney, clearCart, readCart, subtotalOf } from './cart.js';
import { readCustomer } from './customer.js';
import { announce, byId, fieldOf, formatMoney, setText } from './dom.js';
import { paintHeader } from './header.js';
import { renderLines } from './lines.js';
import { placeOrder } from './orders.js';

export function showCheckout(): void {
  const form = byId<HTMLFormElement>('checkout');
  const customer = readCustomer();
  if (customer) byId<HTMLInputElement>('email').value = customer.email;
  paintCheckout();
  form.addEventListener('change', paintSums);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const data = new FormData(form);
    const address = `${fieldOf(data, 'street')}, ${fieldOf(data, 'postcode')} ${fieldOf(data, 'city')} ${fieldOf(data, 'state')}`;
    const order = placeOrder(shippingOf(form), fieldOf(data, 'name'), address);
    if (!order) {
      announce('Your browser does not let this shop store anything, so it cannot keep your order.');
      return;
    }
    clearCart();
    // Replaced: going back from the thank-you page should not lead to an empty checkout.
    location.replace(`/thanks?order=${encodeURIComponent(order.order_id)}`);
  });
}

/** Shows what would be ordered. Safe to call again at any time. */
export function paintCheckout(): void {
  const lines = readCart();
  byId('checkout-empty').hidden = lines.length > 0;
  byId('checkout').hidden = lines.length === 0;
  byId('order-lines').replaceChildren(...renderLines(lines));
  paintSums();
  paintHeader();
}

function paintSums(): void {
  const subtotal = subtotalOf(readCart());
  const shipping = shippingOf(byId<HTMLFormElement>('checkout'));
  setText('subtotal', formatMoney(subtotal));
  setText('shipping', shipping === 0 ? 'free' : formatMoney(shipping));
  setText('total', formatMoney(addMoney(subtotal, shipping)));
}

/** BRL for the delivery that is chosen. */
function shippingOf(form: HTMLFormElement): number {
  return Number(form.querySelector('[name="delivery"]:checked')?.getAttribute('data-price') ?? 0);
}
