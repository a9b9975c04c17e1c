import { addToCart } from './cart.js';
import { announce, byId, el } from './dom.js';
import { paintHeader } from './header.js';
import type { Item } from './rastro.js';

export function showProduct(): void {
  // The ids in there are quoted: a 19-digit number would lose its last digits on the way through JSON.parse.
  const item = JSON.parse(byId('product').textContent ?? '') as Item;
  window.rastro.view(item);

  byId('add').addEventListener('submit', (event) => {
    event.preventDefault();
    const wanted = byId<HTMLInputElement>('quantity').valueAsNumber;
    const quantity = addToCart(item, wanted);
    if (quantity === 0) {
      announce('This did not fit: the line is full, or your browser keeps no cart for us.');
      return;
    }
    window.rastro.cart({ ...item, quantity });
    paintHeader();
    announce(`Added ${quantity} × ${item.product_name}. `, el('a', { href: '/cart' }, 'View cart'));
  });
}
