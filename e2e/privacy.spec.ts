import type { Page } from '@playwright/test';
import { call, flush, kept, test, view } from './support/blank-page.js';
import { expect } from './support/fixtures.js';

const nothing = { cookie: '', localStorage: [], databases: [] };

test.describe('consent', () => {
  test('pending holds events in memory: no id, nothing stored, nothing sent', async ({ shop, open }) => {
    const page = await open('data-consent="pending"');
    const calledAt = await page.evaluate(() => Date.now());
    await view(page, 1, 3);
    await call(page, 'identify', 'c-1');
    await view(page, 4, 4);
    expect(await flush(page)).toBe(false);
    expect(await kept(page)).toEqual(nothing);
    expect(await shop.records()).toEqual([]);

    await page.waitForTimeout(300);
    await call(page, 'consent', 'granted');
    const records = (await shop.settled(4)).map(({ record }) => record);
    expect(records.map(({ product_id, customer_id }) => [product_id, customer_id])).toEqual([
      ['p1', undefined],
      ['p2', undefined],
      ['p3', undefined],
      ['p4', 'c-1'],
    ]);
    // When it was called, not when it was allowed.
    for (const { event_time_raw } of records) expect(Number(event_time_raw) - calledAt).toBeLessThan(300);
    expect((await kept(page)).cookie).toContain('rastro_id=');
  });

  test('denied drops what was held, and erases what an earlier page left, events included', async ({ shop, open }) => {
    const before = await open();
    shop.fail(500);
    await view(before, 1, 5);
    await call(before, 'identify', 'c-1');
    expect(await flush(before)).toBe(false);
    expect(await kept(before)).toMatchObject({ databases: ['rastro/demo/'] });
    await before.close();

    const page = await open('data-consent="pending"');
    await view(page, 6, 7);
    await call(page, 'consent', 'denied');
    await view(page, 8, 8);
    await expect.poll(() => kept(page)).toEqual(nothing);
    expect(await flush(page)).toBe(false);
    await page.waitForTimeout(1200);
    expect(await kept(page)).toEqual(nothing);
    expect(await shop.records()).toEqual([]);
    shop.fail(undefined);

    // And it can be changed again.
    await call(page, 'consent', 'granted');
    await view(page, 9, 9);
    expect((await shop.settled(1)).map(({ record }) => record['product_id'])).toEqual(['p9']);
  });

  test('denied while a request is on its way leaves nothing behind, whatever the answer', async ({ shop, open }) => {
    for (const status of [200, 503]) {
      const page = await open();
      let answer = (): void => {};
      const held = new Promise<void>((resolve) => {
        answer = resolve;
      });
      await page.route('**/e', async (route) => {
        await held;
        await route.fulfill({ status, json: { accepted: 1, rejected: [] } });
      });
      const request = page.waitForRequest('**/e');
      await view(page, 1, 1);
      await request;
      await call(page, 'consent', 'denied');
      await expect.poll(() => kept(page)).toEqual(nothing);
      const answered = page.waitForResponse('**/e');
      answer();
      await answered;
      await page.waitForTimeout(300);
      expect(await kept(page)).toEqual(nothing);
      await page.close();
    }
    expect(await shop.records()).toEqual([]);
  });

  test('denied while the store does not answer leaves nothing behind when it gives up', async ({ open }) => {
    const page = await open('', { head: '<script>IDBFactory.prototype.open = () => ({});</script>' });
    await view(page, 1, 3);
    await call(page, 'consent', 'denied');
    // Longer than the tracker waits for a database.
    await page.waitForTimeout(3500);
    expect(await page.evaluate(() => [document.cookie, Object.keys(localStorage)])).toEqual(['', []]);
  });

  test('is denied by Global Privacy Control, unless the shop decides otherwise', async ({ shop, open, context }) => {
    await context.addInitScript(() => {
      Object.defineProperty(navigator, 'globalPrivacyControl', { value: true });
    });
    const page = await open('data-consent="granted"');
    await view(page, 1, 1);
    expect(await flush(page)).toBe(false);
    expect(await kept(page)).toEqual(nothing);
    await call(page, 'consent', 'granted');
    await view(page, 2, 2);
    const other = await open('data-ignore-gpc');
    await view(other, 3, 3);
    expect((await shop.settled(2)).map(({ record }) => record['product_id']).sort()).toEqual(['p2', 'p3']);
  });
});

test('cookieless: ids live as long as the page, and nothing is stored', async ({ shop, open }) => {
  for (const n of [1, 2]) {
    const page = await open('data-cookieless');
    await call(page, 'identify', `c-${n}`);
    await view(page, n * 2 - 1, n * 2 - 1);
    await page.waitForTimeout(50);
    await view(page, n * 2, n * 2);
    expect(await flush(page)).toBe(true);
    expect(await kept(page)).toEqual(nothing);
  }
  const records = (await shop.settled(4)).map(({ record }) => record);
  const of = (name: string): unknown[] =>
    ['p1', 'p2', 'p3', 'p4'].map((id) => records.find(({ product_id }) => product_id === id)?.[name]);
  for (const name of ['device_id', 'session_id']) {
    const [a, b, c, d] = of(name);
    expect([a, c]).toEqual([b, d]);
    expect(a).not.toBe(c);
  }
  expect(of('session_seq')).toEqual([1, 2, 1, 2]);
  expect(of('customer_id')).toEqual(['c-1', 'c-1', 'c-2', 'c-2']);
});

test.describe('identity', () => {
  const cookie = async (page: Page) =>
    (await page.context().cookies()).find(({ name }) => name === 'rastro_id') ?? { value: '', expires: 0 };

  test('is a cookie for 400 days, mirrored where it can be found again when either is cleared', async ({
    shop,
    open,
  }) => {
    const page = await open();
    await view(page, 1, 1);
    await shop.settled(1);
    const found = await cookie(page);
    expect(found).toMatchObject({ sameSite: 'Lax', secure: true, path: '/', domain: '127.0.0.1' });
    expect(found.expires - Date.now() / 1000).toBeGreaterThan(399 * 86_400);
    expect(found.expires - Date.now() / 1000).toBeLessThan(401 * 86_400);

    await page.context().clearCookies();
    const without = await open();
    await view(without, 2, 2);
    await shop.settled(2);
    expect((await cookie(without)).value).toBe(found.value);

    await without.evaluate(() => {
      // biome-ignore lint/suspicious/noDocumentCookie: as the collector renews it.
      document.cookie = 'rastro_id=renewed;path=/';
    });
    const renewed = await open();
    await view(renewed, 3, 3);
    const records = (await shop.settled(3)).map(({ record }) => record);
    const device = (id: string): unknown => records.find(({ product_id }) => product_id === id)?.['device_id'];
    expect([device('p1'), device('p2'), device('p3')]).toEqual([found.value, found.value, 'renewed']);
  });

  test('is shared by the hosts of a parent domain', async ({ shop, open }) => {
    const port = new URL(shop.url).port;
    for (const [at, host] of ['www.shop.test', 'checkout.shop.test'].entries()) {
      const page = await open('data-cookie-domain="shop.test"', { origin: `http://${host}:${port}` });
      await view(page, at, at);
      await shop.settled(at + 1);
      expect(await cookie(page)).toMatchObject({ domain: '.shop.test', secure: false });
    }
    const records = (await shop.records()).map(({ record }) => record);
    expect(new Set(records.map(({ device_id }) => device_id)).size).toBe(1);
  });

  test('begins anew with reset(); what was tracked before keeps its own', async ({ shop, open }) => {
    const page = await open();
    await page.evaluate(() => {
      const { rastro } = window as unknown as { rastro: Record<string, (value?: unknown) => void> };
      rastro['identify']?.('c-1');
      rastro['view']?.({ product_id: 'before' });
      rastro['reset']?.();
      rastro['view']?.({ product_id: 'after' });
      rastro['reset']?.('handed-over');
      rastro['view']?.({ product_id: 'last' });
    });
    const records = (await shop.settled(3)).map(({ record }) => record);
    const [before, after, last] = ['before', 'after', 'last'].map((id) =>
      records.find(({ product_id }) => product_id === id),
    );
    expect(before).toMatchObject({ customer_id: 'c-1', session_seq: 1 });
    expect(after).toMatchObject({ session_seq: 1 });
    expect(last).toMatchObject({ session_seq: 1, device_id: 'handed-over' });
    expect(after).not.toHaveProperty('customer_id');
    expect(new Set([before, after, last].map((record) => record?.['device_id'])).size).toBe(3);
    expect(new Set([before, after, last].map((record) => record?.['session_id'])).size).toBe(3);
    expect((await cookie(page)).value).toBe('handed-over');
  });

  test('has a session that ends after 30 minutes by the clock of the page', async ({ shop, openModule }) => {
    const page = await openModule(`{ now: () => window.clock ?? Date.now() }`);
    await page.evaluate(() => {
      const shopWindow = window as unknown as { clock: number; rastro: { view(product: object): void } };
      shopWindow.clock = Date.now();
      for (const [minutes, product_id] of [
        [0, 'a'],
        [29.9, 'b'],
        [30, 'c'],
        [-5, 'd'],
      ] as const) {
        shopWindow.clock += minutes * 60_000;
        shopWindow.rastro.view({ product_id });
      }
    });
    const records = (await shop.settled(4)).map(({ record }) => record);
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => records.find(({ product_id }) => product_id === id));
    expect([a, b, c, d].map((record) => record?.['session_seq'])).toEqual([1, 2, 1, 2]);
    expect(a?.['session_id']).toBe(b?.['session_id']);
    expect(c?.['session_id']).toBe(d?.['session_id']);
    expect(a?.['session_id']).not.toBe(c?.['session_id']);
  });
});
