import { pageContext } from './context.js';
import { deviceId } from './identity.js';
import { resolveOptions, type TrackerOptions } from './options.js';
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
  if (typeof document === 'undefined') return idle;

  const { key, currency, now, onError, queryParams } = resolved;
  const storage = createStorage();
  const device = deviceId(storage, now());
  const queue = createQueue(resolved, createStore(`rastro ${key}`), () => ({
    v: 1,
    key,
    sent_at: now(),
    sdk: `rastro-js/${version}`,
    ...(navigator.webdriver ? { webdriver: true } : {}),
  }));
  const unwatch = watchPage({ leave: queue.leave, resume: () => void queue.send() });
  // Events that an earlier page left in the store; not at once, the page has better to do.
  const adopt = setTimeout(() => void queue.send(), resolved.flushIntervalMs);

  const guard =
    <A extends unknown[]>(act: (...args: A) => void): ((...args: A) => void) =>
    (...args) => {
      try {
        act(...args);
      } catch (error) {
        onError({ code: 'misuse', message: String(error) });
      }
    };
  const track = (event_type: string): ((fields: object) => void) =>
    guard((fields) => {
      const event_time = now();
      const session = advanceSession(storage, event_time);
      queue.push(
        {
          ...pageContext(queryParams),
          currency,
          ...fields,
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
    identify: guard((customerId) => storage.set('rastro_customer', customerId)),
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
