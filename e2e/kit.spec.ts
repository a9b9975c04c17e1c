import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import type { BrowserContext, Page } from '@playwright/test';
import { mergeExpects, mergeTests, expect as plainExpect, test as plainTest } from '@playwright/test';
import { test as base, expect } from '@rastro/collector/playwright';
import { type KitShop, module, startKitShop, tag } from './support/kit-shop.js';

const test = base.extend<{ shop: KitShop; open(html: string, headers?: Record<string, string>): Promise<Page> }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the pattern.
  shop: async ({}, use) => {
    const shop = await startKitShop();
    await use(shop);
    // Whatever a test of these does, production would not hear of it.
    expect(shop.reached.filter((path) => path === '/e')).toEqual([]);
    await shop.close();
  },
  open: async ({ shop, page }, use) => {
    await use(async (html, headers) => {
      shop.serve('/', html, headers);
      await page.goto(shop.url);
      return page;
    });
  },
});

/** Runs a line of the page's own code. */
const run = (page: Page, code: string): Promise<unknown> => page.evaluate(code);
const order = `rastro.purchase({ order_id: 'A-1', order_total: 71.58, items: [
  { product_id: '1', price: '35.79', quantity: 2 }, { product_id: '2', price: 10 }] })`;

test('an event is found by some of its fields, whatever its request looked like', async ({ open, rastro }) => {
  const page = await open(tag);
  await run(page, `rastro.view({ product_id: '1', price: '35.79' }); rastro.cart({ product_id: '1', quantity: 2 })`);
  await expect(rastro).toHaveTracked('view');
  await expect(rastro).toHaveTracked('view', { product_id: '1', price: 35.79, currency: 'BRL', site: 'shop' });
  await expect(rastro).toHaveTracked('view', { price: '35.790' });
  await expect(rastro).toHaveTracked('cart', {
    quantity: expect.any(Number),
    page_url: expect.stringMatching(/^http/),
  });
  await expect(rastro).toHaveTracked('cart', { product_name: undefined });
  await expect(rastro).not.toHaveTracked('cart', { quantity: 3 });
  await expect(rastro).toHaveTrackedOnly([['view', { product_id: '1' }], 'cart']);
});

test('an order is one event, whatever its lines', async ({ open, rastro }) => {
  const page = await open(tag);
  await run(page, order);
  await expect(rastro).toHaveTracked('purchase', { order_id: 'A-1', lines: 2, order_total: '71.58' }, { times: 1 });
  await expect(rastro).toHaveTracked('purchase', { items: [{ product_id: '2' }, { product_id: '1', quantity: 2 }] });
  await expect(rastro).toHaveTracked('purchase', { product_id: '2', price: 10 });
  await expect(rastro).not.toHaveTracked('purchase', { product_id: '2', price: 35.79 });
  expect(rastro.records()).toHaveLength(2);
  // The thank-you page again: nothing that a reader would count.
  await page.reload();
  await run(page, order);
  await expect(rastro).toHaveTracked('purchase', { order_id: 'A-1' }, { times: 1 });
  expect(rastro.events('purchase')[0]?.items.map(({ product_id }) => product_id)).toEqual(['1', '2']);
});

for (const [how, html] of [
  ['by a script tag', `${tag}<script>window.tracker = rastro</script>`],
  ['imported from npm', module('window.tracker = tracker')],
  ['imported from npm, keeping nothing in the browser', module('window.tracker = tracker', '{ cookieless: true }')],
] as const) {
  test(`an event told just before is found, and not overlooked by not: tracker ${how}`, async ({ open, rastro }) => {
    const page = await open(html);
    await page.waitForFunction('window.tracker');
    await run(page, `tracker.cart({ product_id: '1' })`);
    const failed = await expect(rastro)
      .not.toHaveTracked('cart')
      .then(
        () => undefined,
        (error: Error) => error.message,
      );
    expect(failed).toContain('cart product_id "1"');
    rastro.clear();
    await run(page, `tracker.cart({ product_id: '2' })`);
    await expect(rastro).toHaveTrackedOnly([['cart', { product_id: '2' }]]);
    await expect(rastro).not.toHaveTracked('purchase');
  });
}

test('not waits for what the page has under way', async ({ open, rastro, page }) => {
  let answer = (): void => {};
  const held = new Promise<void>((done) => {
    answer = done;
  });
  await page.route('**/api/cart', async (route) => {
    await held;
    await route.fulfill({ body: '{}' });
  });
  await open(
    `${tag}<script>fetch('/api/cart').then((r) => r.json()).then(() => rastro.cart({ product_id: '1' }))</script>`,
  );
  const said = plainExpect(expect(rastro).not.toHaveTracked('cart')).rejects.toThrow('cart product_id "1"');
  answer();
  await said;
});

for (const [what, code] of [
  ['a request that an answer leads to', `fetch('/a').then(() => fetch('/b')).then(() => fetch('/c')).then(tell)`],
  [
    'a request that began this moment',
    `const request = new XMLHttpRequest(); request.onload = tell; request.open('GET', '/a'); request.send()`,
  ],
  ['a module that is loaded late', `import('/late.js')`],
  ['a popup', `void open('/next')`],
  ['a frame', `document.body.append(Object.assign(document.createElement('iframe'), { src: '/next' }))`],
] as const) {
  test(`not waits for ${what}`, async ({ open, rastro, context, shop }) => {
    shop.serve('/next', `${tag}<script>rastro.cart({ product_id: '1' })</script>`);
    const late = () => new Promise((done) => setTimeout(done, 250));
    await context.route(/\/[abc]$/, (route) => late().then(() => route.fulfill({ body: '{}' })));
    await context.route('**/next', (route) => late().then(() => route.continue()));
    await context.route('**/late.js', (route) =>
      late().then(() => route.fulfill({ body: 'tell()', contentType: 'text/javascript' })),
    );
    const page = await open(`${tag}<script>const tell = () => rastro.cart({ product_id: '1' })</script>`);
    await run(page, `(() => { ${code} })()`);
    await plainExpect(expect(rastro).not.toHaveTracked('cart')).rejects.toThrow('cart product_id "1"');
  });
}

test('not fails where a page still waits for an answer when its time is over', async ({ open, rastro, page }) => {
  await page.route('**/a', () => {});
  await open(`${tag}<script>fetch('/a')</script>`);
  await plainExpect(expect(rastro).not.toHaveTracked('cart', {}, { timeout: 500 })).rejects.toThrow(
    /cannot be told: a page waits for the answer to a request of its own/,
  );
});

test('not passes while there is no consent, and fails when it cannot be told', async ({ open, rastro }) => {
  const page = await open(tag.replace('data-key', 'data-consent="pending" data-key'));
  await run(page, `rastro.view({ product_id: '1' })`);
  await expect(rastro).not.toHaveTracked('view');
  await run(page, `rastro.consent('granted')`);
  await expect(rastro).toHaveTracked('view');
  rastro.slow(100_000);
  await run(page, `rastro.cart({ product_id: '1' })`);
  await plainExpect(expect(rastro).not.toHaveTracked('cart', {}, { timeout: 500 })).rejects.toThrow(/cannot be told/);
});

test('not passes beside a tracker that was stopped', async ({ open, rastro }) => {
  const page = await open(tag);
  await run(page, `rastro.view({ product_id: '1' }); rastro.stop(); rastro.cart({ product_id: '1' })`);
  await expect(rastro).not.toHaveTracked('cart');
  await expect(rastro).toHaveTrackedOnly(['view']);
});

test('what a page sends while it is left comes here, and is there once', async ({
  open,
  rastro,
  shop,
  context,
  page,
}) => {
  shop.serve('/next', tag);
  await open(`${tag}<a href="/next" onclick="rastro.cart({ product_id: '1' })">Next</a>`);
  await page.getByRole('link').click();
  await page.waitForURL('**/next');
  await expect(rastro).toHaveTracked('cart', {}, { times: 1 });
  await run(page, `rastro.view({ product_id: '2' })`);
  await page.close({ runBeforeUnload: true });
  await expect(rastro).toHaveTracked('view', { product_id: '2' });
  const other = await context.newPage();
  await other.goto(shop.url);
  await run(
    other,
    `rastro.view({ product_id: '3' }); void rastro.purchase({ order_id: 'B', items: [{ product_id: '3' }] })`,
  );
  await other.goto(`${shop.url}/next`);
  await expect(rastro).toHaveTrackedOnly(['cart', 'view', ['view', { product_id: '3' }], 'purchase']);
});

test('a page that is hidden, and comes back, has its events answered', async ({ open, rastro }) => {
  const page = await open(tag);
  const hide = (hidden: boolean): Promise<unknown> =>
    run(
      page,
      `Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
       document.dispatchEvent(new Event('visibilitychange'))`,
    );
  await hide(true);
  await run(page, `rastro.view({ product_id: '1' })`);
  await expect(rastro).toHaveTracked('view');
  await hide(false);
  expect(await run(page, 'rastro.flush()')).toBe(true);
});

test('a clock that the test has stopped is no obstacle', async ({ open, rastro, page }) => {
  await page.clock.install({ time: '2026-01-01T12:00:00Z' });
  await page.clock.pauseAt('2026-01-01T12:00:01Z');
  await open(tag);
  await run(page, `rastro.view({ product_id: '1' })`);
  await expect(rastro).toHaveTracked('view', { flags: ['clock_corrected'] });
  await expect(rastro).not.toHaveTracked('cart');
});

test('where nothing was tracked, nothing is, without a page too', async ({ rastro }) => {
  await expect(rastro).not.toHaveRejected();
  await expect(rastro).toHaveTrackedOnly([]);
});

test.describe('with rejected events let pass', () => {
  test.use({ rastroOptions: { failOnRejected: false } });
  test('the test passes at its end', async ({ open, rastro }) => {
    const page = await open(tag);
    await run(page, `rastro.view({ product_id: '1', price: '72,93' })`);
    await rastro.settled();
    expect(rastro.rejected()).toHaveLength(1);
  });
});

test('all reasons of a rejected event are told, and each can be expected', async ({ open, rastro }) => {
  const page = await open(tag);
  await run(page, `rastro.view({ product_id: '1', price: '72,93', quantity: 0 })`);
  await expect(rastro).toHaveRejected('out_of_range', { path: '/quantity' });
  expect(
    rastro
      .rejected()[0]
      ?.errors.map(({ code }) => code)
      .sort(),
  ).toEqual(['decimal_comma', 'out_of_range']);
  await plainExpect(expect(rastro).not.toHaveRejected('decimal_comma')).rejects.toThrow(/out_of_range at \/quantity/);
});

test('under a fault, not has the page try what waits', async ({ open, rastro }) => {
  const page = await open(tag);
  rastro.offline();
  await expect(rastro).not.toHaveTracked('view');
  await plainExpect(rastro.faulted({ timeout: 1 })).rejects.toThrow('no request');
  await run(page, `rastro.view({ product_id: '1' })`);
  await expect(rastro).not.toHaveTracked('view');
  await rastro.faulted({ timeout: 1 });
});

test('one event too many is told as soon as no more can come', async ({ open, rastro }) => {
  await open(`${tag}<script>rastro.view({ product_id: '1' }); rastro.view({ product_id: '2' })</script>`);
  const limits = { timeout: 1_000_000 };
  await plainExpect(expect(rastro).toHaveTrackedOnly(['view'], limits)).rejects.toThrow(/was not expected here/);
});

test('what is not the fixture is named, and waitFor says that it was it', async ({ page, rastro }) => {
  const other = expect(page) as unknown as { toHaveTracked(type: string): Promise<void> };
  await plainExpect(other.toHaveTracked('view')).rejects.toThrow(
    'needs the fixture rastro of this kit, and got a Page',
  );
  await plainExpect(rastro.waitFor('cart', {}, { timeout: 1 })).rejects.toThrow(/^rastro\.waitFor\(expected\)/);
});

test.describe('with misuse let pass', () => {
  test.use({ rastroOptions: { failOnMisuse: false } });
  test('the test passes at its end, misuse or not', async ({ open, rastro }) => {
    const page = await open(tag);
    await run(page, `const product = {}; product.self = product; rastro.cart(product)`);
    await rastro.settled();
    expect(rastro.misuse()).toHaveLength(1);
  });
});

test('faults: what failed arrives once, when they end', async ({ open, rastro }) => {
  const page = await open(tag);
  await plainExpect(rastro.faulted()).rejects.toThrow('no fault is on');
  rastro.fail(503);
  await plainExpect(rastro.faulted({ timeout: 300 })).rejects.toThrow('no request with events has come');
  await run(page, `rastro.view({ product_id: '1' })`);
  await rastro.faulted();
  await expect(rastro).not.toHaveTracked('view');
  rastro.recover();
  await expect(rastro).toHaveTracked('view', {}, { times: 1 });
  rastro.offline();
  await run(page, `rastro.cart({ product_id: '1' })`);
  expect(await run(page, 'rastro.flush()')).toBe(false);
  expect(await run(page, 'navigator.onLine')).toBe(true);
  rastro.online();
  rastro.slow(50);
  await expect(rastro).toHaveTracked('cart', {}, { times: 1 });
});

test('another origin takes the events as the shop does, without a preflight request', async ({ open, rastro }) => {
  const page = await open(tag.replace('data-key', 'data-endpoint="https://collect.shop.invalid/v1/events" data-key'));
  await run(page, `rastro.view({ product_id: '1' })`);
  await expect(rastro).toHaveTracked('view');
  expect(await run(page, 'rastro.flush()')).toBe(true);
});

test('the collector is a server too, for pages that are told where it is', async ({ open, rastro }) => {
  const page = await open(module('window.tracker = tracker', `{ endpoint: '${rastro.endpoint}' }`));
  await page.waitForFunction('window.tracker');
  await run(page, `tracker.view({ product_id: '1' })`);
  await expect(rastro).toHaveTracked('view');
  const body = JSON.stringify({
    v: 1,
    key: 'server',
    device_id: 'd',
    session_id: 's',
    events: [{ event_id: '01936d2e-7c1a-7e3b-9f60-3a1f0c5d7e21', event_type: 'view', event_time: 1, product_id: '9' }],
  });
  const answer = await fetch(rastro.endpoint, { method: 'POST', body });
  expect(await answer.json()).toMatchObject({ accepted: 1 });
  expect(await (await fetch(new URL('/rastro.js', rastro.endpoint))).text()).toContain('rastro');
  await expect(rastro).toHaveTracked('view', { product_id: '9', site: 'server' });
});

test.describe('with the endpoint named', () => {
  test.use({ rastroOptions: { endpoint: '/e', script: '**/cdn/rastro.js' } });
  test('the script of a server that is not there is served, and POSTs of the page’s own pass', async ({
    open,
    rastro,
    shop,
  }) => {
    const page = await open(
      '<script src="https://c.shop.invalid/cdn/rastro.js" data-key="k" data-endpoint="/e"></script>',
    );
    await run(page, `rastro.view({ product_id: '1' })`);
    await expect(rastro).toHaveTracked('view', { site: 'k' });
    await run(page, `fetch('/search', { method: 'POST', body: '{"events":[],"key":1}' }).then(() => 0)`);
    expect(shop.reached).toEqual(['/search']);
  });
});

test.describe('with a script of another server', () => {
  test.use({ rastroOptions: { script: 'https://c.shop.invalid/rastro.js' } });
  test('its plugins are given too', async ({ open, rastro, page }) => {
    await open(`<script src="https://c.shop.invalid/rastro.js" data-key="k" data-endpoint="/e"></script>
      <script type="module">import { ga4 } from 'https://c.shop.invalid/rastro/ga4.js'; rastro.use(ga4())</script>`);
    await run(page, `dataLayer.push({ event: 'add_to_cart', ecommerce: { items: [{ item_id: '1' }] } })`);
    await expect(rastro).toHaveTracked('cart', { product_id: '1' }, { times: 1 });
    await expect(rastro).not.toHaveTracked('view');
  });
});

test('requests of other kinds are left alone', async ({ open, shop }) => {
  const page = await open('');
  await run(
    page,
    `fetch('/collect', { method: 'POST', body: JSON.stringify({ events: [1], key: 'x' }) }).then(() => 0)`,
  );
  expect(shop.reached).toEqual(['/collect']);
});

test('another context is attached by hand, and its shopper is another', async ({ open, rastro, browser, shop }) => {
  await open(`${tag}<script>rastro.view({ product_id: '1' })</script>`);
  const context: BrowserContext = await browser.newContext();
  await rastro.attach(context);
  await rastro.attach(context);
  await (await context.newPage()).goto(shop.url);
  await expect(rastro).toHaveTracked('view', {}, { times: 2 });
  expect(new Set(rastro.events().map(({ device_id }) => device_id)).size).toBe(2);
  await context.close();
});

test.describe
  .serial('tests that share a page', () => {
    let shared: { shop: KitShop; context: BrowserContext; page?: Page };
    test.beforeAll(async ({ browser }) => {
      shared = { shop: await startKitShop(), context: await browser.newContext() };
    });
    test.afterAll(async () => {
      await shared.context.close();
      await shared.shop.close();
    });
    for (const id of ['1', '2'])
      test(`each have the events of their own: ${id}`, async ({ rastro }) => {
        const { shop, context } = shared;
        await rastro.attach(context);
        shop.serve('/', tag);
        if (!shared.page) {
          shared.page = await context.newPage();
          await shared.page.goto(shop.url);
        }
        await run(shared.page, `rastro.view({ product_id: '${id}' })`);
        await expect(rastro).toHaveTrackedOnly([['view', { product_id: id }]]);
        await expect(rastro).not.toHaveTracked('cart');
      });
  });

test('waitFor gives the event; settled, events, rejected and clear say what there is', async ({ open, rastro }) => {
  const page = await open(tag);
  await run(page, `rastro.view({ product_id: '1' }); rastro.view({ product_id: '2', price: '72,93' })`);
  const event = await rastro.waitFor('view', { product_id: '1' });
  expect(event.session_seq).toBe(1);
  await rastro.settled();
  expect(rastro.events()).toHaveLength(1);
  expect(rastro.rejected()).toMatchObject([{ code: 'decimal_comma', path: '/price', event: { product_id: '2' } }]);
  await expect(rastro).toHaveRejected('decimal_comma', { path: '/price' });
  await expect(rastro).not.toHaveRejected('missing_field');
  expect(rastro.misuse()).toEqual([]);
  await run(page, `const product = {}; product.self = product; rastro.cart(product)`);
  await expect(rastro).toHaveMisused('circular');
  expect(rastro.misuse()).toMatchObject([{ message: expect.stringMatching(/^TypeError/), page_url: page.url() }]);
  rastro.clear();
  expect([rastro.events(), rastro.rejected(), rastro.misuse()]).toEqual([[], [], []]);
});

test('a service worker that fetches for the page is seen too', async ({ open, rastro, page, shop }) => {
  await page.route('**/sw.js', (route) =>
    route.fulfill({
      contentType: 'text/javascript',
      body: `addEventListener('fetch', (e) => e.respondWith(fetch(e.request)));
        addEventListener('activate', (e) => e.waitUntil(clients.claim()))`,
    }),
  );
  await page.context().route('**/sw.js', (route) =>
    route.fulfill({
      contentType: 'text/javascript',
      body: `addEventListener('fetch', (e) => e.respondWith(fetch(e.request)));
        addEventListener('activate', (e) => e.waitUntil(clients.claim()))`,
    }),
  );
  await open(tag);
  await page.evaluate(async () => {
    const controlled = new Promise((done) => navigator.serviceWorker.addEventListener('controllerchange', done));
    await navigator.serviceWorker.register('/sw.js');
    await controlled;
  });
  await run(page, `rastro.view({ product_id: '1' })`);
  await expect(rastro).toHaveTracked('view');
  expect(shop.reached).toEqual([]);
});

const merged = mergeTests(
  plainTest.extend<{ other: string }>({
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the pattern.
    other: async ({}, use) => use('other'),
    context: async ({ context }, use) => use(context),
  }),
  test,
);
const mergedExpect = mergeExpects(expect, plainExpect);
merged('it merges with the tests and matchers of others', async ({ open, rastro, other }) => {
  expect(other).toBe('other');
  const page = await open(tag);
  await run(page, `rastro.view({ product_id: '1' })`);
  await mergedExpect(rastro).toHaveTracked('view');
});

test('a wrong type, or a field that the type has not, does not compile', async ({ rastro }) => {
  const unused = async (): Promise<void> => {
    await mergedExpect(rastro).toHaveTracked('view', { product_id: '1' });
    // @ts-expect-error: no such type
    await expect(rastro).toHaveTracked('purchased');
    // @ts-expect-error: a view has no order
    await expect(rastro).toHaveTracked('view', { order_id: '1' });
    // @ts-expect-error: misspelt
    await expect(rastro).toHaveTracked('view', { product_id: '1', produt_name: '1' });
    // @ts-expect-error: no such code
    await expect(rastro).toHaveRejected('decimal_coma');
    // @ts-expect-error: misspelt, in a line
    await expect(rastro).toHaveTracked('purchase', { order_id: '1', items: [{ produt_id: '1' }] });
    // @ts-expect-error: ids are text
    await expect(rastro).toHaveTracked('view', { product_id: 1 });
    // @ts-expect-error: no decimal text
    await expect(rastro).toHaveTracked('view', { price: '1,5' });
    // @ts-expect-error: misspelt
    await mergedExpect(rastro).not.toHaveTracked('cart', { produt_id: '1' });
    // @ts-expect-error: misspelt
    await expect(rastro).toHaveTrackedOnly(['view', ['cart', { produt_id: '1' }]]);
    // @ts-expect-error: misspelt
    await rastro.waitFor('cart', { produt_id: '1' });
    // @ts-expect-error: no orders in a view
    rastro.events('view')[0]?.order_id;
    // biome-ignore lint/suspicious/noExplicitAny: what is any is still Playwright's.
    await expect(rastro as any).toBeVisible();
    await expect.soft(rastro).toHaveTracked('view', { product_id: '1' }, { times: 1 });
    expect(rastro).not.toBe(undefined);
    // @ts-expect-error: of the fixture only
    await expect({}).toHaveTracked('view');
  };
  expect(unused).toBeInstanceOf(Function);
});

interface Attachment {
  readonly name: string;
  readonly body?: string;
}
interface Outcome {
  readonly message: string;
  /** The first line of each error. */
  readonly errors: readonly string[];
  readonly attachments: readonly Attachment[];
}
interface Suite {
  readonly suites?: readonly Suite[];
  readonly specs: readonly {
    readonly title: string;
    readonly tests: readonly {
      readonly results: readonly {
        readonly errors: readonly { message: string }[];
        readonly attachments: Attachment[];
      }[];
    }[];
  }[];
}

/** Runs the project whose tests fail. @returns What each of them said, without what is different each time. */
async function runFailing(): Promise<ReadonlyMap<string, Outcome>> {
  const [cli, config] = ['../node_modules/@playwright/test/cli.js', 'kit-project'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  ) as [string, string];
  const child = spawn(
    process.execPath,
    [cli, 'test', '-c', config, '--reporter=json', '--output', test.info().outputPath()],
    {
      env: {
        ...process.env,
        FORCE_COLOR: '0',
        NO_COLOR: '1',
        // Where this run's own report goes is not where the child's goes.
        PLAYWRIGHT_JSON_OUTPUT_NAME: '',
        PLAYWRIGHT_JSON_OUTPUT_FILE: undefined,
        TEST_WORKER_INDEX: undefined,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  await once(child, 'close');
  const { suites } = JSON.parse(printed) as { suites: readonly Suite[] };
  const specs = (suite: Suite): Suite['specs'] => [...suite.specs, ...(suite.suites ?? []).flatMap(specs)];
  return new Map(
    suites.flatMap(specs).map(({ title, tests }) => {
      const { errors = [], attachments = [] } = tests[0]?.results[0] ?? {};
      const text = errors.map(({ message }) => message).join('\n');
      const message = stripVTControlCharacters(text)
        // The place in the test, and the lines around it.
        .replace(/\n+(?: +>? *\d+ \|| +at ).*/s, '')
        .replace(/127\.0\.0\.1:\d+/g, 'shop')
        .replace(/\d\d:\d\d:\d\d\.\d{3}/g, '<time>');
      const all = errors.map((error) => stripVTControlCharacters(error.message).replace(/\n.*/s, ''));
      return [title, { message, errors: all, attachments }];
    }),
  );
}

test('a test that fails says what is wrong, and a report holds what came', async () => {
  test.setTimeout(180_000);
  const source = await readFile(new URL('kit-project/failing.kit.ts', import.meta.url), 'utf8');
  const outcomes = await runFailing();
  const said = (title: string): string => outcomes.get(title)?.message ?? 'no such test';
  const all = (title: string): readonly string[] | undefined => outcomes.get(title)?.errors;
  const attached = (title: string, name: string): unknown => {
    const body = outcomes.get(title)?.attachments.find((each) => each.name === name)?.body;
    return body === undefined ? undefined : JSON.parse(Buffer.from(body, 'base64').toString());
  };

  expect(said('another field')).toBe(`Error: expect(rastro).toHaveTracked(expected)

Expected: cart { product_id: "1", quantity: 1 }, at least once
Received: 1 × cart, of which none matches

The nearest cart (event 2 of 2, at <time> on http://shop/) differs in:
  quantity: expected 1, received 2
  as expected: product_id

Arrived:  1 × view, 1 × cart`);
  expect(said('rejected')).toContain(`Received: no cart

Arrived:  nothing
Rejected:
  cart product_id "1": decimal_comma at /price: price is "72,93".`);
  expect(said('rejected, and nobody asked')).toMatch(
    /^Error: The collector rejected what this test did not expect it to:\n {2}cart product_id "1": decimal_comma at \/price/,
  );
  expect(said('misuse')).toContain('Left out:\n  TypeError: Converting circular structure to JSON (http://shop/)');
  expect(said('leaves a field out')).toMatch(
    /^Error: What the pages gave their trackers was left out:\n {2}ga4: .*"72,93".* \(http:\/\/shop\/\)\n\nIn production this would be lost\./,
  );
  expect(said('leaves an order out')).toMatch(/was left out:\n {2}ga4: .*order A-1 has no lines/);
  expect(said('leaves out what the test asks for')).toBe('');
  expect(said('misuse that was not')).toContain('Expected: "price"\nReceived: none');
  expect(attached('leaves a field out', 'rastro-misuse.json')).toMatchObject([
    { message: expect.stringContaining('72,93'), page_url: expect.stringMatching(/^http/) },
  ]);
  expect(all('names that are none')).toEqual([
    "TypeError: no event type 'add_to_cart'; did you mean 'cart'?",
    "TypeError: cart: no such field productid; did you mean 'product_id'?",
    "TypeError: no code 'decimal_coma' in docs/errors.md; did you mean 'decimal_comma'?",
    "TypeError: no event type 'views'; did you mean 'view'?",
  ]);
  expect(said('no consent')).toContain("Hint: consent is 'pending' at http://shop/");
  expect(said('no tag')).toContain(
    'Hint: no request with events, and no window.rastro (http://shop/): is the tag on the page',
  );
  expect(said('no script')).toContain(
    "Hint: http://shop/missing.js was answered 404: the tracker's script did not arrive; rastroOptions.script is not set in this test. Where tests have no server for it, { script: '/missing.js' } gives this package's file.",
  );
  const unknown = 'Whether there is none cannot be told: http';
  expect(said('the script is not there, and not')).toContain(
    `${unknown}://shop/cdn/rastro.js was answered 404: the tracker's script did not arrive`,
  );
  expect(said('a page instead of the script')).toContain(`${unknown}://shop/cdn/rastro.js was answered with text/html`);
  expect(said('a plugin is not there, and not')).toContain(
    `${unknown}://shop/rastro/ga4.js was answered 404: the plugin ga4 did not arrive`,
  );
  expect(said('a plugin is not there')).toMatch(
    /Hint: http:\/\/shop\/rastro\/ga4\.js was answered 404: the plugin ga4/,
  );
  expect(said('a route of its own takes the script')).toMatch(
    /cannot be told: https:\/\/c\.shop\.invalid\/rastro(\/ga4)?\.js failed \(.*was never asked: a route of yours answers first/,
  );
  expect(said('a route of its own takes the events')).toContain(
    'cannot be told: events were sent to http://shop/e and did not come here: a route of yours answers first',
  );
  expect(said('elsewhere, and not')).toContain(
    'cannot be told: events were sent to http://shop/e, which is not rastroOptions.endpoint',
  );
  expect(said('a policy')).toMatch(
    /Arrived: {2}nothing\n\nHint: a content security policy stopped connect-src: https:\/\/c\.shop\.invalid\/e$/,
  );
  expect(said('no global')).toContain('Received: view product_id "1" (event 1 of 1, at <time> on http://shop/)');
  expect(said('no global')).toContain('The page has no window.rastro: what its tracker has left out is not seen');
  expect(said('another field')).not.toContain('window.rastro');
  expect(said('only')).toContain(`  + view product_id "1" was not expected here
    view { product_id: "2" }`);
  expect(said('elsewhere')).toMatch(
    /nothing\n\nHint: events were sent to http:\/\/shop\/e, which is not rastroOptions\.endpoint: they did not come here\.$/,
  );
  expect(said('an unknown key')).toMatch(
    /Rejected:\n {2}request: unknown_key: No site has this key: the page has 'shop'; rastroOptions\.sites has 'production'\.$/,
  );
  expect(said('another origin')).toContain(
    "the page is at 'http://shop'; rastroOptions.sites['shop'] has 'https://shop.example'",
  );
  expect(said('passes')).toBe('');
  const place = (line: number): string => `write await before it (e2e/kit-project/failing.kit.ts:${line})`;
  const line = (code: string): number => source.slice(0, source.indexOf(code)).split('\n').length;
  expect(said('not awaited')).toBe(
    `Error: expect(rastro).toHaveTracked('purchase') was not awaited: ${place(line('void expect(rastro).toHave'))}`,
  );
  expect(said('not awaited, with not')).toBe(
    `Error: expect(rastro).not.toHaveTracked('view') was not awaited: ${place(line('void expect(rastro).not'))}`,
  );
  expect(said('not awaited, the event itself')).toBe(
    `Error: rastro.waitFor('cart') was not awaited: ${place(line('void rastro.waitFor'))}`,
  );

  expect(attached('another field', 'rastro-events.json')).toMatchObject([
    { event_type: 'view', product_id: '1' },
    { event_type: 'cart', product_id: '1', quantity: 2 },
  ]);
  expect(attached('another field', 'rastro-rejected.json')).toBeUndefined();
  expect(attached('rejected', 'rastro-rejected.json')).toMatchObject([
    { code: 'decimal_comma', event: { price: '72,93' } },
  ]);
  expect(attached('rejected', 'rastro-events.json')).toBeUndefined();
});
