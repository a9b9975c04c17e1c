import type { BrowserContext, Page } from '@playwright/test';
import { serveModule } from './support/blank-page.js';
import { test as base, expect } from './support/fixtures.js';

type Rastro = Record<'view' | 'purchase', (fields: object) => void> & {
  flush(): Promise<boolean>;
  errors: { code: string; event_id?: string }[];
};

/** The two builds, each on a page of its own: what holds for one holds for the other. */
const builds = {
  'script tag': `<script async src="/rastro.js" data-key="demo" data-currency="BRL"></script>`,
  'npm import': `<script type="module">
    import { createTracker } from '/esm/tracker.js';
    const errors = [];
    window.rastro = Object.assign(createTracker({ endpoint: '/e', key: 'demo', currency: 'BRL', onError: (e) => errors.push(e) }), { errors });
  </script>`,
};

for (const [build, tag] of Object.entries(builds)) {
  const test = base.extend<{ open(context?: BrowserContext, path?: string): Promise<Page> }>({
    open: async ({ shop, context }, use) => {
      await serveModule(context);
      await context.route('**/blank*', (route) =>
        route.fulfill({ contentType: 'text/html', body: `<!doctype html><title>Blank</title>${tag}` }),
      );
      await use(async (of = context, path = '/blank') => {
        const page = await of.newPage();
        await page.goto(shop.url + path);
        await page.waitForFunction(() => 'flush' in (window as unknown as { rastro: object }).rastro);
        return page;
      });
    },
  });
  const view = (page: Page, from: number, to: number): Promise<void> =>
    page.evaluate(
      ([first, last]) => {
        for (let n = first; n <= last; n++)
          (window as unknown as { rastro: Rastro }).rastro.view({ product_id: `p${n}` });
      },
      [from, to] as const,
    );
  const products = (from: number, to: number): string[] =>
    Array.from({ length: to - from + 1 }, (_, at) => `p${from + at}`);
  test.describe(build, () => {
    test('sends what happened, with who and where', async ({ shop, open }) => {
      const page = await open(undefined, '/blank?utm_source=mail&secret=1&gclid=g#part');
      await page.evaluate(() =>
        (window as unknown as { rastro: Rastro }).rastro.view({
          product_id: '1',
          price: 9.9,
          properties: { list: 'home' },
        }),
      );
      const [found] = await shop.settled(1);
      expect(found?.partitionKey).toBe('p:1');
      expect(found?.record).toMatchObject({
        event_type: 'view',
        product_id: '1',
        price: 9.9,
        currency: 'BRL',
        properties: { list: 'home' },
        session_seq: 1,
        page_url: `${shop.url}/blank?utm_source=mail&gclid=g`,
        page_title: 'Blank',
        utm_source: 'mail',
        viewport: '1280x720',
        sdk: 'rastro-js/0.1.0',
        site: 'demo',
        is_bot: true,
      });
    });

    test('sends a purchase at once', async ({ shop, open }) => {
      const page = await open();
      const request = page.waitForRequest('**/e', { timeout: 500 });
      await page.evaluate(() =>
        (window as unknown as { rastro: Rastro }).rastro.purchase({
          order_id: 'A',
          items: [{ product_id: '1' }, { product_id: '2' }],
        }),
      );
      expect(JSON.parse((await request).postData() ?? '').events).toHaveLength(1);
      expect(await shop.settled(2)).toHaveLength(2);
    });

    test('delivers what was tracked just before the page was left', async ({ shop, open }) => {
      const page = await open();
      await page.evaluate(() => {
        const { rastro } = window as unknown as { rastro: Rastro };
        for (let n = 1; n <= 30; n++) rastro.view({ product_id: `p${n}` });
        location.href = 'about:blank';
      });
      expect((await shop.settled(30)).map(({ record }) => record['product_id'])).toEqual(products(1, 30));
    });

    test('delivers what was tracked just before the page was closed', async ({ shop, open }) => {
      const page = await open();
      await view(page, 1, 30);
      await page.close({ runBeforeUnload: false });
      expect(await shop.settled(30)).toHaveLength(30);
    });

    test('keeps events while the collector fails, and sends each once when it is back', async ({ shop, open }) => {
      const page = await open();
      shop.fail(503);
      const refused = page.waitForResponse('**/e');
      await view(page, 1, 20);
      expect((await refused).status()).toBe(503);
      expect(await shop.records()).toEqual([]);
      shop.fail(undefined);
      expect((await shop.settled(20)).map(({ record }) => record['product_id'])).toEqual(products(1, 20));
    });

    test('keeps events while the network is away, and sends them when it is back', async ({ shop, open, context }) => {
      const page = await open();
      await context.setOffline(true);
      await view(page, 1, 10);
      expect(await page.evaluate(() => (window as unknown as { rastro: Rastro }).rastro.flush())).toBe(false);
      await context.setOffline(false);
      expect(await shop.settled(10)).toHaveLength(10);
    });

    test('leaves what could not be sent to the next page', async ({ shop, open }) => {
      const page = await open();
      shop.fail(500);
      await view(page, 1, 10);
      expect(await page.evaluate(() => (window as unknown as { rastro: Rastro }).rastro.flush())).toBe(false);
      await page.close();
      expect(await shop.records()).toEqual([]);
      shop.fail(undefined);
      const next = await open();
      expect((await shop.settled(10)).map(({ record }) => record['product_id'])).toEqual(products(1, 10));
      expect(await next.evaluate(() => (window as unknown as { rastro: Rastro }).rastro.flush())).toBe(true);
    });

    test('counts one session over two tabs', async ({ shop, open }) => {
      const [one, two] = [await open(), await open()];
      // One after the other, as a person has it: localStorage takes a moment to reach another tab.
      for (const [page, n] of [
        [one, 1],
        [two, 2],
        [one, 3],
      ] as const) {
        await view(page, n, n);
        await shop.settled(n);
      }
      const records = (await shop.settled(3)).map(({ record }) => record);
      expect(records.map(({ session_seq, product_id }) => `${session_seq} ${product_id}`)).toEqual([
        '1 p1',
        '2 p2',
        '3 p3',
      ]);
      expect(new Set(records.map(({ session_id }) => session_id)).size).toBe(1);
      expect(new Set(records.map(({ device_id }) => device_id)).size).toBe(1);
    });

    test('forgets what the collector rejects, and does not hold up the rest', async ({ shop, open }) => {
      const page = await open();
      await page.evaluate(() => {
        const { rastro } = window as unknown as { rastro: Rastro };
        rastro.view({ product_id: '1', price: '72,93' });
        rastro.view({ product_id: '2' });
      });
      expect(await page.evaluate(() => (window as unknown as { rastro: Rastro }).rastro.flush())).toBe(true);
      expect((await shop.records()).map(({ record }) => record['product_id'])).toEqual(['2']);
      expect((await shop.letters()).map(({ record }) => record['code'])).toEqual(['decimal_comma']);
      if (build === 'npm import') {
        const errors = await page.evaluate(() => (window as unknown as { rastro: Rastro }).rastro.errors);
        expect(errors).toMatchObject([{ code: 'decimal_comma', path: '/price' }]);
      }
    });

    test('tracks what was true at the call, and only misuse is lost', async ({ shop, open }) => {
      const page = await open();
      await page.evaluate(() => {
        const { rastro } = window as unknown as { rastro: Rastro };
        const items = [{ product_id: '1' }];
        rastro.purchase({ order_id: 'A', items });
        items.length = 0;
        rastro.view({ product_id: '2', currency: undefined, properties: { n: 10n } });
        rastro.view(new Proxy({ product_id: '3', currency: undefined }, {}));
      });
      const records = (await shop.settled(2)).map(({ record }) => record);
      expect(records.map(({ product_id, currency }) => `${product_id} ${currency}`)).toEqual(['1 BRL', '3 BRL']);
    });

    test('sends an event once, though two tabs hold it', async ({ shop, open, context }) => {
      const sent: string[] = [];
      context.on('request', (request) => {
        for (const { event_id } of JSON.parse(request.postData() ?? '{}').events ?? []) sent.push(event_id);
      });
      const [one, two] = [await open(), await open()];
      await view(two, 1, 5);
      const flush = (page: Page): Promise<boolean> =>
        page.evaluate(() => (window as unknown as { rastro: Rastro }).rastro.flush());
      expect(await flush(one)).toBe(true);
      expect(await flush(two)).toBe(true);
      expect(await shop.records()).toHaveLength(5);
      expect(sent).toHaveLength(5);
    });

    test('does not come again before Retry-After, however much happens', async ({ shop, open }) => {
      const page = await open();
      const at: number[] = [];
      page.on('request', (request) => {
        if (request.method() === 'POST') at.push(Date.now());
      });
      shop.fail(503);
      for (let n = 1; at.length < 2; n++) {
        await view(page, n, n);
        await page.waitForTimeout(50);
      }
      expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(900);
      shop.fail(undefined);
    });

    test('keeps events when somebody else answers 200', async ({ shop, open, context }) => {
      await context.route('**/e', (route) => route.fulfill({ status: 200, body: '<h1>Please log in</h1>' }));
      const page = await open();
      await view(page, 1, 3);
      const flush = (): Promise<boolean> =>
        page.evaluate(() => (window as unknown as { rastro: Rastro }).rastro.flush());
      expect(await flush()).toBe(false);
      await context.unroute('**/e');
      expect(await shop.settled(3)).toHaveLength(3);
    });

    test('asks once for each event when the store cannot delete', async ({ shop, open, context }) => {
      await context.addInitScript(() => {
        IDBObjectStore.prototype.delete = () => {
          throw new DOMException('full', 'QuotaExceededError');
        };
      });
      const page = await open();
      let requests = 0;
      page.on('request', (request) => {
        if (request.method() === 'POST') requests++;
      });
      await view(page, 1, 1);
      await shop.settled(1);
      await view(page, 2, 2);
      await shop.settled(2);
      await page.waitForTimeout(300);
      expect(requests).toBe(2);
    });

    test('delivers where IndexedDB, localStorage and cookies throw', async ({ shop, open, context }) => {
      await context.addInitScript(() => {
        const blocked = (): never => {
          throw new DOMException('blocked', 'SecurityError');
        };
        Object.defineProperty(window, 'indexedDB', { get: blocked });
        Object.defineProperty(window, 'localStorage', { get: blocked });
        Object.defineProperty(Document.prototype, 'cookie', { get: blocked, set: blocked });
      });
      const page = await open();
      await view(page, 1, 3);
      const records = (await shop.settled(3)).map(({ record }) => record);
      expect(records.map(({ session_seq }) => session_seq)).toEqual([1, 2, 3]);
      expect(new Set(records.map(({ device_id }) => device_id)).size).toBe(1);
    });

    test('takes no customer that is none, and never throws', async ({ shop, open }) => {
      const page = await open();
      await page.evaluate(() => {
        const { rastro } = window as unknown as { rastro: Record<string, (value: unknown) => void> };
        for (const value of [undefined, '', 5, 'x'.repeat(129), 'a\u0000']) rastro['identify']?.(value);
        rastro['view']?.(undefined);
        rastro['view']?.({ product_id: '1' });
      });
      const [found] = await shop.settled(1);
      expect(found?.record).not.toHaveProperty('customer_id');
    });

    test('delivers 2,000 events of one burst', async ({ shop, open }) => {
      const page = await open();
      await view(page, 1, 2000);
      await expect
        .poll(() => page.evaluate(() => (window as unknown as { rastro: Rastro }).rastro.flush()), { timeout: 20_000 })
        .toBe(true);
      const ids = (await shop.records()).map(({ record }) => record['product_id']);
      expect(ids).toEqual(products(1, 2000));
    });
  });
}

base('the script tag keeps calls made before it has arrived, with their time', async ({ page, shop, context }) => {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await context.route('**/rastro.js', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`${shop.url}/p/44600062`, { waitUntil: 'domcontentloaded' });
  await page.getByRole('button', { name: 'Add to cart' }).click();
  const calledAt = await page.evaluate(() =>
    (window as unknown as { rastro: { q: unknown[][] } }).rastro.q
      .filter(([method]) => method !== 'use')
      .map((call) => call[2]),
  );
  expect(calledAt).toHaveLength(2);
  await page.waitForTimeout(300);
  release();
  const records = (await shop.settled(2)).map(({ record }) => record);
  expect(records.map(({ event_type }) => event_type)).toEqual(['view', 'cart']);
  expect(records.map(({ event_time_raw }) => event_time_raw)).toEqual(calledAt);
});

base('a page that kept hold of the stub, or of a method of it, goes on with the tracker', async ({ shop, page }) => {
  await page.addInitScript(() => {
    addEventListener('DOMContentLoaded', () => {
      const stub = (window as unknown as { rastro: Rastro }).rastro;
      Object.assign(window, { kept: { stub, view: stub.view } });
    });
  });
  await page.route('**/rastro.js', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    await route.continue();
  });
  await page.goto(`${shop.url}/cart`);
  await page.waitForFunction(() => 'stop' in (window as unknown as { rastro: object }).rastro);
  await page.evaluate(() => {
    const { kept } = window as unknown as { kept: { stub: Rastro; view(fields: object): void } };
    kept.stub.view({ product_id: '1' });
    kept.view({ product_id: '2' });
  });
  expect((await shop.settled(2)).map(({ record }) => record['product_id'])).toEqual(['1', '2']);
});
