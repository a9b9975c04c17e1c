import { v5 as uuidV5 } from 'uuid';
import { type Collector, namespace } from '../core/collector.js';
import { toDeadLetter } from '../core/dead-letter.js';
import type { Answer, Sink } from '../core/types.js';
import { VtexUnreadableError } from './errors.js';
import type { WireOrder } from './event.js';

/** What a request of ours says of itself. */
export const source = 'vtex-oms';

export interface DeliveryOptions {
  /** Validates and writes, as it does for a browser: what it refuses is on its dead-letter stream. */
  collector: Pick<Collector, 'handle' | 'path'>;
  /** Where orders that cannot be read are put, with their reasons. */
  deadLetters: Sink;
  /** Site key. */
  key: string;
  /** Name of the shop in dead letters. @default the site key */
  site?: string | undefined;
  /** @default Date.now */
  now?: (() => number) | undefined;
}

export interface Delivery {
  /**
   * @returns How many events are on the stream, and on the dead-letter stream.
   * @throws When neither is certain. @throws {VtexUnreadableError} When the same would be refused for ever: it is too large.
   */
  put(events: readonly WireOrder[]): Promise<{ accepted: number; rejected: number }>;
  /** Puts a dead letter that says which order could not be read, and why; nothing of its content. @throws When it is not durable. */
  bury(orderId: string | undefined, code: BuryCode, reasons: readonly string[]): Promise<void>;
}

/** `order_unreadable`: nothing of the order is on the stream. `order_incomplete`: the rest of it is. */
export type BuryCode = 'order_unreadable' | 'order_incomplete';

/** Delivered means durable: the collector answers only then. */
export function createDelivery({ collector, deadLetters, key, site = key, now = Date.now }: DeliveryOptions): Delivery {
  return {
    async put(events) {
      // No `sent_at`: these are past events, and the clock of the shop's OMS is not corrected by ours.
      const body = JSON.stringify({ v: 1, key, source, sdk: 'rastro-vtex/0.1.0', events });
      const response = await collector.handle({
        method: 'POST',
        path: collector.path,
        headers: { 'content-type': 'application/json' },
        body: new TextEncoder().encode(body),
      });
      if (response.status !== 200) {
        const what = `the collector answers ${response.status}${response.code ? ` ${response.code}` : ''}`;
        if (response.status === 400 || response.status === 413) throw new VtexUnreadableError(what);
        throw new Error(what);
      }
      const { accepted, rejected } = JSON.parse(String(response.body)) as Answer;
      return { accepted, rejected: rejected.length };
    },
    async bury(orderId, code, reasons) {
      // The same for each update of the order: so it is one dead letter.
      const raw = JSON.stringify({ source, code, orderId });
      const problems = reasons.slice(0, 20).map((message) => ({ code, path: '', message }));
      const letter = toDeadLetter(
        { problems: problems.length > 0 ? problems : [{ code, path: '', message: code }], raw, site },
        new Date(now()).toISOString(),
        (text) => uuidV5(text, namespace),
      );
      const [failure] = await deadLetters.put([letter]);
      if (failure) throw new Error(`the dead letter is not durable: ${failure.message}`);
    },
  };
}
