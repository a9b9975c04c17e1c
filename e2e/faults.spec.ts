import { mkdir, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { expect, type ShopUnderFault, type ShopWindow, test, until } from './support/shop-under-fault.js';

/** What a run of a case came to; `npm run faults` makes its table of these. */
export interface FaultResult {
  /** 1–19. */
  readonly number: number;
  readonly name: string;
  readonly run: number;
  /** Events that the pages tracked, each with a product of its own. */
  readonly tracked: number;
  /** Of these, on the stream exactly once after de-duplication by `event_id`. */
  readonly once: number;
  /** Records beyond the first of their `event_id`. */
  readonly streamDuplicates: number;
  /** Events that the collector received again after the first time; what a fault refused is not counted. */
  readonly wireDuplicates: number;
  /** Of those tracked, on the stream before the shop was opened again. */
  readonly withoutComingBack?: number | undefined;
  /** Whether the page that was left came back from the back/forward cache. */
  readonly backForwardCache?: boolean | undefined;
  readonly browser: string;
}

/** How long faults last, and how often each is tried: `npm run faults` has them last as long as the table says. */
const full = process.env['RASTRO_FAULTS'] === 'full';
const runs = Number(process.env['RASTRO_FAULT_RUNS'] ?? 1);
const outageMs = full ? 5000 : 2500;
const offlineMs = full ? 10_000 : 4000;
const longOutageMs = full ? 60_000 : 10_000;
/**
 * How long a page has been open that keeps its events on the disk only. A browser takes up to 100 ms to make the database
 * of a shop on its first page; whether what is tracked before survives is a race. RASTRO_FAULT_LOOK_MS=0 runs it.
 */
const lookMs = Number(process.env['RASTRO_FAULT_LOOK_MS'] ?? 1500);
/** From the end of the fault to the last event; a tracker may pause for a minute between two attempts. */
const recoveryMs = full ? 90_000 : 45_000;

interface Run {
  readonly shop: ShopUnderFault;
  /** Events of the case. */
  readonly count: number;
  /** Calls `view` for products `from`–`to` of the case, all in one task. */
  track(page: Page, from?: number, to?: number): Promise<void>;
  /** As `track`, and the page is left for `url` in the same task, or so much later. */
  trackAndLeave(page: Page, url: string, afterMs?: number): Promise<void>;
  /** To be called when the shop is left and not opened again yet: notes what has arrived all the same. */
  left(): Promise<void>;
  /** Goes back to a page of the shop that was left, and notes whether it had been kept whole. */
  goBack(page: Page): Promise<void>;
}

interface Case {
  readonly name: string;
  /** @default 50 */
  readonly events?: number;
  /** From the start of the browser to where nothing stands in the way of delivery any more; holds that the fault was one. */
  readonly act: (run: Run) => Promise<void>;
  /** After everything is measured. */
  readonly after?: (run: Run) => Promise<void>;
}

const nothingArrived = async ({ shop }: Run): Promise<void> => {
  expect(await shop.records()).toEqual([]);
};

/** The collector answers with a status for some seconds from the first request on. */
async function answerWith(run: Run, status: number, track: () => Promise<void>, retryAfterSeconds?: number) {
  const { front } = run.shop;
  front.fail({ kind: 'status', status, ...(retryAfterSeconds ? { retryAfterSeconds } : {}) });
  await track();
  expect(await until(() => front.deliveries.length > 0, 15_000), 'the tracker tried').toBe(true);
  await sleep(outageMs);
  expect(front.deliveries.map((delivery) => delivery.status)).toEqual(front.deliveries.map(() => status));
  await nothingArrived(run);
  front.fail(undefined);
}

/** The listener is closed for so long. */
async function refuseFor(run: Run, forMs: number): Promise<void> {
  const { shop, track } = run;
  await shop.start();
  const page = await shop.open();
  await shop.front.refuse();
  await track(page);
  await sleep(forMs);
  expect(await dial(shop.front.url)).toBe('ECONNREFUSED');
  expect(shop.browser.failures).toContain('net::ERR_CONNECTION_REFUSED');
  await nothingArrived(run);
  await shop.front.listen();
}

function dial(url: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = createConnection(Number(new URL(url).port), '127.0.0.1', () => {
      socket.destroy();
      resolve('connected');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
  });
}

/** In the tab that the shop was opened in first. */
async function goBackInFirstTab({ shop, goBack }: Run): Promise<void> {
  const [, page] = shop.browser.context.pages();
  if (page) await goBack(page);
}

/** The browser has no network. */
async function goOffline({ shop }: Run, page: Page): Promise<void> {
  await shop.browser.context.setOffline(true);
  const reached = await page.evaluate(() =>
    fetch('/healthz').then(
      () => true,
      () => false,
    ),
  );
  expect(reached, 'the page reaches the server').toBe(false);
}

const cases: readonly Case[] = [
  {
    name: 'calm',
    async act({ shop, track }) {
      await shop.start();
      await track(await shop.open());
    },
  },
  {
    name: 'navigate away at once',
    async act({ shop, trackAndLeave, left }) {
      await shop.start();
      await trackAndLeave(await shop.open(), 'about:blank');
      await left();
      await shop.open();
    },
    after: goBackInFirstTab,
  },
  {
    name: 'close the tab at once, open the shop again',
    async act({ shop, track, left }) {
      await shop.start();
      const page = await shop.open();
      await track(page);
      await page.close();
      await left();
      await shop.open();
    },
  },
  {
    name: 'kill -9 the browser at once, start it again',
    async act({ shop, track, left }) {
      const browser = await shop.start();
      const page = await shop.open();
      await sleep(lookMs);
      await track(page);
      await writeOwn(page);
      expect(await browser.kill()).toBe('SIGKILL');
      await left();
      await shop.start();
      await shop.open();
    },
  },
  {
    name: '503 with Retry-After',
    async act(run) {
      await run.shop.start();
      const page = await run.shop.open();
      await answerWith(run, 503, () => run.track(page), 1);
    },
  },
  {
    name: '500',
    async act(run) {
      await run.shop.start();
      const page = await run.shop.open();
      await answerWith(run, 500, () => run.track(page));
    },
  },
  { name: 'connection refused', act: (run) => refuseFor(run, outageMs) },
  {
    name: 'offline',
    async act(run) {
      const { context } = await run.shop.start();
      const page = await run.shop.open();
      await goOffline(run, page);
      await run.track(page);
      await sleep(offlineMs);
      await nothingArrived(run);
      await context.setOffline(false);
    },
  },
  {
    name: 'offline, close the tab, open the shop again',
    async act(run) {
      const { context } = await run.shop.start();
      const page = await run.shop.open();
      await goOffline(run, page);
      await sleep(lookMs);
      await run.track(page);
      await page.close();
      await sleep(1000);
      await nothingArrived(run);
      await context.setOffline(false);
      await run.shop.open();
    },
  },
  {
    name: 'answers lost after the collector took the events',
    async act({ shop, track }) {
      const { failures } = await shop.start();
      const page = await shop.open();
      shop.front.fail({ kind: 'lost answers', count: 1 });
      await track(page);
      expect(await until(() => failures.length > 0, 15_000), 'a request failed').toBe(true);
      expect(shop.front.durable.size).toBeGreaterThan(0);
    },
  },
  {
    name: 'two tabs, 500',
    async act(run) {
      await run.shop.start();
      const [one, two] = [await run.shop.open(), await run.shop.open()];
      const half = run.count / 2;
      await answerWith(run, 500, async () => {
        await Promise.all([run.track(one, 1, half), run.track(two, half + 1, run.count)]);
      });
    },
  },
  {
    name: 'a burst, leave after a second, come back',
    events: 2000,
    async act({ shop, trackAndLeave, left }) {
      await shop.start();
      await trackAndLeave(await shop.open(), 'about:blank', 1000);
      await left();
      await shop.open();
    },
  },
  {
    name: 'slow server, ten quick pages',
    async act({ shop, track, count }) {
      await shop.start();
      shop.front.fail({ kind: 'slow', delayMs: 2000 });
      const page = await shop.open('/?page=1');
      const each = count / 10;
      let unanswered = 0;
      for (let n = 1; n <= 10; n++) {
        await track(page, (n - 1) * each + 1, n * each);
        if (n === 10) break;
        await page.evaluate(
          (url) => {
            location.href = url;
          },
          `/?page=${n + 1}`,
        );
        await page.waitForURL(`**/?page=${n + 1}`);
        await shop.ready(page);
        if (shop.front.quietMs() === 0) unanswered++;
      }
      expect(unanswered, 'pages that came before an answer').toBeGreaterThan(0);
    },
    after: goBackInFirstTab,
  },
  {
    name: 'hidden, frozen, discarded; open the shop again',
    async act({ shop, track, left }) {
      const { context, home } = await shop.start();
      const page = await shop.open();
      const session = await context.newCDPSession(page);
      await track(page);
      await home.bringToFront();
      expect(await until(() => page.evaluate(() => document.hidden), 5000), 'the page is hidden').toBe(true);
      await session.send('Page.setWebLifecycleState', { state: 'frozen' });
      expect(
        await until(() => page.evaluate(() => (window as unknown as ShopWindow).frozen), 5000),
        'the page is frozen',
      ).toBe(true);
      await page.close();
      await left();
      await shop.open();
    },
  },
  {
    name: 'storage full, 500',
    async act(run) {
      const { shop } = run;
      const { context, home } = await shop.start();
      await home.goto(`${shop.front.url}/plain`);
      await home.evaluate(() => {
        for (let size = 1 << 22, n = 0; size >= 1; ) {
          try {
            localStorage.setItem(`fill${n++}`, 'x'.repeat(size));
          } catch {
            size >>= 1;
          }
        }
      });
      const session = await context.newCDPSession(home);
      // Of the whole origin: what IndexedDB writes from now on is over it.
      await session.send('Storage.overrideQuotaForOrigin', { origin: shop.front.url, quotaSize: 1 });
      const refusals = await home.evaluate(async () => {
        const local = (): string => {
          try {
            localStorage.setItem('one', 'more');
            return 'taken';
          } catch (error) {
            return (error as DOMException).name;
          }
        };
        const indexed = new Promise<string>((resolve) => {
          const request = indexedDB.open('probe', 1);
          request.onupgradeneeded = () => request.result.createObjectStore('probe');
          request.onerror = () => resolve(request.error?.name ?? '');
          request.onsuccess = () => {
            const write = request.result.transaction('probe', 'readwrite');
            write.objectStore('probe').put('x'.repeat(1000), 1);
            write.oncomplete = () => resolve('taken');
            write.onabort = () => resolve(write.error?.name ?? '');
          };
        });
        return [local(), await indexed];
      });
      expect(refusals).toEqual(['QuotaExceededError', 'QuotaExceededError']);
      const page = await shop.open();
      await answerWith(run, 500, () => run.track(page));
    },
  },
  {
    name: 'storage and cookies throw',
    async act({ shop, track }) {
      const { context } = await shop.start();
      await context.addInitScript(() => {
        const blocked = (): never => {
          throw new DOMException('blocked', 'SecurityError');
        };
        for (const name of ['indexedDB', 'localStorage', 'sessionStorage']) {
          Object.defineProperty(window, name, { get: blocked });
        }
        Object.defineProperty(Document.prototype, 'cookie', { get: blocked, set: blocked });
      });
      const page = await shop.open();
      expect(await blockedStorage(page)).toEqual(['indexedDB', 'localStorage', 'sessionStorage', 'cookie']);
      await track(page);
    },
  },
  {
    name: 'all site data blocked in the settings',
    async act({ shop, track }) {
      const folder = join(shop.profile, 'Default');
      await mkdir(folder, { recursive: true });
      const blocked = { profile: { default_content_setting_values: { cookies: 2 } } };
      await writeFile(join(folder, 'Preferences'), JSON.stringify(blocked));
      await shop.start();
      const page = await shop.open();
      expect(await blockedStorage(page)).toEqual(['indexedDB', 'localStorage', 'sessionStorage', 'cookie']);
      await track(page);
    },
  },
  { name: 'connection refused for a minute', act: (run) => refuseFor(run, longOutageMs) },
  {
    name: 'offline, kill -9 the browser, start it again',
    async act(run) {
      const browser = await run.shop.start();
      const page = await run.shop.open();
      await goOffline(run, page);
      await sleep(lookMs);
      await run.track(page);
      await writeOwn(page);
      expect(await browser.kill()).toBe('SIGKILL');
      await nothingArrived(run);
      await run.shop.start();
      await run.shop.open();
    },
  },
];

/**
 * Writes something of the page's own, which is on the disk when this resolves: so is what the page wrote before. A signal
 * can overtake what a page has handed to a busy browser, and a test must not depend on which is faster.
 */
function writeOwn(page: Page): Promise<void> {
  return page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.open('own', 1);
        request.onupgradeneeded = () => request.result.createObjectStore('own');
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const write = request.result.transaction('own', 'readwrite');
          write.objectStore('own').put(1, 1);
          write.oncomplete = () => resolve();
          write.onabort = () => reject(write.error);
        };
      }),
  );
}

/** Which of the places where a page keeps something refuse to. */
function blockedStorage(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const tries: Record<string, () => unknown> = {
      indexedDB: () =>
        new Promise((resolve, reject) => {
          const request = indexedDB.open('probe');
          request.onsuccess = resolve;
          request.onerror = reject;
        }),
      localStorage: () => localStorage.setItem('probe', '1'),
      sessionStorage: () => sessionStorage.setItem('probe', '1'),
      cookie() {
        // biome-ignore lint/suspicious/noDocumentCookie: this is about it.
        document.cookie = 'probe=1';
        if (!document.cookie.includes('probe')) throw new Error('not kept');
      },
    };
    const blocked: string[] = [];
    for (const [name, attempt] of Object.entries(tries)) {
      try {
        await attempt();
      } catch {
        blocked.push(name);
      }
    }
    return blocked;
  });
}

test.describe.configure({ mode: 'parallel' });
// A trace would put scripts of its own into the pages that are measured.
test.use({ trace: 'off' });

for (const [at, { name, events: count = 50, act, after }] of cases.entries()) {
  for (let run = 1; run <= runs; run++) {
    const number = at + 1;
    test(`${number} ${name}${runs > 1 ? `, run ${run}` : ''}`, async ({ shop }, testInfo) => {
      test.setTimeout(60_000 + longOutageMs + 2 * recoveryMs);
      const products = Array.from({ length: count }, (_, n) => `${number}-${n + 1}`);
      let withoutComingBack: number | undefined;
      let backForwardCache: boolean | undefined;
      const arrived = async (): Promise<number> => {
        const there = new Set((await shop.records()).map(({ record }) => record['product_id']));
        return products.filter((product) => there.has(product)).length;
      };
      const call = (page: Page, from: number, to: number, url: string | undefined, afterMs: number): Promise<void> =>
        page.evaluate(
          (of) => {
            const { rastro } = window as unknown as ShopWindow;
            for (const product_id of of.products) rastro.view({ product_id });
            const leave = (): void => {
              location.href = of.url ?? '';
            };
            if (of.url && of.afterMs > 0) setTimeout(leave, of.afterMs);
            else if (of.url) leave();
          },
          { products: products.slice(from - 1, to), url, afterMs },
        );
      const rig: Run = {
        shop,
        count,
        track: (page, from = 1, to = count) => call(page, from, to, undefined, 0),
        async trackAndLeave(page, url, afterMs = 0) {
          await call(page, 1, count, url, afterMs);
          await page.waitForURL(url);
        },
        async left() {
          await shop.quiet();
          withoutComingBack = await arrived();
        },
        async goBack(page) {
          await page.evaluate(() => history.back());
          await page.waitForTimeout(1000);
          backForwardCache = await page.evaluate(() => (window as unknown as ShopWindow).shown.includes(true));
        },
      };

      await act(rig);
      await until(() => shop.front.durable.size >= count, recoveryMs);
      // What comes once more comes now.
      await shop.quiet();
      const records = (await shop.records()).map(({ record }) => record);
      await after?.(rig);

      const ids = new Map(records.map(({ event_id, product_id }) => [event_id, product_id as string]));
      const times = new Map<string, number>();
      for (const product of ids.values()) times.set(product, (times.get(product) ?? 0) + 1);
      const received = shop.front.deliveries.flatMap((delivery) => (delivery.received ? delivery.events : []));
      const result: FaultResult = {
        number,
        name,
        run,
        tracked: count,
        once: products.filter((product) => times.get(product) === 1).length,
        streamDuplicates: records.length - ids.size,
        wireDuplicates: received.length - new Set(received.map(({ event_id }) => event_id)).size,
        withoutComingBack,
        backForwardCache,
        browser: shop.browser.version,
      };
      await testInfo.attach('fault', { body: JSON.stringify(result), contentType: 'application/json' });
      expect(result.once, `of ${count} events on the stream exactly once`).toBe(count);
      expect([...times.keys()].sort()).toEqual([...products].sort());
    });
  }
}
