import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, chromium } from 'playwright';
import { createRandom } from './random.js';
import { visitShop } from './visit.js';

export interface ShoppersOptions {
  /** Where the shop is: `http://127.0.0.1:8080`. */
  baseUrl: string;
  /** Shoppers at the same time. Each needs some 100 MB of memory. */
  count: number;
  /** Chromium to start. @default the one that `npx playwright install chromium` brings */
  executablePath?: string | undefined;
  /** Same seed, same decisions; how they interleave is up to the machine. @default the clock */
  seed?: number | undefined;
  /** Sends the shoppers home. */
  signal: AbortSignal;
  /** Gets one line for each kind of trouble. Trouble never ends the run. */
  log: (message: string) => void;
}

const chromiumArgs = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** A page that takes longer than this is given up, and the shopper comes again. */
const stepTimeoutMs = 10_000;

/** Time for the last pages to send what they still hold, before the browser closes. */
const farewellMs = 300;

/** Time for all shoppers to leave after the abort; then the browser closes on whoever hangs in a page. */
const maxLeaveMs = 3000;

/**
 * Has headless shoppers walk through the shop until `signal` aborts. The browser is closed when this resolves.
 *
 * @throws {Error} If the browser does not start.
 */
export async function runShoppers(options: ShoppersOptions): Promise<void> {
  const { count, executablePath, seed = Date.now(), signal } = options;
  if (signal.aborted) return;
  const isRoot = process.getuid?.() === 0;
  const browser = await chromium.launch({
    args: chromiumArgs,
    // Chromium refuses its sandbox to root; switched off, Playwright passes --no-sandbox.
    chromiumSandbox: !isRoot,
    // Whoever holds `signal` decides what Ctrl-C does. Playwright's own handlers would end the process at once.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    ...(executablePath !== undefined && { executablePath }),
  });
  let closeTimer: NodeJS.Timeout | undefined;
  const closeSoon = (): void => {
    closeTimer = setTimeout(() => void browser.close(), maxLeaveMs);
  };
  signal.addEventListener('abort', closeSoon, { once: true });
  try {
    const log = logOnce(options.log);
    const shoppers = Array.from({ length: count }, (_, index) =>
      liveShopper(browser, { ...options, log }, index, seed),
    );
    await Promise.all(shoppers);
    if (!signal.aborted) log('shoppers: the browser has ended by itself');
  } finally {
    signal.removeEventListener('abort', closeSoon);
    clearTimeout(closeTimer);
    await browser.close();
  }
}

/** One device after the other: a shopper comes back a few times, then somebody new takes the place. */
async function liveShopper(browser: Browser, options: ShoppersOptions, index: number, seed: number): Promise<void> {
  const { signal, log } = options;
  const random = createRandom(seed + index * 7919);
  const pause = async (): Promise<void> => {
    await sleep(random.between(300, 2000), undefined, { signal });
  };
  for (let device = 0; !signal.aborted && browser.isConnected(); device++) {
    try {
      const phone = random.chance(0.5);
      const context = await browser.newContext({
        viewport: phone ? { width: 390, height: 844 } : { width: 1280, height: 800 },
        locale: 'pt-BR',
      });
      context.setDefaultTimeout(stepTimeoutMs);
      const page = await context.newPage();
      const visitor = { page, random, pause, baseUrl: options.baseUrl.replace(/\/+$/, ''), name: `${index}.${device}` };
      do {
        await visitShop(visitor).catch((error: unknown) => report(error, signal, log));
        // Leaving the shop, so that its tracker notices.
        await page.goto('about:blank').catch(() => undefined);
        await sleep(farewellMs);
        if (!signal.aborted) await pause();
      } while (!signal.aborted && random.chance(0.6));
      await context.close();
    } catch (error) {
      report(error, signal, log);
      // A shop or browser that is gone is not asked again at full speed.
      await sleep(1000, undefined, { signal }).catch(() => undefined);
    }
  }
}

function report(error: unknown, signal: AbortSignal, log: (message: string) => void): void {
  if (signal.aborted) return;
  const [firstLine = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  log(`shopper: ${firstLine}`);
}

function logOnce(log: (message: string) => void): (message: string) => void {
  const seen = new Set<string>();
  return (message) => {
    if (seen.has(message)) return;
    seen.add(message);
    log(message);
  };
}
