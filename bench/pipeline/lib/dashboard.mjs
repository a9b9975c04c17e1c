// @ts-check
// Opens the dashboard in a headless Chromium and reads when each chart was drawn.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { ensureBrowser } from '../../../scripts/browser.mjs';
import { Failure } from '../../../scripts/lib/run.mjs';
import { peakOf } from './numbers.mjs';

/** For the slowest machine: all charts of one page. */
const pageLimitMs = 300_000;
const flags = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
/** What the page calls its measures: `rastro:chart:NAME`, ending when the chart stands. */
const prefix = 'rastro:chart:';

/**
 * @typedef {object} Dashboard
 * @property {string} browser
 * @property {number[]} firstPaintMs
 * @property {Record<string, number[]>} chartMs From the start of the navigation until it is drawn, of a server just started.
 * @property {number[]} allMs Until the last one is.
 * @property {number[]} againMs The same of a second visit, which the server answers from what it kept.
 * @property {number} peakBytes Of the server.
 */

/**
 * @param {{ lake: string, memory: string, threads: number, runs: number, from: string, to: string, onRun?: (time: number) => void }} options
 * @returns {Promise<Dashboard>}
 */
export async function measureDashboard({ runs, from, to, onRun, ...work }) {
  const { path, own } = await ensureBrowser();
  const browser = await chromium.launch({ args: flags, ...(own ? {} : { executablePath: path }) });
  try {
    /** @type {Dashboard} */
    const result = {
      browser: `Chromium ${browser.version()} (headless)`,
      firstPaintMs: [],
      chartMs: {},
      allMs: [],
      againMs: [],
      peakBytes: 0,
    };
    for (let time = 0; time < runs; time++) {
      onRun?.(time);
      const { base, close } = await serve(work);
      try {
        const url = `${base}/dashboard?from=${from}&to=${to}`;
        const { firstPaint, charts } = await open(browser, url);
        result.firstPaintMs.push(firstPaint);
        for (const [name, ms] of Object.entries(charts)) result.chartMs[name] = [...(result.chartMs[name] ?? []), ms];
        result.allMs.push(lastOf(charts));
        result.againMs.push(lastOf((await open(browser, url)).charts));
      } finally {
        result.peakBytes = Math.max(result.peakBytes, await close());
      }
    }
    return result;
  } finally {
    await browser.close();
  }
}

const lastOf = (/** @type {Record<string, number>} */ charts) => Math.max(...Object.values(charts));

/**
 * @param {{ lake: string, memory: string, threads: number }} work
 * @returns {Promise<{ base: string, close(): Promise<number> }>} `close` gives the most memory it ever had, in bytes.
 */
async function serve(work) {
  const script = fileURLToPath(new URL('dashboard-server.mjs', import.meta.url));
  const server = spawn(process.execPath, [script, JSON.stringify(work)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(server, 'exit');
  const early = exited.then(([code]) => {
    throw new Failure(`The dashboard's server ended with ${code}.`);
  });
  early.catch(() => undefined);
  const [line] = await Promise.race([once(createInterface(server.stdout), 'line'), early]);
  return {
    base: `http://127.0.0.1:${JSON.parse(line).port}`,
    async close() {
      const status = await readFile(`/proc/${server.pid}/status`, 'utf8').catch(() => '');
      server.kill();
      await exited;
      return peakOf(status) ?? Number.NaN;
    },
  };
}

/** @param {import('@playwright/test').Browser} browser @param {string} url */
async function open(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  try {
    const page = await context.newPage();
    /** @type {string[]} */
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(url);
    await page.waitForFunction(
      (name) => {
        // The live feed asks for no report.
        const sections = [...document.querySelectorAll('[id^="card-"]:not(#card-live)')];
        const drawn = performance.getEntriesByType('measure').filter((entry) => entry.name.startsWith(name));
        const failed = sections.some((section) => /** @type {HTMLElement} */ (section).dataset['state'] === 'error');
        return failed || (sections.length > 0 && drawn.length >= sections.length);
      },
      prefix,
      { timeout: pageLimitMs },
    );
    const found = await page.evaluate((name) => {
      const failed = [...document.querySelectorAll('[id^="card-"][data-state="error"]')].map(
        (section) => section.textContent,
      );
      const charts = performance.getEntriesByType('measure').filter((entry) => entry.name.startsWith(name));
      return {
        failed,
        firstPaint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
        charts: Object.fromEntries(
          charts.map((entry) => [entry.name.slice(name.length), entry.startTime + entry.duration]),
        ),
      };
    }, prefix);
    if (found.failed.length > 0 || errors.length > 0) {
      throw new Failure(`The dashboard failed: ${[...found.failed, ...errors].join('; ')}`);
    }
    return found;
  } finally {
    await context.close();
  }
}
