import { orderAmountFields } from '@rastro/schema';
/**
 * Makes one flat event per record: a purchase becomes its lines, any other event stays as it is.
 *
 * The id of a line does not depend on the order in which the lines are listed. Lines with the same product and SKU are
 * told apart by price and quantity, the smaller first.
 */
export function explode(event, site, lineId) {
  if (event.event_type !== 'purchase') return [{ ...event }];
  const { items, ...order } = event;
  const seen = new Map();
  const ids = new Map();
  for (const line of [...items].sort((a, b) => compare(a.price, b.price) || compare(a.quantity, b.quantity))) {
    const product = JSON.stringify([line.product_id, line.sku ?? '']);
    const occurrence = (seen.get(product) ?? 0) + 1;
    seen.set(product, occurrence);
    ids.set(line, lineId(site, order.order_id, line.product_id, line.sku ?? '', occurrence));
  }
  return items.map((line, at) => {
    const flat = {
      ...order,
      ...line,
      event_id: ids.get(line),
      line: at + 1,
      lines: items.length,
    };
    if (at > 0) for (const name of orderAmountFields) delete flat[name];
    return flat;
  });
}
const compare = (a = -1, b = -1) => a - b;
