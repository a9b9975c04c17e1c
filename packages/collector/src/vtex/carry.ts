import { createHash } from 'node:crypto';
import type { Logger } from '../core/types.js';
import type { VtexApi } from './api.js';
import type { Delivery } from './delivery.js';
import { StoppedError, VtexSetupError, VtexUnavailableError, VtexUnreadableError } from './errors.js';
import type { WireOrder } from './event.js';
import { type MapOptions, mapOrder } from './order.js';
import { type Json, textIn } from './read.js';
import { createRecent } from './recent.js';

/** An update of an order, wherever it comes from. */
export interface Update {
  readonly orderId: string | undefined;
  readonly state?: string | undefined;
  /** ms since the Unix epoch. */
  readonly changedAt?: number | undefined;
}

/** What became of an update. All but `later` are done with, and may be committed. */
export interface Outcome {
  readonly result: 'delivered' | 'known' | 'nothing' | 'buried' | 'later';
  /** Events on the stream, and on the dead-letter stream. */
  readonly accepted: number;
  readonly rejected: number;
}

export interface CarryOptions extends Omit<MapOptions, 'state'> {
  api: VtexApi;
  delivery: Delivery;
  log: Logger;
  /** Orders whose delivery is remembered. */
  remembered: number;
  /** An update that is older, and whose order VTEX fails to give, is a dead letter. Unit: ms. */
  giveUpAfterMs: number;
  /** Tries of an order that is not there, or cannot be read, before it is a dead letter. */
  unreadableAttempts: number;
  /** Waits between them. */
  waitMs: (failures: number) => number;
  pause: (ms: number, signal?: AbortSignal) => Promise<void>;
  now: () => number;
}

const printOf = (event: object): string => createHash('sha256').update(JSON.stringify(event)).digest('base64');

/** Carries the order of an update to the stream. */
export type Carry = (update: Update, signal?: AbortSignal) => Promise<Outcome>;

type Delivered = Pick<Outcome, 'accepted' | 'rejected'>;
const of = (result: Outcome['result'], accepted = 0, rejected = 0): Outcome => ({ result, accepted, rejected });

/**
 * Makes what carries orders. It throws for what concerns all of them, such as wrong keys, or when it is to stop; what is
 * wrong with one order concerns no other.
 */
export function createCarry(options: CarryOptions): Carry {
  const { api, delivery, log, now, giveUpAfterMs, unreadableAttempts, waitMs, pause } = options;
  const { statuses, orderChanges } = options;
  const recent = createRecent(options.remembered);
  /** Whether the key was seen to be one that reads orders. */
  let mayRead = false;

  const bury = async (update: Update, reason: string): Promise<Outcome> => {
    await delivery.bury(update.orderId, 'order_unreadable', [reason]);
    log.error({ reason }, 'an order could not be read: it is a dead letter');
    return of('buried', 0, 1);
  };

  /** The order, and those of its group: what the browser calls one order. */
  const fetchAll = async (orderId: string, signal?: AbortSignal): Promise<readonly Json[]> => {
    const order = await api.order(orderId, signal);
    mayRead = true;
    const group = textIn(order['orderGroup']);
    if (group === undefined) return [order];
    let listed = await api.orderGroup(group, signal);
    // A list without the order itself runs behind: told by it, a part would be taken for the whole, with a total of its own.
    for (
      let failures = 0;
      ++failures < unreadableAttempts && !listed.some((one) => one['orderId'] === order['orderId']);
    ) {
      await pause(waitMs(failures - 1), signal);
      listed = await api.orderGroup(group, signal);
    }
    const others = listed.filter((other) => textIn(other['orderId']) && other['orderId'] !== order['orderId']);
    // By id: whichever of them changed, the same list is mapped.
    return [order, ...others].sort((a, b) => (String(a['orderId']) < String(b['orderId']) ? -1 : 1));
  };

  const put = async (update: Update, events: readonly WireOrder[]): Promise<Delivered> => {
    try {
      return await delivery.put(events);
    } catch (error) {
      if (!(error instanceof VtexUnreadableError)) throw error;
      if (events.length === 1) return await bury(update, `${events[0]?.event_type}: ${error.message}`);
      // Together they are more than a request may have; that is no fault of any.
      const sum = { accepted: 0, rejected: 0 };
      for (const event of events) {
        const { accepted, rejected } = await put(update, [event]);
        sum.accepted += accepted;
        sum.rejected += rejected;
      }
      return sum;
    }
  };

  const deliver = async (update: Update, orders: readonly Json[]): Promise<Outcome> => {
    const { events, reasons } = mapOrder(orders, { statuses, orderChanges, state: update.state });
    if (events.length === 0) return reasons.length > 0 ? bury(update, reasons.join('; ')) : of('nothing');
    // The same events, as one change of status after the other brings them.
    const prints = new Map(events.map((event) => [event.event_id, printOf(event)]));
    const fresh = events.filter(({ event_id }) => recent.get(event_id) !== prints.get(event_id));
    if (fresh.length === 0) return of('known');
    if (reasons.length > 0) {
      await delivery.bury(update.orderId, 'order_incomplete', reasons);
      log.warn({ reasons: reasons.length }, 'parts of an order could not be read and were left out');
    }
    const { accepted, rejected } = await put(update, fresh);
    for (const [id, print] of prints) recent.set(id, print);
    return of('delivered', accepted, rejected);
  };

  const attempt = async (update: Update, signal?: AbortSignal): Promise<Outcome> => {
    const { orderId } = update;
    if (orderId === undefined) return bury(update, 'the update names no order');
    let orders: readonly Json[] | undefined;
    for (let failures = 0; orders === undefined; ) {
      try {
        orders = await fetchAll(orderId, signal);
      } catch (error) {
        if (!(error instanceof VtexUnreadableError)) throw error;
        // Perhaps it is only on its way: the feed runs ahead of what is stored.
        if (++failures >= unreadableAttempts) return bury(update, error.message);
        await pause(waitMs(failures - 1), signal);
      }
    }
    return deliver(update, orders);
  };

  return async (update, signal) => {
    try {
      return await attempt(update, signal);
    } catch (error) {
      // The key reads others: that VTEX forbids this one says nothing of them.
      const forbidden = error instanceof VtexSetupError && error.status === 403 && mayRead;
      if ((error instanceof VtexSetupError && !forbidden) || error instanceof StoppedError) throw error;
      log.warn({ err: error }, 'an order has to wait');
      const { changedAt } = update;
      // VTEX may fail for this order alone, until the feed forgets it unsaid. What our stream does not take is no such case.
      const old = changedAt !== undefined && now() - changedAt >= giveUpAfterMs;
      if (!old || !(forbidden || error instanceof VtexUnavailableError)) return of('later');
      return bury(update, `given up: ${error.message}`).catch(() => of('later'));
    }
  };
}
