import { changesOf } from './changes.js';
import { eventId, type Head, type WireOrder } from './event.js';
import { lineOf, type WireLine } from './lines.js';
import { createReader, type Json, listOf, objectOf, type Reader, textIn } from './read.js';
import { isPurchase, type StatusOptions } from './statuses.js';

export interface MapOptions extends StatusOptions {
  /** Whether cancellations and refunds become events, `cancel` and `refund`. @default false */
  orderChanges?: boolean | undefined;
}

/** What an order becomes. Neither events nor reasons: it is no purchase, or not yet. */
export interface MappedOrder {
  readonly events: readonly WireOrder[];
  /** What was left out, where and why: `items[1].sellingPrice: "72,93" is not a whole number of cents ≥ 0`. */
  readonly reasons: readonly string[];
}

/** Lines that one event may have: docs/wire.md. */
const maxLines = 500;

/**
 * Maps an order of the OMS (`GET /api/oms/pvt/orders/{orderId}`) to the events that the collector takes.
 *
 * The browser reports an order group as one order, the OMS one order per seller: ids of lines agree only when all orders of
 * the group are mapped together, as a list. They become one purchase. It counts when one of its orders does.
 *
 * @param order An order, or the list of all orders of its group. Whatever else is given, nothing is thrown.
 */
export function mapOrder(order: unknown, options: MapOptions = {}): MappedOrder {
  const reasons: string[] = [];
  try {
    const orders = (Array.isArray(order) ? order : [order]).map(objectOf);
    const reader = createReader(reasons);
    // A group lists its orders without their status: those that have one decide.
    const judged = orders.filter(({ status }) => status);
    const counts = (judged.length > 0 ? judged : orders).some((one) => isPurchase(one, options));
    const purchase = counts ? purchaseOf(orders, reader) : undefined;
    const changes = options.orderChanges ? changesOf(orders, reader, head, linesOf) : [];
    return { events: [...(purchase ? [purchase] : []), ...changes].map(compact), reasons };
  } catch (error) {
    return { events: [], reasons: [...reasons, `the order cannot be read: ${(error as Error)?.name ?? 'Error'}`] };
  }
}

function purchaseOf(orders: readonly Json[], reader: Reader): WireOrder | undefined {
  const top = head(orders, reader);
  if (!top) return undefined;
  const times = orders.flatMap(
    ({ creationDate }, at) => reader.instant(creationDate, `${pathOf(orders, at)}creationDate`) ?? [],
  );
  if (times.length === 0) return reader.refuse('creationDate', 'none that can be read');
  const items = orders.flatMap((one, at) => [...linesOf(one, pathOf(orders, at), reader).values()]);
  if (items.length === 0) return reader.refuse('items', 'no lines');
  if (items.length > maxLines) return reader.refuse('items', `${items.length} lines, of which ${maxLines} are taken`);
  const total = (read: (order: Json, path: string) => number | undefined): number | undefined => sumOf(orders, read);
  const coupons = orders.map(({ marketingData }) => objectOf(marketingData)['coupon']);
  return {
    ...top,
    event_id: eventId('purchase', top.order_id),
    event_type: 'purchase',
    event_time: Math.min(...times),
    order_total: total(({ value }, path) => reader.cents(value, `${path}value`)),
    tax: total((one, path) => totalOf(one, 'Tax', path, reader)),
    shipping: total((one, path) => totalOf(one, 'Shipping', path, reader)),
    coupon: reader.id(
      coupons.find((coupon) => textIn(coupon)),
      'marketingData.coupon',
    ),
    items,
  };
}

/** Who bought, under which number, in which currency. Nothing else of a customer is read: no name, no address. */
function head(orders: readonly Json[], reader: Reader): Head | undefined {
  const [first = {}] = orders;
  // An order that another marketplace passed on may have no group: no browser of this shop saw it.
  const orderId = reader.id(first['orderGroup'], 'orderGroup') ?? reader.id(first['orderId'], 'orderId');
  if (orderId === undefined) return reader.refuse('orderGroup', 'the order has no id');
  const groups = new Set(orders.map(({ orderGroup, orderId: own }) => orderGroup ?? own));
  if (groups.size > 1) return reader.refuse('orderGroup', 'the orders are of several groups');
  const codes = orders.map(({ storePreferencesData }) => objectOf(storePreferencesData)['currencyCode']);
  const currencies = new Set(codes.flatMap((code) => reader.currency(code, 'storePreferencesData.currencyCode') ?? []));
  if (currencies.size > 1)
    return reader.refuse('storePreferencesData.currencyCode', `several currencies: ${[...currencies].join(', ')}`);
  const profile = orders.map(({ clientProfileData }) => objectOf(clientProfileData)['userProfileId']).find(Boolean);
  const customer = profileOf(profile, reader);
  return {
    order_id: orderId,
    currency: [...currencies][0],
    customer_id: customer,
    device_id: customer === undefined ? `vtex:${orderId}`.slice(0, 128) : undefined,
  };
}

/** The id of a profile. An e-mail address, which some import in its place, is none. */
function profileOf(value: unknown, reader: Reader): string | undefined {
  const path = 'clientProfileData.userProfileId';
  return String(value).includes('@') ? reader.refuse(path, 'an address, and no id') : reader.id(value, path);
}

/** The lines that can be read, by their position in `items`. */
function linesOf(order: Json, path: string, reader: Reader): ReadonlyMap<number, WireLine> {
  const items = listOf(order['items']);
  // A list that no event can hold is not read line by line.
  if (items.length > maxLines) {
    reader.refuse(`${path}items`, `${items.length} lines, of which ${maxLines} are taken`);
    return new Map();
  }
  return new Map(
    items.flatMap((item, at) => {
      const line = lineOf(item, `${path}items[${at}]`, reader);
      return line ? [[at, line] as const] : [];
    }),
  );
}

/** Nothing when it is told of none of the orders, or cannot be read of one: half a sum is none. */
function sumOf(orders: readonly Json[], read: (order: Json, path: string) => number | undefined): number | undefined {
  const amounts = orders.map((one, at) => read(one, pathOf(orders, at)));
  if (amounts.includes(undefined)) return undefined;
  return Math.round((amounts as number[]).reduce((sum, amount) => sum + amount, 0) * 100) / 100;
}

function totalOf({ totals }: Json, id: string, path: string, reader: Reader): number | undefined {
  const found = listOf(totals)
    .map(objectOf)
    .find((total) => total['id'] === id);
  return reader.cents(found?.['value'], `${path}totals.${id}`);
}

const pathOf = (orders: readonly Json[], at: number): string => (orders.length > 1 ? `orders[${at}].` : '');

/** Without fields that say nothing. */
const compact = (event: WireOrder): WireOrder => JSON.parse(JSON.stringify(event)) as WireOrder;
