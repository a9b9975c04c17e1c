import { start } from './core.js';
import { resolveOptions, type TrackerOptions } from './options.js';
import type { Properties, Tracker } from './types.js';

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
  const tracker = start<P>(resolved);
  const { onError } = options;
  if (onError)
    tracker.on((...[type, detail]) => {
      if (type === 'error') onError(detail);
      if (type === 'answer') detail.errors.forEach(onError);
    });
  return tracker;
}

const nothing = (): void => {};
const idle: Tracker<never> = {
  view: nothing,
  cart: nothing,
  removeFromCart: nothing,
  purchase: nothing,
  identify: nothing,
  consent: nothing,
  reset: nothing,
  use: nothing,
  flush: () => Promise.resolve(true),
  stop: nothing,
};
