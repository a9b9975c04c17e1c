import { byId, formatMoney, setText } from './dom.js';
import { renderLines } from './lines.js';
import { readOrder } from './orders.js';

export function showThanks(): void {
  const order = readOrder(new URLSearchParams(location.search).get('order') ?? '');
  byId('order').hidden = order === undefined;
  byId('no-order').hidden = order !== undefined;
  if (!order) return;

  setText('order-id', order.order_id);
  setText('order-name', order.name.split(' ')[0] ?? order.name);
  setText('order-address', order.address);
  byId('order-lines').replaceChildren(...renderLines(order.items));
  setText('shipping', order.shipping === 0 ? 'free' : formatMoney(order.shipping));
  setText('total', formatMoney(order.order_total));

  // Naive on purpose: a reload, a bookmark or a second tab tracks the order again, as most thank-you pages do. It is
  // counted once all the same, since the collector derives the ids of its lines from the order, not from the call.
  window.rastro.purchase({
    order_id: order.order_id,
    currency: 'BRL',
    order_total: order.order_total,
    shipping: order.shipping,
    items: order.items,
  });
}
