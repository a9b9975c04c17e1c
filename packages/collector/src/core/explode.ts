import { orderAmountFields } from '@rastro/schema';
import type { CleanEvent } from './types.js';

/**
 * The key that makes the same purchase line the same event, whoever reports it: a UUIDv5 of this text is its `event_id`.
 *
 * @param occurrence From 1: the how-manieth line of the order with this product and SKU.
 */
export type LineId = (site: string, orderId: string, productId: string, sku: string, occurrence: number) => string;

/**
 * Makes one flat event per record: a purchase becomes its lines, any other event stays as it is.
 *
 * The id of a line does not depend on the order in which the lines are listed. Lines with the same product and SKU are
 * told apart by price and quantity, the smaller first.
 */
export function explode(event: CleanEvent, site: string, lineId: LineId): Record<string, unknown>[] {
  if (event.event_type !== 'purchase') return [{ ...event }];
  const { items, ...order } = event as CleanEvent & { items: readonly Line[]; order_id: string };
  const seen = new Map<string, number>();
  const ids = new Map<Line, string>();
  for (const line of [...items].sort((a, b) => compare(a.price, b.price) || compare(a.quantity, b.quantity))) {
    const product = JSON.stringify([line.product_id, line.sku ?? '']);
    const occurrence = (seen.get(product) ?? 0) + 1;
    seen.set(product, occurrence);
    ids.set(line, lineId(site, order.order_id, line.product_id, line.sku ?? '', occurrence));
  }
  return items.map((line, at) => {
    const flat: Record<string, unknown> = {
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

interface Line {
  readonly product_id: string;
  readonly sku?: string;
  readonly price?: number;
  readonly quantity?: number;
}
const compare = (a = -1, b = -1): number => a - b;
