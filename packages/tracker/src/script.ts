/**
 * Entry of the script tag:
 *
 *     <script async src="/rastro.js" data-key="demo"></script>
 *
 * `data-key` is needed; `data-endpoint` (default: `e` beside the script), `data-currency` and `data-debug` (errors go to
 * the console) are optional. Calls that the stub queued before the script arrived keep their time.
 */
import { createTracker } from './tracker.js';
import type { Tracker } from './types.js';

type Call = readonly [method: Exclude<keyof Tracker, 'stop'>, args: readonly never[], at: number];
declare global {
  interface Window {
    rastro?: Partial<Tracker> & { q?: readonly Call[] };
  }
}

const script = document.currentScript as HTMLScriptElement | null;
const before = window.rastro;
// A second include finds the tracker of the first.
if (script && (!before || before.q)) {
  const { key = '', endpoint, currency, debug } = script.dataset;
  let at: number | undefined;
  const tracker = createTracker({
    key,
    endpoint: endpoint ?? new URL('e', script.src).href,
    currency,
    now: () => at ?? Date.now(),
    onError: debug === undefined ? undefined : (error) => console.warn('rastro', error),
  });
  for (const [method, args, calledAt] of before?.q ?? []) {
    at = calledAt;
    (tracker[method] as (...args: readonly never[]) => unknown)?.(...args);
  }
  at = undefined;
  window.rastro = tracker;
}
