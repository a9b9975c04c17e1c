import type { StreamRecord } from '@rastro/schema';

/** What pages track; `cancel` and `refund` are told by servers. */
export type EventType = Exclude<StreamRecord['event_type'], 'cancel' | 'refund'>;

export const fieldsOfProduct = [
  'product_id',
  'sku',
  'product_name',
  'category_id',
  'category_code',
  'brand',
  'price',
  'quantity',
] as const;
export const fieldsOfOrder = ['order_id', 'change_id', 'lines', 'order_total', 'tax', 'shipping', 'coupon'] as const;
export const fieldsOfVitals = ['metric', 'value', 'rating', 'navigation_type', 'target'] as const;
/** Of an order's records, what belongs to the line. */
export const fieldsOfLine = [
  'product_id',
  'sku',
  'product_name',
  'category_id',
  'category_code',
  'brand',
  'price',
  'quantity',
  'event_id',
  'line',
  'currency',
  'properties',
] as const;
type ProductField = (typeof fieldsOfProduct)[number];
type OrderField = (typeof fieldsOfOrder)[number];
type VitalsField = (typeof fieldsOfVitals)[number];
type Without<Field extends keyof StreamRecord> = Omit<StreamRecord, Field | 'event_type' | 'line'>;

interface ProductEvent<Type extends EventType> extends Without<OrderField | VitalsField> {
  readonly event_type: Type;
}

/** One line of an order, as its record has it. */
export interface OrderLine extends Pick<StreamRecord, (typeof fieldsOfLine)[number]> {}

/** An order: what the records of its lines have in common, and the lines. */
export interface PurchaseEvent
  extends Without<ProductField | VitalsField | 'change_id'>,
    Required<Pick<StreamRecord, 'order_id' | 'lines'>> {
  readonly event_type: 'purchase';
  readonly order_id: string;
  /** How many lines the order has. */
  readonly lines: number;
  /** In the order of `line`; all `lines` of them, unless some were sent in other requests. */
  readonly items: readonly OrderLine[];
}

interface VitalsEvent extends Without<ProductField | OrderField> {
  readonly event_type: 'web_vitals';
}

/** What a shopper did, by type. Fields are those of the stream's records; an order is one event. */
export interface TrackedEvents {
  view: ProductEvent<'view'>;
  cart: ProductEvent<'cart'>;
  remove_from_cart: ProductEvent<'remove_from_cart'>;
  purchase: PurchaseEvent;
  web_vitals: VitalsEvent;
}
export type TrackedEvent = TrackedEvents[EventType];

const lineFields: readonly string[] = fieldsOfLine;
/** Of these, what the order has as well. */
const sharedFields = ['event_id', 'currency', 'properties'];
/** What only the first line's record has: it is the order's. */
export const productFields: readonly string[] = lineFields.filter((name) => !sharedFields.includes(name));

/**
 * Makes events of records: the lines of an order become one event, what has the same `event_id` is there once, and events
 * are in the order in which they happened: sessions by their first arrival, within a session by `session_seq`.
 *
 * @param records As they arrived.
 */
export function toEvents(records: readonly StreamRecord[]): TrackedEvent[] {
  const seen = new Set<string>();
  const sessions = new Map<string | undefined, Map<string, StreamRecord[]>>();
  for (const record of records) {
    const { event_id, event_type, session_id, order_id, site } = record;
    const id = `${site}\n${event_type}\n${event_id}`;
    if (seen.has(id)) continue;
    seen.add(id);
    const events = sessions.get(session_id) ?? new Map<string, StreamRecord[]>();
    sessions.set(session_id, events);
    const key = event_type === 'purchase' ? `${site}\n${order_id}` : id;
    events.set(key, [...(events.get(key) ?? []), record]);
  }
  return [...sessions.values()].flatMap((events) =>
    [...events.values()]
      .map(toEvent)
      // Stable: what has no place of its own stays where it arrived.
      .sort((a, b) => (a.session_seq ?? 0) - (b.session_seq ?? 0)),
  );
}

function toEvent(records: readonly StreamRecord[]): TrackedEvent {
  const [first] = records as readonly [StreamRecord];
  if (first.event_type !== 'purchase') return first as TrackedEvent;
  const lines = [...records].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const [head] = lines as [StreamRecord];
  const order = Object.fromEntries(Object.entries(head).filter(([name]) => !productFields.includes(name)));
  const items = lines.map((line) =>
    Object.fromEntries(Object.entries(line).filter(([name]) => lineFields.includes(name))),
  );
  return { ...order, items } as unknown as PurchaseEvent;
}
