import type { Page } from '@playwright/test';
import { call, flush, kept, test, view } from './support/blank-page.js';
import { expect, type Shop } from './support/fixtures.js';

const products = async (shop: Shop, count: number): Promise<unknown[]> =>
  (await shop.settled(count)).map(({ record }) => record['product_id']).sort();
/** Ids of the events that pages send, each as often as it is sent. */
function watchSent(pages: readonly Page[]): string[] {
  const sent: string[] = [];
  for (const page of pages) {
    page.on('request', (request) => {
      if (request.method() !== 'POST') return;
      for (const { event_id } of JSON.parse(request.postData() ?? '{}').events ?? []) sent.push(event_id);
    });
  }
  return sent;
}

test('an insecure page delivers, and its tabs send in turn, by a lease', async ({ shop, open }) => {
  const origin = `http://shop.test:${new URL(shop.url).port}`;
  const [one, two] = [await open('', { origin }), await open('', { origin })];
  expect(await one.evaluate(() => [isSecureContext, 'locks' in navigator, 'randomUUID' in crypto])).toEqual([
    false,
    false,
    false,
  ]);
  let answer = (): void => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await one.route('**/e', async (route) => {
    await held;
    await route.continue();
  });
  const request = one.waitForRequest('**/e');
  await view(one, 1, 5);
  await request;
  // The lease takes a moment to reach another tab.
  await two.waitForFunction(() => localStorage.getItem('rastro_lease'));
  const sent = watchSent([two]);
  await view(two, 6, 9);
  expect(await flush(two)).toBe(false);
  expect(sent).toEqual([]);
  answer();
  expect(await products(shop, 9)).toHaveLength(9);
  await expect.poll(async () => (await kept(one)).localStorage).not.toContain('rastro_lease');
});

test('a tab waits while another holds the lease, and takes over when that one is gone', async ({ shop, open }) => {
  const origin = `http://shop.test:${new URL(shop.url).port}`;
  const page = await open('', { origin });
  await page.evaluate(() => localStorage.setItem('rastro_lease', String(Date.now())));
  await view(page, 1, 1);
  expect(await flush(page)).toBe(false);
  expect(await shop.records()).toEqual([]);
  // One that is older than any request was left by a tab that is gone; one of the future, by a clock that was wrong.
  for (const [n, at] of [Date.now() - 31_000, Date.now() + 1e11].entries()) {
    await page.evaluate((value) => localStorage.setItem('rastro_lease', String(value)), at);
    await view(page, n + 2, n + 2);
    expect(await flush(page)).toBe(true);
  }
  expect(await products(shop, 3)).toEqual(['p1', 'p2', 'p3']);
});

test.describe('where IndexedDB is blocked', () => {
  const head = `<script>Object.defineProperty(window, 'indexedDB', { get() { throw new DOMException('no', 'SecurityError'); } });</script>`;

  test('events wait in localStorage, and a later page sends them, also one that has IndexedDB', async ({
    shop,
    open,
  }) => {
    for (const [n, next] of [{ head }, {}].entries()) {
      const page = await open('', { head });
      shop.fail(500);
      await view(page, n * 5 + 1, n * 5 + 5);
      expect(await flush(page)).toBe(false);
      await page.close();
      shop.fail(undefined);
      const later = await open('', next);
      await shop.settled(n * 5 + 5);
      expect(await flush(later)).toBe(true);
      const names = await later.evaluate(() => Object.keys(localStorage));
      expect(names.filter((name) => name.includes('/demo/'))).toEqual([]);
      await later.close();
    }
    expect(await products(shop, 10)).toHaveLength(10);
  });

  test('flush() comes true, and nothing is sent twice', async ({ shop, open }) => {
    const page = await open('', { head });
    const sent = watchSent([page]);
    await view(page, 1, 3);
    expect(await flush(page)).toBe(true);
    await view(page, 4, 4);
    expect(await flush(page)).toBe(true);
    expect(sent).toHaveLength(4);
    expect(await products(shop, 4)).toHaveLength(4);
  });
});

test('flush() comes true where every storage throws', async ({ shop, open }) => {
  const head = `<script>for (const name of ['indexedDB', 'localStorage', 'sessionStorage'])
    Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } });</script>`;
  const page = await open('', { head });
  await view(page, 1, 3);
  expect(await flush(page)).toBe(true);
  expect(await products(shop, 3)).toHaveLength(3);
});

test('keeps no more than maxStored: the oldest views are dropped, purchases are not, and it says how many', async ({
  shop,
  openModule,
}) => {
  const page = await openModule(`{ maxStored: 100 }`);
  const dropped: unknown[] = [];
  page.on('requestfinished', async (request) => {
    const response = await request.response();
    if (request.method() === 'POST' && response?.ok()) dropped.push(JSON.parse(request.postData() ?? '{}').dropped);
  });
  shop.fail(500);
  await call(page, 'purchase', { order_id: 'A', items: [{ product_id: 'bought' }] });
  await call(page, 'cart', { product_id: 'put' });
  await view(page, 1, 90);
  expect(await flush(page)).toBe(false);
  await view(page, 91, 130);
  expect(await flush(page)).toBe(false);
  shop.fail(undefined);
  expect(await flush(page)).toBe(true);
  const found = await products(shop, 100);
  expect(found).toHaveLength(100);
  expect(found).toEqual(['bought', 'put', ...Array.from({ length: 98 }, (_, at) => `p${at + 33}`)].sort());
  expect(dropped.reduce((sum: number, n) => sum + Number(n), 0)).toBe(32);
  expect((await kept(page)).localStorage).not.toContain('rastro_dropped');
});

test('a strict content security policy with Trusted Types is no obstacle', async ({ shop, open }) => {
  const page = await open('nonce="n"', {
    head: `<script nonce="n">window.violations = []; addEventListener('securitypolicyviolation', (e) => violations.push(e.violatedDirective));</script>`,
    headers: {
      'content-security-policy':
        "default-src 'none'; script-src 'nonce-n'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
    },
  });
  await view(page, 1, 2);
  expect(await flush(page)).toBe(true);
  expect(await products(shop, 2)).toHaveLength(2);
  expect(await page.evaluate(() => (window as unknown as { violations: string[] }).violations)).toEqual([]);
});

test('the script included twice is there once', async ({ shop, open }) => {
  const tag = '<script src="/rastro.js" data-key="demo"></script>';
  const page = await open('', { scripts: `${tag}<script>window.first = rastro;</script>${tag}` });
  expect(
    await page.evaluate(() => ((own) => own['first'] === own['rastro'])(window as unknown as Record<string, unknown>)),
  ).toBe(true);
  await view(page, 1, 1);
  expect(await products(shop, 1)).toEqual(['p1']);
});

test('a clock that is years wrong, or is set right between two events, loses nothing', async ({ shop, open }) => {
  for (const [n, years] of [-8, 8].entries()) {
    const page = await open('', {
      head: `<script>{ const real = Date.now; window.off = ${years} * 31_557_600_000; Date.now = () => real() + off; }</script>`,
    });
    await view(page, n * 2 + 1, n * 2 + 1);
    expect(await flush(page)).toBe(true);
    await view(page, n * 2 + 2, n * 2 + 2);
    await page.evaluate(() => {
      (window as unknown as { off: number }).off = 0;
    });
    await view(page, n * 2 + 10, n * 2 + 10);
    await page.close();
  }
  const records = (await shop.settled(6)).map(({ record }) => record);
  expect(records).toHaveLength(6);
  const first = records.filter(({ product_id }) => product_id === 'p1' || product_id === 'p3');
  for (const { event_time, flags } of first) {
    expect(Math.abs(Date.parse(String(event_time)) - Date.now())).toBeLessThan(60_000);
    expect(flags).toContain('clock_corrected');
  }
});

test('frames deliver, of the same origin and sandboxed without one', async ({ shop, open }) => {
  shop.serve(
    '/frame',
    `<!doctype html><script src="/rastro.js" data-key="demo"></script>
      <script>rastro.view({ product_id: location.search.slice(1) });</script>`,
  );
  const page = await open();
  await page.evaluate(() => {
    for (const [name, sandbox] of [['same'], ['sandboxed', 'allow-scripts']] as const) {
      const frame = document.createElement('iframe');
      if (sandbox) frame.setAttribute('sandbox', sandbox);
      frame.src = `/frame?${name}`;
      document.body.append(frame);
    }
  });
  await view(page, 1, 1);
  expect(await products(shop, 3)).toEqual(['p1', 'same', 'sandboxed']);
});

test('a worker that imports the tracker comes to no harm', async ({ openModule }) => {
  const page = await openModule();
  const answer = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const code = `import { createTracker } from '${location.origin}/esm/tracker.js';
          const tracker = createTracker({ endpoint: '/e', key: 'demo', consent: 'pending' });
          tracker.view({ product_id: '1' }); tracker.consent('granted'); tracker.reset(); tracker.use({ setup() {} });
          tracker.flush().then((done) => { tracker.stop(); postMessage(done); });`;
        const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
        const worker = new Worker(url, { type: 'module' });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => resolve(message);
      }),
  );
  expect(answer).toBe(true);
});

test('an event just before the address changes has the address that it happened at', async ({ shop, open }) => {
  const page = await open();
  await page.evaluate(() => {
    const { rastro } = window as unknown as { rastro: { view(product: object): void } };
    rastro.view({ product_id: 'a' });
    history.pushState(null, '', '/blank/next?utm_source=mail');
    rastro.view({ product_id: 'b' });
    document.title = 'Next';
    rastro.view({ product_id: 'c' });
  });
  const records = (await shop.settled(3)).map(({ record }) => record);
  expect(
    records.map(({ product_id, page_url, page_title, utm_source }) => [
      product_id,
      String(page_url).slice(shop.url.length),
      page_title,
      utm_source,
    ]),
  ).toEqual([
    ['a', '/blank', 'Blank', undefined],
    ['b', '/blank/next?utm_source=mail', 'Blank', 'mail'],
    ['c', '/blank/next?utm_source=mail', 'Next', 'mail'],
  ]);
});

test('a prerendered page waits until somebody sees it, and its events happen then', async ({ shop, open }) => {
  // Chromium prerenders in no headless window: what the tracker sees of it is made up.
  const page = await open('', {
    head: "<script>window.pre = true; Object.defineProperty(document, 'prerendering', { get: () => pre });</script>",
  });
  await view(page, 1, 2);
  expect(await flush(page)).toBe(false);
  expect(await kept(page)).toEqual({ cookie: '', localStorage: [], databases: [] });
  await page.waitForTimeout(300);
  const seenAt = await page.evaluate(() => {
    Object.assign(window, { pre: false });
    document.dispatchEvent(new Event('prerenderingchange'));
    return Date.now();
  });
  const records = (await shop.settled(2)).map(({ record }) => record);
  for (const { event_time_raw } of records) expect(Number(event_time_raw)).toBeGreaterThanOrEqual(seenAt);
});

test('stop() ends it: later calls do nothing, and what waits stays for the next page', async ({ shop, open }) => {
  const page = await open();
  shop.fail(500);
  await view(page, 1, 2);
  expect(await flush(page)).toBe(false);
  await call(page, 'stop');
  shop.fail(undefined);
  await view(page, 3, 3);
  expect(await flush(page)).toBe(false);
  const next = await open();
  await view(next, 4, 4);
  expect(await products(shop, 3)).toEqual(['p1', 'p2', 'p4']);
});
