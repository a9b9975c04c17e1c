import type { Collector } from '../core/collector.js';
import type { Logger, Sink } from '../core/types.js';
import { createVtexApi, type FeedItem, type VtexApi, type VtexApiOptions } from './api.js';
import { type Carry, createCarry, type Outcome } from './carry.js';
import { createDelivery } from './delivery.js';
import { StoppedError, VtexUnavailableError, VtexUnreadableError } from './errors.js';
import { type BackOff, backOffMs, pause } from './waiting.js';

export interface VtexOrdersOptions extends VtexApiOptions {
  /** Site key under which orders are told, the one of the shop's pages. */
  key: string;
  /** Validates the orders and puts them on the stream: `createCollector`. */
  collector: Pick<Collector, 'handle' | 'path'>;
  /** Where orders that cannot be read are put: the dead-letter sink of the collector. */
  deadLetters: Sink;
  /** Name of the shop in dead letters. @default the site key */
  site?: string | undefined;
  /** Statuses in which an order counts as a purchase. @default from `payment-approved` on, see docs/vtex-orders.md */
  statuses?: readonly string[] | undefined;
  /** Whether cancellations and refunds are told, too. The site of the collector has to allow them. @default false */
  orderChanges?: boolean | undefined;
  /** Wait after the feed was empty. Unit: ms. @default 5_000 */
  pollIntervalMs?: number | undefined;
  /** Orders that are got and delivered at a time. 1–10. @default 5 */
  concurrency?: number | undefined;
  /** Orders whose delivery is remembered, so that one is not told anew at each change of its status. @default 10_000 */
  remembered?: number | undefined;
  /**
   * An update that is older, and whose order VTEX still fails to give, becomes a dead letter: the feed forgets it, unsaid,
   * after 4 days at the soonest. Unit: ms. @default 259_200_000, 3 days
   */
  giveUpAfterMs?: number | undefined;
  /** Tries of an order that VTEX does not know (404) or that is no order, before it is a dead letter. @default 3 */
  unreadableAttempts?: number | undefined;
  /** Longest time for the last commit, once it is to stop. Unit: ms. @default 5_000 */
  commitGraceMs?: number | undefined;
  /** Clock, ms since the Unix epoch. @default Date.now */
  now?: (() => number) | undefined;
}

/** What one poll did. */
export interface PollResult {
  /** Updates that the feed gave; 0 when it was empty. */
  readonly items: number;
  /** Updates that are done with and out of the feed. */
  readonly committed: number;
  /** Updates that are left in the feed, which shows them again. */
  readonly later: number;
  /** Events on the stream. */
  readonly accepted: number;
  /** Events, or whole orders, on the dead-letter stream. */
  readonly rejected: number;
}

/** Sums since the start. */
export interface VtexTotals extends PollResult {
  readonly polls: number;
  readonly requests: number;
  readonly throttled: number;
  readonly failed: number;
}

export interface VtexOrders {
  readonly api: VtexApi;
  /** Carries the order of one update: what a hook does. */
  readonly carry: Carry;
  /**
   * Reads the feed once: at most ten updates are delivered, and those taken out of the feed that are.
   *
   * @param signal Stops it after the orders that are under way; what was delivered is still committed.
   * @throws {VtexSetupError} When keys, roles or configuration are wrong. @throws {VtexUnavailableError} When VTEX is not there.
   */
  poll(signal?: AbortSignal): Promise<PollResult>;
  /**
   * Polls until the signal, or until nothing is left.
   *
   * @throws {VtexSetupError} When keys, roles or configuration are wrong.
   * @throws {VtexUnavailableError} When it is to end with an empty feed, and VTEX is not there for three polls.
   */
  run(signal: AbortSignal, options?: RunOptions): Promise<void>;
  totals(): VtexTotals;
}

export interface RunOptions {
  /** Ends when the feed is empty. @default false */
  untilEmpty?: boolean | undefined;
  /** Told after each poll that had something to do. */
  onPoll?: ((result: PollResult) => void) | undefined;
}

/** Polls in a row that fail, before a run that is to end says that it did not. */
const pollsUntilEmpty = 3;
/** Between polls that fail. */
const outage: BackOff = { baseMs: 1_000, maxMs: 60_000 };

/**
 * Makes what carries orders from VTEX's feed to the stream. An update leaves the feed only when its lines are durable: a
 * process that is killed leaves updates that come back, and lines that readers know by their `event_id`.
 *
 * @throws {TypeError} If an option is wrong; the message names it.
 */
export function createVtexOrders(options: VtexOrdersOptions): VtexOrders {
  const { log = silent, now = Date.now, random = Math.random } = options;
  const {
    pollIntervalMs = 5_000,
    concurrency = 5,
    commitGraceMs = 5_000,
    backOff = { baseMs: 500, maxMs: 30_000 },
  } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 10)
    throw new TypeError(`concurrency: 1–10 is needed, got ${concurrency}`);
  if (!/^.{1,64}$/u.test(options.key ?? '')) throw new TypeError('key: a site key is needed');
  const api = createVtexApi(options);
  const carry = createCarry({
    api,
    delivery: createDelivery(options),
    log,
    now,
    pause,
    statuses: options.statuses,
    orderChanges: options.orderChanges,
    remembered: options.remembered ?? 10_000,
    giveUpAfterMs: options.giveUpAfterMs ?? 259_200_000,
    unreadableAttempts: options.unreadableAttempts ?? 3,
    waitMs: (failures) => backOffMs(backOff, failures, random()),
  });
  const sums = { polls: 0, items: 0, committed: 0, later: 0, accepted: 0, rejected: 0 };

  const commit = async (
    handles: readonly string[],
    late: AbortSignal,
    onDone: (count: number) => void,
  ): Promise<void> => {
    try {
      await api.commit(handles, late);
      onDone(handles.length);
    } catch (error) {
      if (!(error instanceof VtexUnreadableError)) throw error;
      // One that VTEX refuses, perhaps since its time is over, keeps no other in the feed.
      if (handles.length > 1) for (const handle of handles) await commit([handle], late, onDone);
    }
  };

  const poll: VtexOrders['poll'] = async (signal) => {
    const items = await api.feed(signal);
    const done: string[] = [];
    const result = { items: items.length, committed: 0, later: 0, accepted: 0, rejected: 0 };
    let broken: unknown;
    // One after the other where they are of one order, so that it is not got twice at the same time.
    const queue = [...byOrder(items)];
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        for (const item of next) {
          if (broken !== undefined || signal?.aborted) return;
          try {
            const outcome: Outcome = await carry(item, signal);
            result.accepted += outcome.accepted;
            result.rejected += outcome.rejected;
            if (outcome.result !== 'later') done.push(item.handle);
          } catch (error) {
            broken ??= error;
          }
        }
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    // Even when it is to stop, or something broke: what is done need not be done again.
    if (done.length > 0) {
      try {
        await inGrace(signal, commitGraceMs, (late) => commit(done, late, (count) => (result.committed += count)));
        if (result.committed < done.length) throw new VtexUnavailableError('commit to the feed: VTEX refuses updates');
      } catch (error) {
        const updates = done.length - result.committed;
        log.warn({ err: error, updates }, 'updates that were delivered are still in the feed');
        broken ??= error;
      }
    }
    result.later = items.length - result.committed;
    sums.polls++;
    for (const name of ['items', 'committed', 'later', 'accepted', 'rejected'] as const) sums[name] += result[name];
    if (broken !== undefined && !(broken instanceof StoppedError)) throw broken;
    return result;
  };

  return {
    api,
    carry,
    poll,
    totals: () => ({ ...sums, ...api.counts }),
    async run(signal, { untilEmpty = false, onPoll } = {}) {
      let failures = 0;
      while (!signal.aborted) {
        let waitMs = 0;
        try {
          const result = await poll(signal);
          if (result.items > 0) onPoll?.(result);
          if (result.items === 0 && untilEmpty) return;
          failures = result.later > 0 ? failures + 1 : 0;
          if (failures > 0) waitMs = backOffMs(outage, failures - 1, random());
          else if (result.items === 0) waitMs = pollIntervalMs;
        } catch (error) {
          if (error instanceof StoppedError) return;
          if (!(error instanceof VtexUnavailableError)) throw error;
          if (untilEmpty && failures + 1 >= pollsUntilEmpty) throw error;
          waitMs = backOffMs(outage, failures++, random());
          log.error({ err: error, waitMs }, 'VTEX does not answer');
        }
        if (waitMs > 0) await pause(waitMs, signal).catch(() => {});
      }
    },
  };
}

/** Updates of the same order together, in their order. */
function byOrder(items: readonly FeedItem[]): Iterable<readonly FeedItem[]> {
  const groups = new Map<string | FeedItem, FeedItem[]>();
  for (const item of items) {
    const key = item.orderId ?? item;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups.values();
}

/** Does something with a signal that comes so much later than the one given. */
async function inGrace(
  signal: AbortSignal | undefined,
  graceMs: number,
  work: (late: AbortSignal) => Promise<void>,
): Promise<void> {
  const late = new AbortController();
  const start = (): void => void setTimeout(() => late.abort(), graceMs).unref();
  if (signal?.aborted) start();
  else signal?.addEventListener('abort', start, { once: true });
  try {
    await work(late.signal);
  } finally {
    signal?.removeEventListener('abort', start);
  }
}

const silent: Logger = { info() {}, warn() {}, error() {} };
