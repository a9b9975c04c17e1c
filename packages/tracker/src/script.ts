/**
 * Entry of the script tag:
 *
 *     <script async src="/rastro.js" data-key="demo"></script>
 *
 * `data-key` is needed; `data-endpoint` (default: `e` beside the script), `data-currency` and `data-debug` (errors go to
 * the console) are optional. Calls that the stub queued before the script arrived keep their time.
 */
import { defaultOptions } from './options.js';
import { start } from './tracker.js';
import type { Tracker } from './types.js';

type Call = readonly [method: Exclude<keyof Tracker, 'stop'>, args: readonly never[], at: number];
declare global {
  interface Window {
    rastro?: Partial<Tracker> & { q?: { push(call: Call): unknown } };
  }
}

const script = document.currentScript as HTMLScriptElement | null;
const stub = window.rastro;
const calls = stub?.q;
// A second include finds the tracker of the first.
if (script && (!stub || Array.isArray(calls))) {
  const { key, endpoint, currency, debug } = script.dataset;
  if (!key) throw new TypeError('rastro: data-key is missing');
  let at: number | undefined;
  const tracker = start({
    ...defaultOptions,
    key,
    endpoint: endpoint ?? new URL('e', script.src).href,
    currency,
    now: () => at ?? Date.now(),
    onError: (error) => debug !== undefined && console.warn('rastro', error),
  });
  const run = ([method, args, calledAt]: Call): void => {
    at = calledAt;
    (tracker[method] as (...args: readonly never[]) => unknown)?.(...args);
    at = undefined;
  };
  // The stub itself becomes the tracker, and its queue runs what it gets: the page may have kept hold of either.
  window.rastro = Object.assign(stub ?? {}, tracker, { q: { push: run } });
  if (Array.isArray(calls)) (calls as Call[]).forEach(run);
}
