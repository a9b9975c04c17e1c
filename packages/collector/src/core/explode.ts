import { orderAmountFields, orderTypes } from '@rastro/schema';
import type { CleanEvent } from './types.js';

/**
 * The key that makes the same purchase line the same event, whoever reports it: a UUIDv5 of this text is its `event_id`.
 *
 * @param occurrence From 1: the how-manieth line of the order with this product and SKU.
 * @param change For a line of a cancellation or refund: the event type and the `change_id`.
 */
export type LineId = (
  site: string,
  orderId: string,
  productId: string,
  sku: string,
  occurrence: number,
  ...change: readonly string[]
) => string;

/**
 * Makes one flat event per record: an order, or a change of one, becomes its lines, any other event stays as it is.
 *
 * Lines are put in an order of their own, by product, SKU, price and quantity: ids, line numbers and the line that has
 * the order's amounts are the same in whatever order they are listed.
 */
export function explode(event: CleanEvent, site: string, lineId: LineId): readonly CleanEvent[] {
  if (!orderTypes.includes(event.event_type)) return [event];
  const { items, ...order } = event as CleanEvent & { items: readonly Line[]; order_id: string; change_id?: string };
  const change = order.change_id === undefined ? [] : [order.event_type, order.change_id];
  let occurrence = 0;
  return [...items].sort(compareLines).map((line, at, lines) => {
    const before = lines[at - 1];
    occurrence = before && sameProduct(before, line) ? occurrence + 1 : 1;
    const event_id = lineId(site, order.order_id, line.product_id, line.sku ?? '', occurrence, ...change);
    const flat: Record<string, unknown> = { ...order, ...line, event_id, line: at + 1, lines: lines.length };
    if (at > 0) for (const name of orderAmountFields) delete flat[name];
    return flat as CleanEvent;
  });
}

interface Line {
  readonly product_id: string;
  readonly sku?: string;
  readonly price?: number;
  readonly quantity?: number;
}
const sameProduct = (a: Line, b: Line): boolean => a.product_id === b.product_id && a.sku === b.sku;
/** By code units, not by language: the same on every machine. */
const compareText = (a = '', b = ''): number => (a < b ? -1 : a > b ? 1 : 0);
const compareNumber = (a = -1, b = -1): number => a - b;
const compareLines = (a: Line, b: Line): number =>
  compareText(a.product_id, b.product_id) ||
  compareText(a.sku, b.sku) ||
  compareNumber(a.price, b.price) ||
  compareNumber(a.quantity, b.quantity) ||
  compareText(textOf(a), textOf(b));
/** All of a line, whatever the order of its fields. */
const textOf = (line: object): string => JSON.stringify(Object.entries(line).sort(([a], [b]) => compareText(a, b)));
