import { v5 as uuidV5 } from 'uuid';
import { namespace } from '../core/collector.js';
import type { WireLine } from './lines.js';

/** An event as it is sent to the collector, in the form of docs/wire.md. */
export interface WireOrder {
  /** Derived from what it is about: the same order read again is the same event. */
  event_id: string;
  event_type: 'purchase' | 'cancel' | 'refund';
  /** ms since the Unix epoch. */
  event_time: number;
  customer_id?: string | undefined;
  /** Only where the order names no customer: an event needs either. */
  device_id?: string | undefined;
  order_id: string;
  /** Which cancellation or refund of the order it is. */
  change_id?: string | undefined;
  currency?: string | undefined;
  order_total?: number | undefined;
  tax?: number | undefined;
  shipping?: number | undefined;
  coupon?: string | undefined;
  items: readonly WireLine[];
}

/** What all events of an order share. */
export type Head = Pick<WireOrder, 'customer_id' | 'device_id' | 'order_id' | 'currency'>;

/** Version 8: version 5 is kept for what the collector derives itself. */
export function eventId(...parts: readonly string[]): string {
  const id = uuidV5(JSON.stringify(['vtex', ...parts]), namespace);
  return `${id.slice(0, 14)}8${id.slice(15)}`;
}
