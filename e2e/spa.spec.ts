import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import { startDevServer } from '@rastro/collector/dev';
import { spa } from '@rastro/example-spa';
import { test as base, expect } from './support/fixtures.js';
import { type Found, readStream } from './support/read-stream.js';

type Mode = 'production' | 'development';
type Fields = Found['record'];
/** An event as it stands in a request. */
interface Sent {
  readonly event_type: string;
  readonly session_seq: number;
}
interface SpaShop {
  readonly url: string;
  /** What a reader of the stream counts: each `event_id` once, those of a session in their order, without web vitals. */
  records(): Promise<Fields[]>;
  /** Waits until so many of them are there. */
  settled(count: number): Promise<Fields[]>;
  vitals(): Promise<Fields[]>;
  /** Events of all requests for the endpoint, web vitals too; an order is one. */
  readonly sent: readonly Sent[];
}

const root = fileURLToPath(new URL('../examples/spa', import.meta.url));
const vite = fileURLToPath(new URL('../node_modules/vite/bin/vite.js', import.meta.url));

const test = base.extend<{ mode: Mode; spaShop: SpaShop }, { built: (mode: Mode) => Promise<string> }>({
  /** In development builds React runs effects twice (StrictMode). */
  mode: ['production', { option: true }],
  built: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the pattern.
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'rastro-spa-'));
      const builds = new Map<Mode, Promise<string>>();
      const build = async (mode: Mode): Promise<string> => {
        const args = [vite, 'build', '--mode', mode, '--outDir', join(folder, mode), '--logLevel', 'error'];
        await promisify(execFile)(process.execPath, args, { cwd: root, env: { ...process.env, NODE_ENV: mode } });
        return join(folder, mode);
      };
      await use((mode) => {
        const found = builds.get(mode) ?? build(mode);
        builds.set(mode, found);
        return found;
      });
      await rm(folder, { recursive: true });
    },
    { scope: 'worker' },
  ],
  spaShop: async ({ mode, built }, use) => {
    const folder = await built(mode);
    const sent: Sent[] = [];
    const server = await startDevServer({
      port: 0,
      register: async (app) => {
        app.addHook('preHandler', async ({ url, method, body }) => {
          if (url === '/e' && method === 'POST') sent.push(...JSON.parse(String(body)).events);
        });
        await app.register(spa, { folder });
      },
    });
    const { endpoint = '', region = '', streamName } = server.streams;
    const all = async (): Promise<Fields[]> => {
      const found = (await readStream(endpoint, region, streamName)).map(({ record }) => record);
      return [...new Map(found.map((record) => [record.event_id, record])).values()];
    };
    const records = async (): Promise<Fields[]> => (await all()).filter((record) => !isVital(record));
    await use({
      url: `${server.url}/spa`,
      sent,
      records,
      vitals: async () => (await all()).filter(isVital),
      async settled(count) {
        let found: Fields[] = [];
        await patient
          .poll(async () => {
            found = await records();
            return found.length;
          })
          .toBeGreaterThanOrEqual(count);
        return found;
      },
    });
    await server.close();
  },
});
const isVital = ({ event_type }: Fields): boolean => event_type === 'web_vitals';

// The walks are long, and a stream is read by a process of its own.
test.describe.configure({ timeout: 60_000 });
const patient = expect.configure({ timeout: 15_000 });

const lipstick = { id: '44600062', name: 'Pitanga Matte Lipstick' };
const butter = { id: '44600071', name: 'Cupuaçu Body Butter' };
const kettle = { id: '39008224', name: 'Enamel Kettle, 1.5 l' };
const hammock = { id: '17300201', name: 'Varanda Hammock, Two People' };

const banner = (page: Page) => page.getByRole('region', { name: 'May we count along?' });
const answer = (page: Page, name: 'Yes, count along' | 'No, thanks') =>
  banner(page).getByRole('button', { name }).click();

/** Waits until the application has drawn a page, and whatever watches for that has had its frame and task. */
async function shown(page: Page, heading: string): Promise<void> {
  await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => setTimeout(done)))));
}
async function open(page: Page, url: string, heading: string): Promise<void> {
  await page.goto(url);
  await shown(page, heading);
}
async function follow(page: Page, link: string | RegExp, heading: string = String(link)): Promise<void> {
  await page.getByRole('link', { name: link, exact: true }).first().click();
  await shown(page, heading);
}
async function addToCart(page: Page, quantity: number): Promise<void> {
  await page.getByLabel('Quantity').fill(String(quantity));
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await expect(page.getByRole('status')).toContainText(`Added ${quantity} ×`);
}
/** The same in all browsers of a test: what this browser keeps, and what of it is the shop's own. */
const kept = async (page: Page) => ({
  cookies: (await page.context().cookies()).map(({ name }) => name),
  ...(await page.evaluate(async () => ({
    localStorage: Object.keys(localStorage).sort(),
    sessionStorage: Object.keys(sessionStorage),
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
    workers: (await navigator.serviceWorker.getRegistrations()).length,
  }))),
});
/** What is kept of a shopper who is not tracked: entries of the shop itself, if any. */
const only = (...localStorage: string[]) => ({
  cookies: [],
  localStorage,
  sessionStorage: [],
  databases: [],
  caches: [],
  workers: 0,
});

/**
 * What pages of this browser do to a storage or with a connection that is no request: from their first script on, and also
 * what leaves no trace. It is read by `attempts`.
 */
async function watch(page: Page): Promise<() => Promise<string[]>> {
  const attempts: string[] = [];
  await page.exposeFunction('attempted', (what: string) => attempts.push(what));
  await page.addInitScript(() => {
    const { attempted } = window as unknown as { attempted(what: string): void };
    for (const name of ['localStorage', 'sessionStorage'] as const) {
      const storage = window[name];
      const proxy = new Proxy(storage, {
        get: (_, field) => {
          const value = Reflect.get(storage, field, storage);
          if (typeof value !== 'function') return value;
          return (...args: unknown[]) => {
            if (field !== 'getItem' && field !== 'key') attempted(`${name} ${String(args[0])}`);
            return Reflect.apply(value, storage, args);
          };
        },
        // Whether there is something to delete or not.
        deleteProperty: (_, field) => Reflect.deleteProperty(storage, field),
        set: (_, field, value) => {
          attempted(`${name} ${String(field)}`);
          return Reflect.set(storage, field, value, storage);
        },
      });
      Object.defineProperty(window, name, { value: proxy });
    }
    const cookie = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie') as PropertyDescriptor;
    Object.defineProperty(document, 'cookie', {
      get: () => cookie.get?.call(document),
      set(value: string) {
        attempted('cookie');
        cookie.set?.call(document, value);
      },
    });
    const spy = (owner: object, method: string): void => {
      const usual: unknown = Reflect.get(owner, method);
      if (typeof usual !== 'function') return;
      Object.defineProperty(owner, method, {
        value: function (this: unknown, ...args: unknown[]): unknown {
          attempted(method);
          return new.target ? Reflect.construct(usual, args) : Reflect.apply(usual, this, args);
        },
      });
    };
    spy(IDBFactory.prototype, 'open');
    spy(CacheStorage.prototype, 'open');
    spy(ServiceWorkerContainer.prototype, 'register');
    spy(StorageManager.prototype, 'getDirectory');
    spy(CookieStore.prototype, 'set');
    spy(navigator, 'sendBeacon');
    for (const name of ['WebSocket', 'WebTransport', 'EventSource', 'RTCPeerConnection', 'SharedWorker', 'Worker'])
      spy(window, name);
  });
  return async () => {
    // Messages come in their order: this one after what the page did before.
    await page.evaluate(() => (window as unknown as { attempted(what: string): Promise<void> }).attempted('read'));
    return attempts.splice(0).filter((what) => what !== 'read');
  };
}

/** Through the shop, and back; each step ends when its page was drawn. Tells what happened, as a reader of the stream would. */
async function walk(page: Page, url: string, check: () => Promise<void> = async () => {}) {
  const steps: { told: string; from: number; to: number }[] = [];
  const step = async (told: string | undefined, act: () => Promise<void>): Promise<void> => {
    const from = Date.now();
    await act();
    if (told !== undefined) steps.push({ told, from, to: Date.now() });
    await check();
  };
  await step(undefined, () => open(page, `${url}/`, 'Good things from the land of the yellow ipê'));
  await step(undefined, () => follow(page, 'Beauty'));
  await step(`view ${lipstick.id} department 1`, () => follow(page, lipstick.name));
  await step(`cart ${lipstick.id} department 1`, () => addToCart(page, 2));
  await step(`view ${butter.id} related 1`, () => follow(page, butter.name));
  await step(`view ${lipstick.id} department 1`, async () => {
    await page.goBack();
    await shown(page, lipstick.name);
  });
  await step(`view ${butter.id} related 1`, async () => {
    await page.goForward();
    await shown(page, butter.name);
  });
  await step(undefined, async () => {
    await page.getByRole('searchbox').fill('kettle');
    await page.keyboard.press('Enter');
    await shown(page, 'Results for “kettle”');
  });
  await step(`view ${kettle.id} search 1`, () => follow(page, kettle.name));
  await step(`cart ${kettle.id} search 1`, () => addToCart(page, 1));
  await step(undefined, () => follow(page, /^Cart, /, 'Your cart'));
  await step(`cart ${kettle.id} search 1`, () =>
    page.getByRole('button', { name: `One more of ${kettle.name}` }).click(),
  );
  await step(`remove_from_cart ${lipstick.id} department 1`, () =>
    page.getByRole('button', { name: `One less of ${lipstick.name}` }).click(),
  );
  // The same product again, from nowhere in particular.
  await step(`view ${kettle.id}`, () => follow(page, kettle.name));
  return steps;
}
const told = ({ event_type, product_id, properties }: Fields): string =>
  [event_type, product_id, ...Object.values((properties as object | undefined) ?? {})].join(' ');

for (const mode of ['production', 'development'] as const) {
  test.describe(`the ${mode} build`, () => {
    test.use({ mode });

    test('keeps and sends nothing before there is an answer, then tells all, each once, as it happened', async ({
      page,
      spaShop,
    }) => {
      const foreign: string[] = [];
      page.on('request', (request) => {
        const { protocol, pathname, origin } = new URL(request.url());
        const own = origin === new URL(spaShop.url).origin && pathname !== '/e' && request.method() === 'GET';
        if (protocol !== 'data:' && !own) foreign.push(request.url());
      });
      const attempts = await watch(page);
      const steps = await walk(page, spaShop.url, async () => {
        expect((await attempts()).filter((what) => what !== 'localStorage shop.spa.cart')).toEqual([]);
        const { localStorage, ...others } = await kept(page);
        expect(others).toEqual({ ...only(), localStorage: undefined });
        // The cart is the shop's own, and works without any consent.
        expect(['', 'shop.spa.cart']).toContain(localStorage.join());
        await expect(banner(page)).toBeVisible();
      });
      expect(foreign).toEqual([]);
      expect(spaShop.sent).toEqual([]);

      const grantedAt = Date.now();
      await answer(page, 'Yes, count along');
      await expect(banner(page)).toBeHidden();
      const records = await spaShop.settled(steps.length);
      expect(records.map(told)).toEqual(steps.map((step) => step.told));
      for (const [index, { from, to }] of steps.entries()) {
        const at = Number(records[index]?.['event_time_raw']);
        expect(at).toBeGreaterThanOrEqual(from);
        expect(at).toBeLessThanOrEqual(to);
        expect(at).toBeLessThan(grantedAt);
      }

      // From here on without waiting; then the page is left, and all is there.
      await follow(page, 'Sound');
      await follow(page, 'Tico Over-Ear Headphones');
      await page.goto('about:blank');
      expect((await spaShop.settled(steps.length + 1)).map(told)).toEqual([
        ...steps.map((step) => step.told),
        'view 10047001 department 1',
      ]);
      await patient
        .poll(async () => (await spaShop.vitals()).map(({ metric }) => metric).sort())
        .toEqual(['CLS', 'FCP', 'INP', 'LCP', 'TTFB']);
      // Counted without a gap, and without a double: not one more was sent than there is.
      const all = [...(await spaShop.records()), ...(await spaShop.vitals())];
      const numbers = all.map(({ session_seq }) => Number(session_seq)).sort((a, b) => a - b);
      expect(numbers).toEqual(Array.from({ length: all.length }, (_, index) => index + 1));
      expect(spaShop.sent).toHaveLength(all.length);
      for (const name of ['device_id', 'session_id'] as const)
        expect(new Set(all.map((record) => record[name])).size).toBe(1);
    });

    test('an order of several lines is told by the thank-you page, and counts once however often that is shown', async ({
      page,
      spaShop,
    }) => {
      await open(page, `${spaShop.url}/c/beauty`, 'Beauty');
      await answer(page, 'Yes, count along');
      await follow(page, lipstick.name);
      await addToCart(page, 2);
      await follow(page, butter.name);
      await addToCart(page, 1);
      await follow(page, 'Kitchen');
      await follow(page, kettle.name);
      await addToCart(page, 3);
      await follow(page, /^Cart, /, 'Your cart');
      await follow(page, 'Go to checkout', 'Checkout');
      await page.getByRole('radio', { name: 'Express' }).check();
      await page.getByRole('button', { name: 'Place order' }).click();
      await shown(page, 'Thank you, Maria!');
      await expect(page.getByRole('link', { name: 'Cart, 0 items' })).toBeVisible();
      const orderId = new URL(page.url()).pathname.split('/').at(-1);

      const records = await spaShop.settled(9);
      expect(records.slice(0, 6).map(told)).toEqual([
        `view ${lipstick.id} department 1`,
        `cart ${lipstick.id} department 1`,
        `view ${butter.id} related 1`,
        `cart ${butter.id} related 1`,
        `view ${kettle.id} department 2`,
        `cart ${kettle.id} department 2`,
      ]);
      const lines = records.slice(6);
      expect(lines.map(({ product_id, quantity }) => [product_id, quantity])).toEqual([
        [kettle.id, 3],
        [lipstick.id, 2],
        [butter.id, 1],
      ]);
      for (const line of lines)
        expect(line).toMatchObject({ event_type: 'purchase', order_id: orderId, currency: 'BRL', lines: 3 });
      expect(lines[0]).toMatchObject({ order_total: 563.88, shipping: 29.9 });
      const purchases = (): Sent[] => spaShop.sent.filter(({ event_type }) => event_type === 'purchase');
      expect(purchases()).toHaveLength(1);

      await page.reload();
      await shown(page, 'Thank you, Maria!');
      await patient.poll(() => purchases().length).toBe(2);
      await follow(page, 'Continue shopping', 'Good things from the land of the yellow ipê');
      await page.goBack();
      await shown(page, 'Thank you, Maria!');
      await patient.poll(() => purchases().length).toBe(3);
      await page.goto('about:blank');
      // The last that two documents tell, so that all before it is there too. Whether one tells INP is up to its speed.
      const last = async (): Promise<unknown[]> => (await spaShop.vitals()).filter(({ metric }) => metric === 'CLS');
      await patient.poll(async () => (await last()).length).toBe(2);
      expect(await spaShop.records()).toHaveLength(9);
    });
  });
}

test('every page has its own view: title, address, and the page before; the same page again has none', async ({
  page,
  spaShop,
}) => {
  // React works in messages to itself: so it draws long after the address has changed, as on a slow phone.
  await page.addInitScript(() => {
    const { postMessage } = MessagePort.prototype;
    MessagePort.prototype.postMessage = function (this: MessagePort, message: unknown): void {
      setTimeout(() => Reflect.apply(postMessage, this, [message]), 100);
    };
  });
  await open(page, `${spaShop.url}/p/${lipstick.id}?utm_source=mail&token=x`, lipstick.name);
  await answer(page, 'Yes, count along');
  await follow(page, butter.name);
  // Where one is already: a place in the page, and the product's own address once more.
  await page.getByRole('link', { name: 'Skip to content' }).focus();
  await page.keyboard.press('Enter');
  await page.evaluate((path) => {
    history.replaceState(history.state, '', `${path}?colour=red`);
  }, `/spa/p/${butter.id}`);
  await follow(page, 'Beauty');
  await follow(page, butter.name);
  await page.goBack();
  await shown(page, 'Beauty');
  await page.goBack();
  await shown(page, butter.name);
  await page.reload();
  await shown(page, butter.name);
  await page.goto('about:blank');

  const at = (path: string): string => `${spaShop.url}${path}`;
  const of = (name: string): string => `${name} | Ipê & Mar`;
  const records = await spaShop.settled(5);
  expect(
    records.map(({ product_id, page_title, page_url, page_referrer }) => [
      product_id,
      page_title,
      page_url,
      page_referrer,
    ]),
  ).toEqual([
    [lipstick.id, of(lipstick.name), at(`/p/${lipstick.id}?utm_source=mail`), undefined],
    [butter.id, of(butter.name), at(`/p/${butter.id}`), at(`/p/${lipstick.id}?utm_source=mail`)],
    [butter.id, of(butter.name), at(`/p/${butter.id}`), at('/c/beauty')],
    [butter.id, of(butter.name), at(`/p/${butter.id}`), at('/c/beauty')],
    [butter.id, of(butter.name), at(`/p/${butter.id}`), undefined],
  ]);
});

test('no, thanks: nothing is kept but the answer, nothing is ever sent, and it holds on later pages', async ({
  page,
  spaShop,
  browser,
}) => {
  await walk(page, spaShop.url);
  await answer(page, 'No, thanks');
  await expect(banner(page)).toBeHidden();
  await patient.poll(() => kept(page)).toEqual(only('shop.consent', 'shop.spa.cart'));
  await walk(page, spaShop.url);
  await page.reload();
  await shown(page, kettle.name);
  await expect(banner(page)).toBeHidden();
  expect(await kept(page)).toEqual(only('shop.consent', 'shop.spa.cart'));
  await page.goto('about:blank');

  // What a shopper who said yes tells after that arrives, and it alone.
  const other = await browser.newPage();
  await open(other, `${spaShop.url}/p/${hammock.id}`, hammock.name);
  await answer(other, 'Yes, count along');
  expect((await spaShop.settled(1)).map(told)).toEqual([`view ${hammock.id}`]);
  expect(new Set((await spaShop.vitals()).map(({ device_id }) => device_id)).size).toBeLessThan(2);
  expect(spaShop.sent.filter(({ event_type }) => event_type !== 'web_vitals')).toHaveLength(1);
  await other.close();
});

test('yes, then no: ids are erased, in every tab; yes again begins as somebody else', async ({
  page,
  spaShop,
  context,
}) => {
  await open(page, `${spaShop.url}/p/${lipstick.id}`, lipstick.name);
  await answer(page, 'Yes, count along');
  await spaShop.settled(1);
  expect(await kept(page)).toMatchObject({ cookies: ['rastro_id'], databases: ['rastro/demo/'] });
  const second = await context.newPage();
  await open(second, `${spaShop.url}/p/${hammock.id}`, hammock.name);
  await spaShop.settled(2);

  const settings = page.getByRole('button', { name: 'Privacy' });
  await settings.click();
  await expect(banner(page)).toContainText('Your answer was: yes.');
  await answer(page, 'No, thanks');
  await expect(settings).toBeFocused();
  await follow(page, butter.name);
  await follow(second, 'Kitchen');
  await follow(second, kettle.name);
  for (const tab of [page, second]) await patient.poll(() => kept(tab)).toEqual(only('shop.consent'));
  await second.close();

  await settings.click();
  await expect(banner(page)).toContainText('Your answer was: no.');
  await answer(page, 'Yes, count along');
  await follow(page, lipstick.name);
  const records = await spaShop.settled(3);
  expect(records.map(({ product_id }) => product_id).sort()).toEqual([hammock.id, lipstick.id, lipstick.id].sort());
  expect(new Set(records.map(({ device_id }) => device_id)).size).toBe(2);
});

test('Global Privacy Control is a no that is not asked about, until the shopper says yes here', async ({
  page,
  spaShop,
}) => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }));
  await open(page, `${spaShop.url}/p/${lipstick.id}`, lipstick.name);
  await expect(banner(page)).toBeHidden();
  expect(await kept(page)).toEqual(only());
  await page.getByRole('button', { name: 'Privacy' }).click();
  await answer(page, 'Yes, count along');
  await follow(page, butter.name);
  await spaShop.settled(1);
  const id = await page.evaluate(() => localStorage.getItem('rastro_id'));
  await page.reload();
  await shown(page, butter.name);
  const records = await spaShop.settled(2);
  // The same browser still: the answer is known before the tracker starts.
  expect(records.map(({ product_id, device_id }) => [product_id, device_id])).toEqual([
    [butter.id, id],
    [butter.id, id],
  ]);
});

test('the banner goes by keyboard: first on the page, gives the focus on, and comes back when it is asked for', async ({
  page,
  spaShop,
}) => {
  await open(page, `${spaShop.url}/p/${lipstick.id}`, lipstick.name);
  const focused = () => page.locator(':focus');
  const tabTo = async (name: string): Promise<void> => {
    for (let tabs = 0; tabs < 80; tabs++) {
      await page.keyboard.press('Tab');
      if ((await focused().textContent()) === name) return;
    }
    throw new Error(`no Tab leads to ${name}`);
  };
  // It did not take the focus from the page.
  expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(banner(page).getByRole('button', { name: 'No, thanks' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(banner(page)).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(banner(page).getByRole('button', { name: 'Yes, count along' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(banner(page)).toBeHidden();
  await expect(page.getByRole('main')).toBeFocused();
  await expect(page.getByRole('status')).toHaveText(/^Thank you/);
  await spaShop.settled(1);

  await tabTo('Privacy');
  await page.keyboard.press('Enter');
  await expect(banner(page).getByRole('heading')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(banner(page)).toBeHidden();
  await expect(page.getByRole('button', { name: 'Privacy' })).toBeFocused();
  expect(await kept(page)).toMatchObject({ cookies: ['rastro_id'] });

  await page.keyboard.press('Space');
  await expect(banner(page).getByRole('heading')).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Privacy' })).toBeFocused();
  await patient.poll(() => kept(page)).toEqual(only('shop.consent'));
});

test('a customer is named from login to logout, by a number', async ({ page, spaShop }) => {
  await open(page, `${spaShop.url}/login`, 'Welcome back');
  await answer(page, 'Yes, count along');
  await page.getByLabel('E-mail').fill('ana@shop.example');
  await page.getByLabel('Password').fill('secret');
  await page.getByRole('button', { name: 'Log in' }).click();
  await shown(page, 'Your account');
  await follow(page, 'Beauty');
  await follow(page, lipstick.name);
  await page.reload();
  await shown(page, lipstick.name);
  await follow(page, 'Account', 'Your account');
  await page.getByRole('button', { name: 'Log out' }).click();
  await shown(page, 'Welcome back');
  await follow(page, 'Beauty');
  await follow(page, lipstick.name);
  const records = await spaShop.settled(3);
  const [first, again, after] = records.map(({ customer_id }) => customer_id);
  expect(first).toMatch(/^c-/);
  expect([again, after]).toEqual([first, undefined]);
  expect(JSON.stringify(records)).not.toContain('ana@');
});
