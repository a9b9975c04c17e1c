import type { Unit } from './orders.js';
import type { Row } from './rows.js';
import { uuidOf } from './uuid.js';

interface Product {
  product_id?: string;
  category_id?: string;
  category_code?: string;
  brand?: string;
  /** The decimal text of the file: the collector reads it without rounding. */
  price?: string;
}

/** An event as it goes over the wire. What the file leaves empty is left out, so that the collector can name it. */
export interface WireEvent extends Product {
  event_id: string;
  event_type?: string;
  /** Integer ms since the Unix epoch; the text of the file when that is no time, which the collector refuses. */
  event_time?: number | string;
  customer_id?: string;
  session_id?: string;
  currency?: string;
  order_id?: string;
  items?: Product[];
}

export interface EventOptions {
  /** `identity` of the source file. */
  readonly identity: string;
  /** ISO 4217 code of all prices. */
  readonly currency: string;
}

/**
 * Makes the event of one row, or of the lines of one order. The same rows of the same file always give the same
 * `event_id`; two equal rows are two events, since they stand at two places.
 */
export function toEvent(unit: Unit, { identity, currency }: EventOptions): WireEvent {
  const first = unit.rows[0] as Row;
  const { event_time, event_type, user_id, user_session } = first.values;
  const time = first.timeMs ?? event_time;
  const event: WireEvent = {
    event_id: uuidOf('event', identity, ...unit.rows.flatMap((row) => [row.number, row.text])),
    ...(event_type !== undefined && { event_type }),
    ...(time !== undefined && { event_time: time }),
    ...(user_id !== undefined && { customer_id: user_id }),
    ...(user_session !== undefined && { session_id: user_session }),
  };
  if (event_type === 'purchase') {
    return { ...event, order_id: orderId(unit, first, identity), currency, items: unit.rows.map(toProduct) };
  }
  const product = toProduct(first);
  return { ...event, ...product, ...(product.price !== undefined && { currency }) };
}

function toProduct({ values }: Row): Product {
  const { product_id, category_id, category_code, brand, price } = values;
  return {
    ...(product_id !== undefined && { product_id }),
    ...(category_id !== undefined && { category_id }),
    ...(category_code !== undefined && { category_code }),
    ...(brand !== undefined && { brand }),
    ...(price !== undefined && { price }),
  };
}

function orderId({ apart }: Unit, first: Row, identity: string): string {
  const { user_id = '', user_session = '', event_time = '' } = first.values;
  const second = first.timeMs === undefined ? event_time : Math.floor(first.timeMs / 1000);
  return uuidOf('order', user_id, user_session, second, ...(apart ? [identity, first.number] : []));
}
