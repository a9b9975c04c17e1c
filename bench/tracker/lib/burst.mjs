// @ts-check
import { tasksSince } from './trace.mjs';
import { settle, visit } from './visit.mjs';

/** 2,000 product views, in three ways. */
export const ways = /** @type {const} */ ({
  'one call per task': 1,
  '100 calls per task': 100,
  'all in one task': 2000,
});
/** @typedef {keyof typeof ways} Way */
export const burstSize = 2000;

/**
 * @typedef {object} Burst
 * @property {number} reached Of 2,000.
 * @property {number} callingMs Longest task with calls in it.
 * @property {number} callsMs The calls themselves, the longest of a task.
 * @property {number} afterCallsMs The longest that a tracker went on in a task of the page, after its calls: microtasks.
 * @property {number} ownMs Longest task without a call in it: the tracker's own.
 * @property {number} blockingMs What tasks without a call were over 50 ms, added up.
 * @property {import('./trace.mjs').Task[]} long All over 50 ms.
 */

/**
 * @param {import('./visit.mjs').Bench} bench
 * @param {import('./trackers.mjs').Name} name
 * @param {Way} way
 * @param {number} rate
 * @returns {Promise<Burst>}
 */
export const measureBurst = (bench, name, way, rate) =>
  visit(bench, name, rate, async ({ page, start }) => {
    const { browser, sink } = bench;
    await start();
    await page.evaluate(async () => {
      await /** @type {any} */ (window).bench.views('warm', 50);
    });
    await settle(page, sink);
    sink.reset();
    await browser.startTracing(undefined, {
      screenshots: false,
      categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'toplevel', 'blink.user_timing'],
    });
    await page.evaluate(
      ([count, perTask]) => /** @type {any} */ (window).bench.views('view', count, perTask),
      /** @type {const} */ ([burstSize, ways[way]]),
    );
    await settle(page, sink);
    /** @type {{ traceEvents: import('./trace.mjs').TraceEvent[] }} */
    const { traceEvents } = JSON.parse(String(await browser.stopTracing()));
    const tasks = tasksSince(traceEvents, 'bench:begin');
    const calling = tasks.filter(({ callMs }) => callMs > 0);
    const own = tasks.filter(({ callMs }) => callMs === 0);
    const most = (/** @type {number[]} */ values) => values.reduce((a, b) => Math.max(a, b), 0);
    return {
      reached: sink.reached('view'),
      callingMs: most(calling.map(({ ms }) => ms)),
      callsMs: most(calling.map(({ callMs }) => callMs)),
      afterCallsMs: most(calling.map(({ ms, callMs }) => ms - callMs)),
      ownMs: most(own.map(({ ms }) => ms)),
      blockingMs: own.reduce((sum, { ms }) => sum + Math.max(0, ms - 50), 0),
      long: tasks.filter(({ ms }) => ms > 50),
    };
  });
