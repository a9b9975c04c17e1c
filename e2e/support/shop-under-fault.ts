import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test as base, expect, type Page } from '@playwright/test';
import { startDevServer } from '@rastro/collector/dev';
import { type BrowserProcess, startBrowserProcess } from './browser-process.js';
import { type Front, startFront } from './front.js';
import { type Found, readStream } from './read-stream.js';

/** What the shop's page calls. */
export interface Rastro {
  view(product: object): void;
  cart(product: object): void;
  purchase(order: object): void;
  flush(): Promise<boolean>;
}
export type ShopWindow = Window & { rastro: Rastro; shown: boolean[]; frozen: boolean };

/** A shop with a server that can fail in front of its collector, and a browser that can be killed. */
export interface ShopUnderFault {
  readonly front: Front;
  /** The browser that runs now. */
  readonly browser: BrowserProcess;
  /** Where the browser keeps the profile. */
  readonly profile: string;
  /** Starts a browser with the profile; the one before must have been killed. */
  start(): Promise<BrowserProcess>;
  /** Opens a page of the shop in a new tab, and waits until the tracker is there. */
  open(path?: string): Promise<Page>;
  /** Waits until a page has its tracker. */
  ready(page: Page): Promise<void>;
  /** What the stream holds, read by a process of its own. */
  records(): Promise<Found[]>;
  /** Waits until nothing has been sent for this long; at most half a minute. */
  quiet(forMs?: number): Promise<void>;
}

/** Between a shopper and the collector. Unit: ms. */
const roundTripMs = 80;

/** The script tag on a minimal page; what the page keeps for the test is whether it was frozen, or restored. */
const page = `<!doctype html><html lang="en"><title>Shop</title>
<script>
  window.shown = [];
  addEventListener('pageshow', (event) => shown.push(event.persisted));
  document.addEventListener('freeze', () => { window.frozen = true; });
</script>
<script async src="/rastro.js" data-key="demo" data-currency="BRL"></script>`;

export const test = base.extend<{ shop: ShopUnderFault }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the pattern.
  shop: async ({}, use) => {
    const server = await startDevServer({ port: 0 });
    const pages = { '/': page, '/plain': '<!doctype html><html lang="en"><title>No tracker</title>' };
    const front = await startFront({ upstream: server.url, pages, roundTripMs });
    const profile = await mkdtemp(join(tmpdir(), 'rastro-profile-'));
    let browser: BrowserProcess | undefined;
    const ready = async (of: Page): Promise<void> => {
      await of.waitForFunction(() => 'flush' in ((window as unknown as ShopWindow).rastro ?? {}));
    };
    const start = async (): Promise<BrowserProcess> => {
      browser = await startBrowserProcess(profile);
      return browser;
    };
    const running = (): BrowserProcess => {
      if (!browser) throw new Error('Start the browser first');
      return browser;
    };
    try {
      await use({
        front,
        profile,
        get browser() {
          return running();
        },
        start,
        ready,
        async open(path = '/') {
          const opened = await running().context.newPage();
          await opened.goto(front.url + path);
          await ready(opened);
          return opened;
        },
        records: () =>
          readStream(server.streams.endpoint ?? '', server.streams.region ?? '', server.streams.streamName),
        quiet: async (forMs = 2000) => {
          await until(() => front.quietMs() > forMs, 30_000);
        },
      });
    } finally {
      await browser?.kill();
      await front.close();
      await server.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    }
  },
});
export { expect };

/** Waits for a condition. @returns Whether it came true in time. */
export async function until(condition: () => boolean | Promise<boolean>, limitMs: number): Promise<boolean> {
  for (const end = performance.now() + limitMs; performance.now() < end; await sleep(50)) {
    if (await condition()) return true;
  }
  return condition();
}
