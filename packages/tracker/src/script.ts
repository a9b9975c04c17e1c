/**
 * Entry of the script tag:
 *
 *     <script async src="/rastro.js" data-key="demo"></script>
 *
 * `data-key` is needed; `data-endpoint` (default: `e` beside the script), `data-currency`, `data-consent`,
 * `data-cookie-domain`, and, without a value, `data-cookieless` and `data-ignore-gpc` are optional. Calls that the stub queued
 * before the script arrived keep their time.
 */
import { start } from './core.js';
import type { Tracker } from './types.js';

type Call = readonly [method: Exclude<keyof Tracker, 'stop'>, args: readonly never[], at: number];
declare global {
  interface Window {
    rastro?: Partial<Tracker> & { q?: { push(call: Call): unknown; map?(run: (call: Call) => void): unknown } };
  }
}

const script = document.currentScript as HTMLScriptElement | null;
const stub = window.rastro;
const calls = stub?.q;
// A second include finds the tracker of the first.
if (script && (!calls || calls.map)) {
  const { dataset } = script;
  if (!dataset['key']) throw Error('rastro: no data-key');
  let at: number | undefined;
  const tracker = start({
    endpoint: new URL('e', script.src).href,
    ...(dataset as { key: string; currency: string }),
    cookieless: 'cookieless' in dataset,
    now: () => at ?? Date.now(),
  });
  const run = ([method, args, calledAt]: Call): void => {
    at = calledAt;
    (tracker[method] as (...args: readonly never[]) => unknown)?.(...args);
    at = undefined;
  };
  // The stub itself becomes the tracker, and its queue runs what it gets: the page may have kept hold of either.
  window.rastro = Object.assign(stub ?? {}, tracker, { q: { push: run } });
  calls?.map?.(run);
}
