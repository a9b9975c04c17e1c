import { pageContext } from './context.js';
import { deviceId } from './identity.js';
import { type ResolvedOptions, resolveOptions, type TrackerError, type TrackerOptions } from './options.js';
import { watchPage } from './page.js';
import { createQueue } from './queue.js';
import { advanceSession } from './session.js';
import { createStorage } from './storage.js';
import { createStore } from './store.js';
import type { Properties, Tracker } from './types.js';
import { uuid7 } from './uuid.js';
import { version } from './version.js';

/**
 * Starts tracking on this page.
 *
 * Where there is no page (server-side rendering, a worker) the tracker does nothing.
 *
 * @typeParam P The shop's own `properties`.
 * @throws {TypeError} If an option is missing or wrong; the message names it. Nothing is thrown later.
 */
export function createTracker<P extends Properties = Properties>(options: TrackerOptions): Tracker<P> {
  const resolved = resolveOptions(options);
  return typeof document === 'undefined' ? idle : start<P>(resolved);
}

/** Starts with options that are known to be right: the script tag's own entry. */
export function start<P extends Properties>(options: ResolvedOptions): Tracker<P> {
  const { key, currency, queryParams } = options;
  const now = (): number => Math.floor(options.now());
  const onError = (error: TrackerError): void => {
    try {
      options.onError(error);
    } catch {
      // The page's own callback: its failure is not ours to throw into the page.
    }
  };
  const storage = createStorage();
  const device = deviceId(storage, now());
  const queue = createQueue({ ...options, onError }, createStore(`rastro ${key}`), () => ({
    v: 1,
    key,
    sent_at: now(),
    sdk: `rastro-js/${version}`,
    ...(navigator.webdriver ? { webdriver: true } : {}),
  }));
  const guard =
    <A extends unknown[]>(act: (...args: A) => void): ((...args: A) => void) =>
    (...args) => {
      try {
        act(...args);
      } catch (error) {
        onError({ code: 'misuse', message: String(error) });
      }
    };
  const unwatch = watchPage({ leave: guard(queue.leave), resume: () => void queue.send() });
  // Events that an earlier page left in the store; not at once, the page has better to do.
  const adopt = setTimeout(() => void queue.send(), options.flushIntervalMs);

  const track = (event_type: string): ((fields: object) => void) =>
    guard((fields) => {
      // A copy: what the page does to its objects later does not change what happened. `undefined` is left out.
      const copy = JSON.parse(JSON.stringify(fields)) as object;
      const event_time = now();
      const session = advanceSession(storage, event_time);
      queue.push(
        {
          ...pageContext(queryParams),
          currency,
          ...copy,
          event_id: uuid7(event_time, session.seq),
          event_type,
          event_time,
          device_id: device,
          session_id: session.id,
          session_seq: session.seq,
          customer_id: storage.get('rastro_customer') ?? undefined,
        },
        event_type === 'purchase',
      );
    });

  return {
    view: track('view'),
    cart: track('cart'),
    removeFromCart: track('remove_from_cart'),
    purchase: track('purchase'),
    identify: guard((customerId) => {
      const good = typeof customerId === 'string' && /^[^\p{Cc}\p{Cs}]{1,128}$/u.test(customerId);
      if (!good && customerId !== null) throw new TypeError(`customer ${customerId}`);
      storage.set('rastro_customer', customerId);
    }),
    flush: queue.send,
    stop() {
      clearTimeout(adopt);
      unwatch();
      queue.stop();
    },
  };
}

const nothing = (): void => {};
const idle: Tracker<never> = {
  view: nothing,
  cart: nothing,
  removeFromCart: nothing,
  purchase: nothing,
  identify: nothing,
  flush: () => Promise.resolve(true),
  stop: nothing,
};
