// @ts-check
import { percentile } from './statistics.mjs';

/**
 * @typedef {object} Bench What a measurement needs.
 * @property {import('@playwright/test').Browser} browser
 * @property {import('./sink.mjs').Sink} sink
 *
 * @typedef {import('./trackers.mjs').Name} Name
 *
 * @typedef {object} Visit
 * @property {import('@playwright/test').Page} page
 * @property {() => Promise<number>} busyUs What the page's main thread has worked so far.
 * @property {() => Promise<number>} start Loads the tracker and starts it; ms of init and user id.
 *
 * @typedef {object} Loading Of one load. `*Ms` and `*Us` on the main thread.
 * @property {number} evaluateMs Compiling and running the script.
 * @property {number} startMs Init and user id.
 * @property {number} readyMs Both.
 * @property {number} allMs All that the main thread did from adding the script until 1.5 s after.
 * @property {number} longTasks Over 50 ms, meanwhile.
 * @property {number} firstUs The first product view.
 * @property {number} spacedUs Of 20 with 25 ms between them, the median.
 *
 * @typedef {object} Calling Of 1,000 calls, one per task.
 * @property {number} medianUs
 * @property {number} p95Us
 * @property {number} allUs All that the main thread did until all was sent and answered, per call.
 * @property {number} longTasks
 * @property {number} longestMs 0 without a long task.
 * @property {number} requests
 * @property {number} reached Product views that came, of 1,000.
 */

/** Chromium's own, without the word that lets some trackers drop a visit as one of a robot. */
const userAgent = (/** @type {string} */ version) =>
  `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version.split('.')[0]}.0.0.0 Safari/537.36`;

/** Longer than any of the trackers waits before it sends: PostHog waits 3 s. */
const quietMs = 3600;
const settleLimitMs = 180_000;
/** Calls of a run. */
export const callCount = 1000;

/**
 * Opens a page as a new visitor: nothing is in a cache or a storage.
 *
 * @template T
 * @param {Bench} bench
 * @param {Name} name
 * @param {number} rate How many times slower the processor is made.
 * @param {(visit: Visit) => Promise<T>} body
 * @returns {Promise<T>}
 */
export async function visit({ browser, sink }, name, rate, body) {
  const context = await browser.newContext({
    userAgent: userAgent(browser.version()),
    viewport: { width: 1280, height: 720 },
  });
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await page.goto(`${sink.url}/p/44600062?utm_source=mail&utm_campaign=nov`);
    await session.send('Performance.enable', { timeDomain: 'timeTicks' });
    await session.send('Emulation.setCPUThrottlingRate', { rate });
    sink.reset();
    /** @type {Error[]} */
    const errors = [];
    page.on('pageerror', (error) => errors.push(error));
    const result = await body({
      page,
      async busyUs() {
        const { metrics } = await session.send('Performance.getMetrics');
        return (metrics.find((metric) => metric.name === 'TaskDuration')?.value ?? Number.NaN) * 1e6;
      },
      async start() {
        const endpoint = `${sink.url}/rastro/e`;
        await page.evaluate(
          async ([tracker, data]) => {
            const { bench } = /** @type {any} */ (window);
            await bench.load(`/tracker/${tracker}.js`, data);
          },
          /** @type {const} */ ([name, name === 'rastro' ? { key: 'demo', endpoint } : {}]),
        );
        if (name === 'rastro') await page.evaluate(() => /** @type {any} */ (window).bench.load('/adapter.js', {}));
        return page.evaluate(() => /** @type {number} */ (/** @type {any} */ (window).bench.start()));
      },
    });
    // What a tracker that has failed costs says nothing.
    if (errors[0]) throw new Error(`${name} failed in the page`, { cause: errors[0] });
    return result;
  } finally {
    await context.close();
  }
}

/**
 * Waits until the tracker has sent what it will send, or for three minutes.
 *
 * @param {import('@playwright/test').Page} page
 * @param {import('./sink.mjs').Sink} sink
 */
export async function settle(page, sink) {
  const end = performance.now() + settleLimitMs;
  for (;;) {
    await sink.quiet(quietMs, end - performance.now());
    const asked = performance.now();
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
    // A page that is busy sends nothing, and has not finished.
    if (performance.now() - asked < 1000 || performance.now() > end) return;
  }
}

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * @param {Bench} bench
 * @param {Name} name
 * @param {number} rate
 * @returns {Promise<Loading>}
 */
export const measureLoading = (bench, name, rate) =>
  visit(bench, name, rate, async ({ page, busyUs, start }) => {
    await pause(300);
    const before = await busyUs();
    await bench.browser.startTracing(undefined, { categories: ['devtools.timeline'], screenshots: false });
    const startMs = await start();
    const trace = await bench.browser.stopTracing();
    await pause(1500);
    const allMs = ((await busyUs()) - before) / 1000;
    const evaluateMs = evaluationMs(trace, `/tracker/${name}.js`);
    const rest = await page.evaluate(async () => {
      const { bench } = /** @type {any} */ (window);
      const longTasks = /** @type {number[]} */ (bench.longTasks()).length;
      const firstUs = /** @type {number} */ (bench.view('first-0'));
      const spaced = /** @type {number[]} */ (await bench.spaced('spaced', 20, 25));
      bench.buy('bought-0');
      return { longTasks, firstUs, spaced };
    });
    return {
      evaluateMs,
      startMs,
      readyMs: evaluateMs + startMs,
      allMs,
      longTasks: rest.longTasks,
      firstUs: rest.firstUs,
      spacedUs: percentile(rest.spaced, 0.5),
    };
  });

/**
 * @param {Buffer} trace
 * @param {string} path
 */
function evaluationMs(trace, path) {
  /** @type {{ traceEvents: import('./trace.mjs').TraceEvent[] }} */
  const { traceEvents } = JSON.parse(String(trace));
  const found = traceEvents.filter(
    ({ name, ph, args }) => name === 'EvaluateScript' && ph === 'X' && args.data?.url?.endsWith(path),
  );
  if (found.length !== 1) throw new Error(`${path} was evaluated ${found.length} times`);
  return (found[0]?.dur ?? 0) / 1000;
}

/**
 * @param {Bench} bench
 * @param {Name} name
 * @param {number} rate
 * @returns {Promise<Calling>} `allUs` with what the page costs without a tracker.
 */
export const measureCalling = (bench, name, rate) =>
  visit(bench, name, rate, async ({ page, busyUs, start }) => {
    const { sink } = bench;
    await start();
    await page.evaluate(async () => {
      await /** @type {any} */ (window).bench.views('warm', 50);
    });
    await settle(page, sink);
    sink.reset();
    await page.evaluate(() => /** @type {any} */ (window).bench.longTasks());
    const before = await busyUs();
    const us = await page.evaluate(
      (count) => /** @type {Promise<number[]>} */ (/** @type {any} */ (window).bench.views('view', count)),
      callCount,
    );
    await settle(page, sink);
    const allUs = ((await busyUs()) - before) / callCount;
    const longTasks = await page.evaluate(
      () => /** @type {number[]} */ (/** @type {any} */ (window).bench.longTasks()),
    );
    return {
      medianUs: percentile(us, 0.5),
      p95Us: percentile(us, 0.95),
      allUs,
      longTasks: longTasks.length,
      longestMs: Math.max(0, ...longTasks),
      requests: sink.requests(),
      reached: sink.reached('view'),
    };
  });
