import type { Page } from '@playwright/test';
import { call, flush, kept, test, view } from './support/blank-page.js';
import { expect, type Shop } from './support/fixtures.js';

type ShopWindow = Window & {
  rastro: Record<'view' | 'purchase' | 'consent' | 'stop', (value?: unknown) => void>;
  errors: number;
  free(): void;
};

const products = async (shop: Shop, count: number): Promise<unknown[]> =>
  (await shop.settled(count)).map(({ record }) => record['product_id']).sort();
/** What the requests of a page said, one after the other. */
function bodies(page: Page): { dropped: number }[] {
  const sent: { dropped: number }[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') sent.push(JSON.parse(request.postData() ?? '{}'));
  });
  return sent;
}

test('stop() in the task of a call loses nothing', async ({ shop, open }) => {
  const page = await open();
  await page.evaluate(() => {
    const { rastro } = window as unknown as ShopWindow;
    rastro.view({ product_id: 'p1' });
    rastro.stop();
  });
  expect(await products(shop, 1)).toEqual(['p1']);
});

test('what is no event in the store is passed over, and throws nothing into the page', async ({ shop, open }) => {
  const first = await open();
  await first.evaluate(() => {
    for (const [at, value] of ['{}', '1', 'true', '{"0":1}', 'nonsense'].entries())
      localStorage.setItem(`rastro_rastro/demo/1z${at}`, value);
  });
  await first.close();
  const page = await open();
  const errors: Error[] = [];
  page.on('pageerror', (error) => errors.push(error));
  await view(page, 1, 2);
  expect(await products(shop, 2)).toEqual(['p1', 'p2']);
  expect(errors).toEqual([]);
});

test('tells once how many were dropped, whatever goes out together', async ({ shop, open }) => {
  const page = await open();
  const sent = bodies(page);
  await page.evaluate(() => {
    localStorage.setItem('rastro_dropped', '5');
    for (let n = 0; n < 150; n++) (window as unknown as ShopWindow).rastro.view({ product_id: `p${n}` });
    dispatchEvent(new Event('pagehide'));
  });
  await shop.settled(150);
  expect(sent.map(({ dropped }) => dropped).reduce((sum, each) => sum + each)).toBe(5);
  expect(sent.length).toBeGreaterThan(1);
});

test('denied while it waits for another tab, it touches nothing when its turn comes', async ({ open }) => {
  const page = await open();
  await page.evaluate(
    () =>
      new Promise<void>((locked) => {
        void navigator.locks.request(
          'rastro/demo/',
          () =>
            new Promise<void>((free) => {
              (window as unknown as ShopWindow).free = free;
              locked();
            }),
        );
      }),
  );
  await view(page, 1, 1);
  await page.waitForFunction(async () => ((await navigator.locks.query()).pending ?? []).length > 0);
  await call(page, 'consent', 'denied');
  const nothing = { cookie: '', localStorage: [], databases: [] };
  await expect.poll(() => kept(page)).toEqual(nothing);
  await page.evaluate(() => (window as unknown as ShopWindow).free());
  await page.waitForTimeout(300);
  expect(await kept(page)).toEqual(nothing);
});

test('denied between reading and sending, it sends nothing', async ({ shop, open }) => {
  const before = await open();
  shop.fail(500);
  await view(before, 1, 5);
  expect(await flush(before)).toBe(false);
  await before.close();
  shop.fail(undefined);
  const page = await open('', {
    head: `<script>{
      const { get } = IDBObjectStore.prototype;
      IDBObjectStore.prototype.get = function (key) {
        const request = get.call(this, key);
        rastro.consent('denied');
        return request;
      };
    }</script>`,
  });
  const sent = bodies(page);
  await expect.poll(async () => (await kept(page)).databases).toEqual([]);
  await page.waitForTimeout(300);
  expect(sent).toEqual([]);
});

test('denied and granted at once, while it writes: what was erased stays so', async ({ shop, open }) => {
  const page = await open();
  await page.evaluate(async () => {
    const { rastro } = window as unknown as ShopWindow;
    rastro.view({ product_id: 'erased' });
    await Promise.resolve();
    rastro.consent('denied');
    rastro.consent('granted');
    dispatchEvent(new Event('pagehide'));
  });
  await view(page, 1, 1);
  expect(await products(shop, 1)).toEqual(['p1']);
  expect(await flush(page)).toBe(true);
  expect(await products(shop, 1)).toEqual(['p1']);
});

test('flush() by whoever hears of a failure does not end the retries', async ({ shop, openModule }) => {
  shop.fail(503);
  const page = await openModule(
    `{ onError: () => { window.errors = (window.errors ?? 0) + 1; if (errors === 1) window.rastro.flush(); } }`,
  );
  await view(page, 1, 1);
  await page.waitForFunction(() => (window as unknown as ShopWindow).errors > 0);
  shop.fail(undefined);
  await expect.poll(() => products(shop, 0), { timeout: 15_000 }).toEqual(['p1']);
});

test('more than fit in one task: a purchase is not what is dropped', async ({ shop, open }) => {
  const page = await open();
  const sent = bodies(page);
  await page.evaluate(() => {
    const { rastro } = window as unknown as ShopWindow;
    rastro.purchase({ order_id: 'A', items: [{ product_id: 'bought' }] });
    for (let n = 0; n < 5000; n++) rastro.view({ product_id: `p${n}` });
  });
  await expect.poll(() => flush(page), { timeout: 20_000 }).toBe(true);
  const found = await products(shop, 5000);
  expect(found).toContain('bought');
  // What is on its way already leaves room for more.
  expect(found.length + sent.map(({ dropped }) => dropped).reduce((sum, each) => sum + each)).toBe(5001);
});

test('starts on a page that has an element of its name', async ({ shop, open }) => {
  const page = await open('id="rastro"');
  await view(page, 1, 1);
  expect(await products(shop, 1)).toEqual(['p1']);
});

for (const [status, json] of [
  [404, { error: { code: 'ResourceNotFound', message: 'No such page' } }],
  [403, { error: { code: 403, message: 'Denied', status: 'PERMISSION_DENIED' } }],
  [500, { accepted: null }],
] as const) {
  test(`keeps events when somebody else answers ${status} ${JSON.stringify(json)}`, async ({ shop, open }) => {
    const page = await open();
    await page.route('**/e', (route) => route.fulfill({ status, json }));
    await view(page, 1, 1);
    expect(await flush(page)).toBe(false);
    await page.unroute('**/e');
    expect(await flush(page)).toBe(true);
    expect(await products(shop, 1)).toEqual(['p1']);
  });
}

test('forgets what the collector refuses for good', async ({ shop, open }) => {
  const page = await open('data-key="unknown"');
  const answer = page.waitForResponse('**/e');
  await view(page, 1, 1);
  expect((await answer).status()).toBe(401);
  expect(await flush(page)).toBe(true);
  expect(await shop.records()).toEqual([]);
});
