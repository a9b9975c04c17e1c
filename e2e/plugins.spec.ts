import { type BrowserContext, mergeTests, type Page } from '@playwright/test';
import { type ExpectedFields, expect, test as kit } from '@rastro/collector/playwright';
import { test as base, type Shop } from './support/fixtures.js';

type Fields = Record<string, unknown>;
interface Rastro {
  view(fields: object): void;
  use(plugin: object): void;
  consent(decision: string): void;
  identify(customerId: string): void;
  flush(): Promise<boolean>;
  stop(): void;
}
interface Setup {
  /** Module script, after the imports of `plugins`. */
  script: string;
  body?: string;
  head?: string;
  headers?: Record<string, string>;
  /** Attributes of the script tag. */
  attributes?: string;
}

/** Gives `open(path, { script })`: a page whose tracker comes by the script tag, and its plugins from the collector. */
const test = base.extend<{ open(path: string, setup: Setup): Promise<Page> }>({
  open: async ({ shop, context }, use) => {
    await use(async (path, setup) => {
      await serve(context, path, setup);
      const page = await context.newPage();
      await page.goto(shop.url + path);
      await ready(page);
      return page;
    });
  },
});

/** Serves a page at a path, whatever its host and query. */
const serve = (
  context: BrowserContext,
  path: string,
  { script, head = '', body = '', headers = {}, attributes = 'data-key="demo"' }: Setup,
) =>
  context.route(
    (url) => url.pathname === path.replace(/[?#].*/, ''),
    (route) =>
      route.fulfill({
        contentType: 'text/html',
        headers,
        body: `<!doctype html><title>Page</title>${head}
<script nonce="test">window.rastro={q:[]};rastro.use=(...a)=>rastro.q.push(['use',a,Date.now()])</script>
<script type="module" nonce="test">
import { attributes } from '/rastro/attributes.js';
import { crossDomain } from '/rastro/cross-domain.js';
import { debug } from '/rastro/debug.js';
import { pageViews } from '/rastro/page-views.js';
${script}
</script>
<script defer src="/rastro.js" ${attributes} data-currency="BRL"></script>
<body>${body}</body>`,
      }),
  );
const ready = (page: Page) => page.waitForFunction(() => 'flush' in (window as unknown as { rastro: object }).rastro);
/** Calls a method of the tracker. */
const call = (page: Page, method: 'view' | 'consent' | 'identify' | 'stop', argument?: unknown) =>
  page.evaluate(
    ([name, value]) =>
      (window as unknown as { rastro: Record<string, (value: unknown) => void> }).rastro[name]?.(value),
    [method, argument] as const,
  );
/** What the tracker holds for the device, once it has tracked something. */
const device = async (page: Page): Promise<string> => {
  await page.waitForFunction(() => localStorage.getItem('rastro_id'));
  return page.evaluate(() => localStorage.getItem('rastro_id') ?? '');
};
const flush = (page: Page): Promise<boolean> =>
  page.evaluate(() => (window as unknown as { rastro: Rastro }).rastro.flush());
/** Everything that is on the stream once so many records are there, and all that was tracked has been sent. */
async function records(shop: Shop, page: Page, count: number): Promise<Fields[]> {
  await shop.settled(count);
  expect(await flush(page)).toBe(true);
  return (await shop.records()).map(({ record }) => record);
}
const jsonLd = (value: unknown): string =>
  `<script type="application/ld+json">${typeof value === 'string' ? value : JSON.stringify(value)}</script>`;
const lamp = { '@context': 'https://schema.org', '@type': 'Product', productID: 'lamp', name: 'A lamp' };
/** What a page tells goes to the collector of the test, not to that of the shop and its stream. */
const kitTest = mergeTests(test, kit);

test.describe('attributes', () => {
  const script = 'rastro.use(attributes());';

  kitTest(
    'tells views and clicks, with the product of the closest element that names one',
    async ({ open, rastro }) => {
      const page = await open('/t', {
        script,
        body: `<main data-rastro="view" data-rastro-product-id="0001" data-rastro-category-id="2053013552326770905" data-rastro-price="35.79" data-rastro-brand="">
        <button data-rastro="cart" data-rastro-quantity="2"><b>Add</b></button>
        <section data-rastro-product-id="2"><button data-rastro="remove_from_cart">Remove</button></section>
        <button>Other</button>
      </main>`,
      });
      await page.getByText('Add').click();
      await page.getByText('Remove').focus();
      await page.keyboard.press('Enter');
      await page.getByText('Other').click();
      await expect(rastro).toHaveTrackedOnly([
        ['view', { product_id: '0001', category_id: '2053013552326770905', price: 35.79, currency: 'BRL' }],
        ['cart', { product_id: '0001', price: 35.79, quantity: 2 }],
        ['remove_from_cart', { product_id: '2', price: undefined }],
      ]);
    },
  );

  kitTest('tells forms when they are submitted, with their quantity, and only once', async ({ open, rastro }) => {
    const page = await open('/t', {
      script,
      body: `<form data-rastro="cart" data-rastro-product-id="1" action="javascript:void 0">
        <input name="quantity" type="number" min="1" value="3"><button>Add</button></form>`,
    });
    await page.getByRole('spinbutton').fill('0');
    await page.getByText('Add').click();
    await page.getByRole('spinbutton').fill('4');
    await page.getByText('Add').click();
    await expect(rastro).toHaveTrackedOnly([['cart', { quantity: 4 }]]);
  });

  kitTest(
    'sees what is added later, in open shadow trees too, and a view once for each product',
    async ({ open, rastro }) => {
      const page = await open('/t', { script });
      await page.evaluate(async () => {
        const { body } = document;
        body.insertAdjacentHTML('beforeend', '<article data-rastro="view" data-rastro-product-id="1"></article>');
        await new Promise((resolve) => setTimeout(resolve));
        const article = document.querySelector('article') as HTMLElement;
        body.append(article);
        article.append('more');
        await new Promise((resolve) => setTimeout(resolve));
        article.dataset['rastroProductId'] = '2';
        await new Promise((resolve) => setTimeout(resolve));
        const host = document.createElement('div');
        host.dataset['rastroProductId'] = '3';
        host.attachShadow({ mode: 'open' }).innerHTML = '<button data-rastro="cart">Add</button>';
        body.append(host);
        host.shadowRoot?.querySelector('button')?.click();
      });
      await expect(rastro).toHaveTrackedOnly([
        ['view', { product_id: '1' }],
        ['view', { product_id: '2' }],
        ['cart', { product_id: '3' }],
      ]);
    },
  );

  kitTest('still hears a click that the page stops', async ({ open, rastro }) => {
    const page = await open('/t', {
      script,
      body: '<button data-rastro="cart" data-rastro-product-id="1" onclick="event.stopImmediatePropagation()">Add</button>',
    });
    await page.getByText('Add').click();
    await expect(rastro).toHaveTrackedOnly([['cart', { product_id: '1' }]]);
  });

  kitTest('hears nothing after stop()', async ({ open, rastro }) => {
    const page = await open('/t', {
      script,
      body: '<button data-rastro="cart" data-rastro-product-id="1">Add</button>',
    });
    await page.evaluate(() => {
      const { rastro } = window as unknown as { rastro: Rastro };
      rastro.stop();
      document.body.insertAdjacentHTML('beforeend', '<p data-rastro="view" data-rastro-product-id="2">');
    });
    await page.getByText('Add').click();
    const next = await open('/end', { script: '' });
    await call(next, 'view', { product_id: 'end' });
    await expect(rastro).toHaveTrackedOnly([['view', { product_id: 'end' }]]);
  });

  kitTest('lets the collector say what is wrong', async ({ open, rastro }) => {
    const page = await open('/t', {
      script,
      body: `<button data-rastro="cart" data-rastro-product-id="1" data-rastro-price="35,79">Price</button>
        <button data-rastro="cart">Nothing</button>`,
    });
    await page.getByText('Price').click();
    await page.getByText('Nothing').click();
    await expect(rastro).toHaveRejected('decimal_comma', { path: '/price' });
    await expect(rastro).toHaveRejected('missing_field', { path: '/product_id' });
    await expect(rastro).toHaveTrackedOnly([]);
    expect(rastro.rejected()).toHaveLength(2);
  });

  const button = '<button data-rastro="cart">Add</button>';
  const offer = { '@type': 'Offer', price: '35.790', priceCurrency: 'USD' };
  const cases: [what: string, scripts: unknown[], expected: ExpectedFields<'cart'> | undefined][] = [
    ['one product', [lamp], { product_id: 'lamp', product_name: 'A lamp' }],
    [
      'a brand, an offer, and a SKU for an id',
      [{ '@type': 'Product', sku: '0042', name: 'A\n lamp', brand: { '@type': 'Brand', name: 'B' }, offers: [offer] }],
      { product_id: '0042', sku: '0042', product_name: 'A lamp', brand: 'B', price: 35.79, currency: 'USD' },
    ],
    [
      'a graph',
      [{ '@graph': [{ '@type': 'WebPage' }, { ...lamp, '@type': ['Product', 'Thing'] }] }],
      { product_id: 'lamp' },
    ],
    ['the main entity of a page', [[{ '@type': 'ItemPage', mainEntity: lamp }]], { product_id: 'lamp' }],
    [
      'an id of 19 digits without quotes',
      ['{"@type":"Product","productID":2053013552326770905}'],
      { product_id: '2053013552326770905' },
    ],
    ['the full name of the type', [{ ...lamp, '@type': 'http://schema.org/Product' }], { product_id: 'lamp' }],
    ['something that does not parse beside it', ['{oops', lamp, ''], { product_id: 'lamp' }],
    ['related products', [{ ...lamp, isRelatedTo: [{ '@type': 'Product', productID: 'x' }] }], { product_id: 'lamp' }],
    [
      'an aggregate offer: no price',
      [{ ...lamp, offers: { '@type': 'AggregateOffer', lowPrice: 1, price: 1, priceCurrency: 'USD' } }],
      { product_id: 'lamp', currency: 'BRL', price: undefined },
    ],
    ['two offers: no price', [{ ...lamp, offers: [offer, offer] }], { product_id: 'lamp', price: undefined }],
    [
      'a price with a comma: no price',
      [{ ...lamp, offers: { ...offer, price: '35,79' } }],
      { product_id: 'lamp', price: undefined },
    ],
    ['two products: none', [lamp, lamp], undefined],
    ['a group of variants: none', [lamp, { '@type': 'ProductGroup' }], undefined],
    ['no id: none', [{ '@type': 'Product', name: 'x' }], undefined],
    ['null and numbers: none', ['null', '5', '[null]', '{"@type":null,"@graph":7}'], undefined],
  ];
  kitTest('takes the product from JSON-LD when that is unambiguous', async ({ open, rastro }) => {
    const page = await open('/t', { script, body: button });
    for (const [what, scripts] of cases) {
      await page.evaluate(
        ([html, product_id]) => {
          document.head.innerHTML = html;
          (window as unknown as { rastro: Rastro }).rastro.view({ product_id });
        },
        [scripts.map(jsonLd).join(''), what] as const,
      );
      await page.getByText('Add').click();
    }
    // The view that stands before the click of each case tells which is whose.
    await expect(rastro).toHaveTrackedOnly(
      cases.flatMap(([what, , cart]) => [
        ['view', { product_id: what }] as const,
        ...(cart ? [['cart', cart] as const] : []),
      ]),
    );
    // What has no product is told all the same: it is the collector that says so.
    await expect(rastro).toHaveRejected('missing_field', { path: '/product_id' });
    expect(rastro.rejected()).toHaveLength(cases.filter(([, , cart]) => !cart).length);
  });

  kitTest('waits with a view until the page says of what', async ({ open, rastro }) => {
    const page = await open('/t', { script, body: '<main data-rastro="view"></main>' });
    await page.evaluate((html) => document.body.insertAdjacentHTML('beforeend', html), jsonLd(lamp));
    await page.evaluate(() => document.body.append('more'));
    await expect(rastro).toHaveTrackedOnly([['view', { product_id: 'lamp' }]]);
  });
});

test.describe('page-views', () => {
  const script = `
    rastro.use(pageViews({ product: async (url) => {
      window.asked = [...(window.asked ?? []), url.pathname + url.search + url.hash];
      await (url.searchParams.has('slow') && new Promise((resolve) => { window.answer = resolve; }));
      const id = url.pathname.split('/p/')[1];
      return id && { product_id: id };
    } }));`;
  /** Goes somewhere as an application does, and waits until it has been drawn. */
  const go = (page: Page, url: string, how: 'pushState' | 'replaceState' = 'pushState') =>
    page.evaluate(
      async ([to, method]) => {
        history[method](null, '', to);
        document.title = `Title of ${to}`;
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => setTimeout(resolve))));
      },
      [url, how] as const,
    );

  for (const api of ['the Navigation API', 'a patched history']) {
    kitTest(`tells each page once, by ${api}`, async ({ open, rastro, shop, context }) => {
      if (api === 'a patched history') {
        await context.addInitScript(() => Object.defineProperty(window, 'navigation', { value: undefined }));
      }
      const page = await open('/p/1?utm_source=mail&secret=1', { script });
      await expect(rastro).toHaveTracked('view', {}, { times: 1 });
      await go(page, '/p/1?utm_source=mail&secret=1', 'replaceState');
      await go(page, '/p/1?colour=red', 'replaceState');
      await go(page, '/p/1?colour=red#reviews');
      await go(page, '/p/2?token=x');
      await page.evaluate(() => {
        history.pushState(null, '', '/p/gone');
        history.replaceState(null, '', '/p/3');
      });
      await expect(rastro).toHaveTracked('view', {}, { times: 3 });
      await go(page, '/about');
      await page.evaluate(() => history.back());
      await expect(rastro).toHaveTracked('view', {}, { times: 4 });
      await go(page, '/p/3');
      const view = (product_id: string, path: string, from: string | undefined, page_title: string) =>
        [
          'view',
          { product_id, page_url: shop.url + path, page_referrer: from && shop.url + from, page_title },
        ] as const;
      await expect(rastro).toHaveTrackedOnly([
        view('1', '/p/1?utm_source=mail', undefined, 'Page'),
        view('2', '/p/2', '/p/1', 'Title of /p/2?token=x'),
        view('3', '/p/3', '/p/2', 'Title of /p/2?token=x'),
        view('3', '/p/3', '/about', 'Title of /about'),
      ]);
      expect(await page.evaluate(() => (window as unknown as { asked: string[] }).asked)).not.toContain('/p/gone');
    });
  }

  kitTest('tells a page again that comes back from the back/forward cache', async ({ open, rastro }) => {
    const page = await open('/p/1', { script });
    await expect(rastro).toHaveTracked('view', {}, { times: 1 });
    // A browser that is driven by a program keeps no pages: the event it would get is all there is to test.
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    const view = ['view', { product_id: '1', page_referrer: undefined }] as const;
    await expect(rastro).toHaveTrackedOnly([view, view]);
  });

  kitTest('gives the history back at stop()', async ({ open, rastro, context }) => {
    await context.addInitScript(() => {
      Object.defineProperty(window, 'navigation', { value: undefined });
      Object.assign(window, { originals: [history.pushState, history.replaceState] });
    });
    const page = await open('/p/1', { script });
    await expect(rastro).toHaveTracked('view', {}, { times: 1 });
    expect(
      await page.evaluate(() => {
        const { originals } = window as unknown as { originals: unknown[] };
        const patched = history.pushState !== originals[0];
        (window as unknown as { rastro: Rastro }).rastro.stop();
        return [patched, history.pushState === originals[0], history.replaceState === originals[1]];
      }),
    ).toEqual([true, true, true]);
    await go(page, '/p/2');
    const next = await open('/end', { script: '' });
    await call(next, 'view', { product_id: 'end' });
    await expect(rastro).toHaveTrackedOnly([
      ['view', { product_id: '1' }],
      ['view', { product_id: 'end' }],
    ]);
  });

  kitTest('forgets a product whose data come when the visitor has gone on', async ({ open, rastro }) => {
    const page = await open('/p/1', { script });
    await expect(rastro).toHaveTracked('view', {}, { times: 1 });
    await go(page, '/p/2?slow');
    await page.waitForFunction(() => 'answer' in window);
    await page.evaluate(() => {
      history.pushState(null, '', '/p/3');
      (window as unknown as { answer(): void }).answer();
    });
    await expect(rastro).toHaveTracked('view', {}, { times: 2 });
    await expect(rastro).toHaveTrackedOnly([
      ['view', { product_id: '1' }],
      ['view', { product_id: '3' }],
    ]);
  });

  kitTest(
    'reads JSON-LD when the application has written it, and not that of the page before',
    async ({ open, rastro }) => {
      const page = await open('/p/lamp', {
        script: `rastro.use(pageViews({ product: 'json-ld' }));`,
        head: jsonLd(lamp),
      });
      await expect(rastro).toHaveTracked('view', {}, { times: 1 });
      const write = (value: unknown) =>
        page.evaluate((text) => {
          const element = document.querySelector('script[type="application/ld+json"]');
          if (element) element.textContent = text;
        }, JSON.stringify(value));
      await go(page, '/p/vase');
      await write({ ...lamp, productID: 'vase' });
      await expect(rastro).toHaveTracked('view', {}, { times: 2 });
      await go(page, '/about');
      await write({ '@type': 'WebPage' });
      await go(page, '/p/vase');
      await write({ ...lamp, productID: 'vase' });
      await expect(rastro).toHaveTrackedOnly([
        ['view', { product_id: 'lamp' }],
        ['view', { product_id: 'vase' }],
        ['view', { product_id: 'vase' }],
      ]);
    },
  );

  kitTest('says which option is wrong', async ({ open }) => {
    const page = await open('/t', {
      script: 'try { pageViews({}); } catch (error) { window.said = String(error); }',
    });
    expect(await page.evaluate(() => (window as unknown as { said: string }).said)).toBe(
      "TypeError: rastro: pageViews: product must be a function or 'json-ld', got undefined",
    );
  });
});

test.describe('cross-domain', () => {
  const script = `
    window.plugin = crossDomain({ domains: ['localhost', '127.0.0.1'] });
    rastro.use(window.plugin);`;
  const start = `${script} rastro.q.push(['view', [{ product_id: 'first' }], Date.now()]);`;
  const elsewhere = (shop: Shop): string => shop.url.replace('127.0.0.1', 'localhost');

  /** Every way of going there, from a page that links to `there`. */
  const ways: Record<string, (page: Page) => Promise<unknown>> = {
    'a click': (page) => page.getByText('Link').click(),
    'the Enter key': async (page) => {
      await page.getByRole('link').focus();
      await page.keyboard.press('Enter');
    },
    'a form that gets': (page) => page.getByText('Get').click(),
    'a form that posts': (page) => page.getByText('Post').click(),
    'a button of a form': (page) => page.getByText('Elsewhere').click(),
    'a script': (page) =>
      page.evaluate(() => {
        const { plugin } = window as unknown as { plugin: { link(url: string): string } };
        location.href = plugin.link((document.querySelector('a') as HTMLAnchorElement).href);
      }),
  };
  const body = (there: string): string => `<a href="${there}/two?a=%20b&c#part"><b>Link</b></a>
    <form action="${there}/two"><input type="hidden" name="a" value="1"><button>Get</button></form>
    <form action="${there}/two?a=1" method="post"><button>Post</button><button formaction="${there}/two?b=1">Elsewhere</button></form>`;

  for (const [way, follow] of Object.entries(ways)) {
    test(`hands the device over by ${way}, and cleans the address`, async ({ open, shop, context }) => {
      const there = elsewhere(shop);
      await serve(context, '/two', { script: start.replace('first', 'second') });
      const page = await open('/one', { script: start, body: body(there) });
      const id = await device(page);
      const arrived = page.waitForRequest((request) => request.url().startsWith(`${there}/two`));
      await follow(page);
      expect((await arrived).url()).toMatch(new RegExp(`[?&]_rastro=${id}\\.[0-9a-z]+(&|#|$)`));
      await page.waitForURL((url) => url.hostname === 'localhost');
      await ready(page);
      expect(await device(page)).toBe(id);
      expect(page.url()).not.toContain('_rastro');
      if (way === 'a click') expect(page.url()).toBe(`${there}/two?a=%20b&c#part`);
      const found = await records(shop, page, 2);
      expect(found.map((r) => [r['product_id'], r['device_id']]).sort()).toEqual([
        ['first', id],
        ['second', id],
      ]);
      expect(new Set(found.map((r) => r['session_id'])).size).toBe(2);
      expect(await page.evaluate(() => document.cookie)).toContain(id);
    });
  }

  test('hands it to a new tab, and leaves the link as it was', async ({ open, shop, context }) => {
    const there = elsewhere(shop);
    const page = await open('/one', { script: start, body: body(there) });
    await device(page);
    for (const options of [{ modifiers: ['ControlOrMeta'] as const }, { button: 'middle' as const }]) {
      const opened = context.waitForEvent('page');
      await page.getByText('Link').click({ ...options } as object);
      const tab = await opened;
      // The first request of a new tab passes by the routes of the test: its address is what can be seen of it.
      await tab.waitForURL('**/two**');
      expect(tab.url()).toContain(`_rastro=${await device(page)}.`);
      await expect(page.getByRole('link')).toHaveAttribute('href', `${there}/two?a=%20b&c#part`);
      await tab.close();
    }
  });

  test('decorates nothing for others, or for itself', async ({ open, shop }) => {
    const page = await open('/one', { script: start });
    await device(page);
    const links = await page.evaluate(
      ([own, other]) => {
        const { plugin } = window as unknown as { plugin: { link(url: string): string } };
        const urls = [
          '/two',
          `${own}/two`,
          'https://other.example/',
          'https://xlocalhost/',
          'mailto:a@localhost',
          'ftp://localhost/',
          'http://',
          '',
        ];
        return [urls.filter((url) => plugin.link(url) !== url), plugin.link(`${other}/`) !== `${other}/`];
      },
      [shop.url, elsewhere(shop)] as const,
    );
    expect(links).toEqual([[], true]);
  });

  /** Whether a link to elsewhere gets the id. */
  const decorated = (page: Page, shop: Shop) =>
    page.evaluate(
      (url) => (window as unknown as { plugin: { link(url: string): string } }).plugin.link(url) !== url,
      elsewhere(shop),
    );
  const tracked = async (page: Page, product_id: string) => {
    await call(page, 'view', { product_id });
    await device(page);
  };

  test('decorates nothing without consent, before the first event, or after stop()', async ({ open, shop }) => {
    const page = await open('/one', { script, attributes: 'data-key="demo" data-consent="pending"' });
    await call(page, 'view', { product_id: '1' });
    expect(await decorated(page, shop)).toBe(false);
    await call(page, 'consent', 'granted');
    await device(page);
    expect(await decorated(page, shop)).toBe(true);
    await call(page, 'consent', 'pending');
    expect(await decorated(page, shop)).toBe(false);
    await call(page, 'consent', 'denied');
    expect(await decorated(page, shop)).toBe(false);
    await call(page, 'consent', 'granted');
    expect(await decorated(page, shop)).toBe(false);
    await tracked(page, '2');
    expect(await decorated(page, shop)).toBe(true);
    await call(page, 'stop');
    expect(await decorated(page, shop)).toBe(false);
  });

  test('decorates nothing where nothing is stored', async ({ open, shop }) => {
    const page = await open('/one', { script, attributes: 'data-key="demo" data-cookieless' });
    await call(page, 'view', { product_id: '1' });
    await records(shop, page, 1);
    expect(await decorated(page, shop)).toBe(false);
  });

  const handOver = (id: string): string => `_rastro=${id}.${Date.now().toString(36)}`;

  test('takes over before other calls while consent is pending, and nothing when it is denied', async ({
    open,
    shop,
  }) => {
    const pending = await open(`/one?${handOver('from-elsewhere')}`, {
      script: start,
      attributes: 'data-key="demo" data-consent="pending"',
    });
    expect(await pending.evaluate(() => localStorage.length + document.cookie.length)).toBe(0);
    await call(pending, 'consent', 'granted');
    const [found] = await records(shop, pending, 1);
    expect(found).toMatchObject({ product_id: 'first', device_id: 'from-elsewhere' });
    const denied = await open(`/two?${handOver('from-nowhere')}`, {
      script: start,
      attributes: 'data-key="demo" data-consent="denied"',
    });
    await call(denied, 'consent', 'granted');
    await tracked(denied, 'second');
    expect(await device(denied)).not.toBe('from-nowhere');
  });

  test('ends session and customer when the device is another, and not when it is the same', async ({ open, shop }) => {
    const page = await open('/one', { script });
    await call(page, 'identify', 'c-1');
    await tracked(page, 'first');
    const id = await device(page);
    const again = await open(`/two?${handOver(id)}`, { script: start.replace('first', 'again') });
    expect(again.url()).toBe(`${shop.url}/two`);
    await records(shop, again, 2);
    const other = await open(`/three?${handOver('other')}`, { script: start.replace('first', 'other') });
    const found = await records(shop, other, 3);
    const of = (product_id: string): Fields => found.find((record) => record['product_id'] === product_id) ?? {};
    expect(of('again')).toMatchObject({ device_id: id, session_id: of('first')['session_id'], customer_id: 'c-1' });
    expect(of('other')).toMatchObject({ device_id: 'other', session_seq: 1 });
    expect(of('other')).not.toHaveProperty('customer_id');
  });

  const now = () => Date.now();
  for (const [what, value] of [
    ['is too old', () => `stolen.${(now() - 130_000).toString(36)}`],
    ['has no time', () => 'stolen'],
    ['is not well formed', () => `sto%22len.${now().toString(36)}`],
    ['is empty', () => ''],
  ] as const) {
    test(`takes over nothing that ${what}, and cleans the address all the same`, async ({ open, shop }) => {
      const page = await open(`/one?a=1&_rastro=${value()}&b=2`, { script: start });
      expect(page.url()).toBe(`${shop.url}/one?a=1&b=2`);
      expect(await device(page)).not.toContain('sto');
    });
  }

  test('takes over nothing from a page of somebody else', async ({ shop, context }) => {
    await serve(context, '/one', { script: start });
    await context.route('http://other.example/', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<a href="${shop.url}/one?_rastro=planted.${now().toString(36)}">Go</a>`,
      }),
    );
    const page = await context.newPage();
    await page.goto('http://other.example/');
    await page.getByText('Go').click();
    await page.waitForURL(`${shop.url}/one`);
    await ready(page);
    expect(await device(page)).not.toBe('planted');
  });
});

test.describe('debug', () => {
  const script = 'rastro.use(debug());';
  const panel = (page: Page) => page.getByRole('region', { name: 'Rastro debug panel' });
  const view = (page: Page, fields: object) =>
    page.evaluate((event) => (window as unknown as { rastro: Rastro }).rastro.view(event), fields);

  test('is not there unless it is asked for', async ({ open }) => {
    const page = await open('/t', { script });
    expect(await page.evaluate(() => document.documentElement.children.length)).toBe(2);
    await expect(panel(page)).toBeHidden();
  });

  test('shows what becomes of events, until it is closed', async ({ open, shop }) => {
    const page = await open('/t?rastro_debug', { script });
    await expect(panel(page)).toBeVisible();
    shop.fail(503);
    await view(page, { product_id: '1', product_name: '<b>Lamp</b>' });
    await view(page, { product_id: '2', price: '35,79' });
    const [bad, good] = [panel(page).locator('details').first(), panel(page).locator('details').last()];
    await expect(good).toContainText('waiting');
    await panel(page).getByRole('button', { name: 'Requests' }).click();
    await expect(panel(page).locator('.request').first()).toContainText(/^failed2 events\d+ ms · kept · /);
    shop.fail(undefined);
    await expect(panel(page).locator('.request').first()).toContainText('1 confirmed, 1 rejected');
    await expect(panel(page).getByRole('status')).toHaveText('2 events: 1 confirmed, 1 rejected');
    await panel(page).getByRole('button', { name: 'Events' }).click();
    await expect(good).toContainText('confirmedview1 · <b>Lamp</b>');
    await expect(bad).toContainText('rejectedview2');
    await expect(bad).toContainText('decimal_comma at /price: ');
    await expect(bad.getByText('35,79', { exact: true })).toBeVisible();
    await expect(good.getByText('page_title')).toBeHidden();
    await good.locator('summary').click();
    await expect(good.getByText('page_title')).toBeVisible();
    await expect(panel(page).locator('header')).toContainText('confirmed1rejected1');
    await expect(panel(page).locator('.ids')).toContainText(`device${await device(page)}`);

    await page.goto(`${shop.url}/t`);
    await expect(panel(page)).toBeVisible();
    await panel(page).getByRole('button', { name: 'Close' }).click();
    await expect(panel(page)).toBeHidden();
    await page.goto(`${shop.url}/t`);
    await ready(page);
    await expect(panel(page)).toBeHidden();
  });

  test('holds under a strict policy, moves nothing, and goes by keyboard', async ({ open }) => {
    const page = await open('/t', {
      script: `
        addEventListener('securitypolicyviolation', (event) => (window.violated = event.violatedDirective));
        const size = () => JSON.stringify([document.documentElement.getBoundingClientRect(), document.documentElement.scrollHeight]);
        window.before = size();
        rastro.use(debug({ open: true }));
        window.size = size;`,
      body: '<p style="height: 2000px"><button>Page</button>',
      headers: {
        'content-security-policy':
          "default-src 'none'; connect-src 'self'; script-src 'self' 'nonce-test'; require-trusted-types-for 'script'; trusted-types 'none'",
      },
    });
    await expect(panel(page)).toBeVisible();
    await expect(panel(page)).toHaveCSS('border-radius', '10px');
    await view(page, { product_id: '1' });
    await expect(panel(page).locator('details')).toContainText('confirmed');
    const { before, after, violated } = await page.evaluate(() => {
      const seen = window as unknown as { before: string; size(): string; violated?: string };
      return { before: seen.before, after: seen.size(), violated: seen.violated };
    });
    expect(after).toBe(before);
    expect(violated).toBe(undefined);
    // The policy is in force.
    const parsed = page.evaluate(() => {
      document.body.innerHTML = '<p>';
    });
    await expect(parsed).rejects.toThrow('TrustedHTML');
    await page.keyboard.press('Tab');
    await expect(page.getByRole('button', { name: 'Page' })).toBeFocused();
    await page.keyboard.press('Tab');
    await expect(panel(page).getByRole('button', { name: 'Minimize' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(panel(page).getByRole('button', { name: 'Requests' })).toBeHidden();
    await page.keyboard.press('Escape');
    await expect(panel(page)).toBeHidden();
  });

  const rows = (page: Page) => panel(page).locator('summary');
  /** What the console warns of, but for the browser's own notes. */
  const warnings = (page: Page): string[] => {
    const heard: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'warning' && message.text().startsWith('rastro')) heard.push(message.text());
    });
    return heard;
  };

  test('shows what waits for consent, and what is dropped', async ({ open, shop }) => {
    const page = await open('/t?rastro_debug', { script, attributes: 'data-key="demo" data-consent="pending"' });
    await expect(panel(page).locator('.ids')).toContainText(
      /devicenone yetsessionnone yetconsentpending: events are held/,
    );
    await view(page, { product_id: '1' });
    await expect(rows(page)).toHaveText(/^heldview1/);
    await rows(page).click();
    await expect(panel(page).getByText('consent: pending', { exact: true })).toBeVisible();
    await call(page, 'consent', 'granted');
    await expect(rows(page)).toHaveText(/^confirmedview1/);
    await expect(panel(page).getByText('consent: pending', { exact: true })).toBeHidden();
    await expect(panel(page).locator('.ids')).toContainText(`device${await device(page)}`);
    shop.fail(503);
    await view(page, { product_id: '2' });
    await expect(rows(page).first()).toHaveText(/^waitingview2/);
    await call(page, 'consent', 'pending');
    await view(page, { product_id: '3' });
    await expect(rows(page).first()).toHaveText(/^heldview3/);
    await call(page, 'consent', 'denied');
    await view(page, { product_id: '4' });
    await expect(rows(page)).toHaveText([/^droppedview4/, /^droppedview3/, /^droppedview2/, /^confirmedview1/]);
    await expect(panel(page).locator('header')).toHaveText(/^Rastro\s+confirmed\s+1\s+dropped\s+3/, {
      useInnerText: true,
    });
  });

  test('an event has its id as soon as its task is over', async ({ open, shop }) => {
    const page = await open('/t?rastro_debug', { script });
    shop.fail(503);
    const chip = await page.evaluate(async () => {
      const { rastro } = window as unknown as { rastro: Rastro };
      rastro.view({ product_id: '1' });
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const host = [...document.documentElement.children].find(({ shadowRoot }) => shadowRoot);
      return host?.shadowRoot?.querySelector('summary')?.textContent;
    });
    expect(chip).toMatch(/^(waiting|sent)view1/);
  });

  test('shows what an earlier page left behind, once for each event', async ({ open, shop }) => {
    const page = await open('/t', { script });
    shop.fail(503);
    await view(page, { product_id: 'left' });
    await expect.poll(() => flush(page)).toBe(false);
    await page.goto(`${shop.url}/t?rastro_debug`);
    await expect(rows(page)).toHaveText(/^waitingviewleft/);
    await view(page, { product_id: 'own' });
    await expect(rows(page)).toHaveText([/^(waiting|sent)viewown/, /^(waiting|sent)viewleft/]);
    shop.fail(undefined);
    await expect(rows(page)).toHaveText([/^confirmedviewown/, /^confirmedviewleft/]);
  });

  test('tells of rejected events and failed calls in the console too, once', async ({ open, shop }) => {
    const page = await open('/t?rastro_debug', { script });
    const heard = warnings(page);
    await call(page, 'view');
    await expect(rows(page)).toHaveText(/^rejectedcall/);
    await expect(panel(page).locator('details')).toContainText('misuse: ');
    shop.fail(503);
    await view(page, { product_id: '1' });
    await view(page, { product_id: '2', price: '35,79' });
    await expect(rows(page).first()).toHaveText(/^waitingview2/);
    shop.fail(undefined);
    await expect(rows(page)).toHaveText([/^rejectedview2/, /^confirmedview1/, /^rejectedcall/]);
    expect(heard).toEqual([
      expect.stringMatching(/^rastro: a call failed: misuse: /),
      expect.stringMatching(/^rastro: view rejected: decimal_comma at \/price: /),
    ]);
  });

  test('tells of a request that is refused, with all its events', async ({ open }) => {
    const page = await open('/t?rastro_debug', { script, attributes: 'data-key="nobody"' });
    const heard = warnings(page);
    await page.evaluate(() => {
      const { rastro } = window as unknown as { rastro: Rastro };
      rastro.view({ product_id: '1' });
      rastro.view({ product_id: '2' });
    });
    await expect(rows(page)).toHaveText([/^rejectedview2/, /^rejectedview1/]);
    await expect(panel(page).locator('details').first()).toContainText('unknown_key: ');
    expect(heard).toEqual([expect.stringMatching(/^rastro: 2 events refused: unknown_key: /)]);
  });
});

test.describe('web-vitals', () => {
  const body = `<main><h1 id="title" style="margin: 0">Title</h1>
    <button id="slow" onclick="for (const end = performance.now() + 120; performance.now() < end;);">Slow</button></main>
    <script>setTimeout(() => document.querySelector('main').insertAdjacentHTML('afterbegin', '<div style="height: 200px">Late</div>'), 300);</script>`;

  for (const build of ['web-vitals', 'web-vitals-attribution']) {
    test(`${build} tells all metrics, with the page they belong to`, async ({ open, shop }) => {
      const page = await open('/first?token=x&utm_source=mail', {
        script: `import { webVitals } from '/rastro/${build}.js'; rastro.use(webVitals());`,
        body,
      });
      await page.getByText('Late').waitFor();
      await page.getByText('Slow').click();
      // LCP is final, and has been sent, before the application goes on.
      await shop.settled(3);
      await page.evaluate(() => {
        history.pushState(null, '', '/second');
        document.title = 'Second';
      });
      await page.goto('about:blank');
      const found = (await shop.settled(5)).map(({ record }) => record);
      expect(found.map((record) => record['metric']).sort()).toEqual(['CLS', 'FCP', 'INP', 'LCP', 'TTFB']);
      for (const record of found) {
        expect(record).toMatchObject({
          event_type: 'web_vitals',
          navigation_type: 'navigate',
          page_url: `${shop.url}/first?utm_source=mail`,
          page_title: 'Page',
          rating: expect.stringMatching(/^(good|needs-improvement|poor)$/),
        });
      }
      const of = (metric: string): Fields => found.find((record) => record['metric'] === metric) ?? {};
      expect(of('CLS')['value']).toBeGreaterThan(0);
      expect(of('INP')['value']).toBeGreaterThanOrEqual(120);
      if (build === 'web-vitals') {
        expect(found.filter((record) => 'target' in record)).toEqual([]);
      } else {
        expect(of('LCP')['target']).toBe('#title');
        expect(of('INP')['target']).toBe('#slow');
        expect(of('CLS')['target']).toMatch(/#title|#slow/);
      }
    });
  }

  test('begins anew when the page comes back from the back/forward cache', async ({ open, shop }) => {
    const page = await open('/first', {
      script: `import { webVitals } from '/rastro/web-vitals.js'; rastro.use(webVitals());`,
      body,
    });
    await shop.settled(2);
    await page.evaluate(() => {
      history.pushState(null, '', '/second');
      document.title = 'Second';
      dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    });
    await expect
      .poll(async () => (await shop.records()).map(({ record }) => record['navigation_type']))
      .toContain('back-forward-cache');
    for (const { record } of await shop.records()) {
      const again = record['navigation_type'] === 'back-forward-cache';
      expect(record['page_url']).toBe(`${shop.url}/${again ? 'second' : 'first'}`);
      if (again) expect(record['page_title']).toBe('Second');
    }
  });

  test('tells nothing after stop()', async ({ open, shop }) => {
    const page = await open('/t', {
      script: `import { webVitals } from '/rastro/web-vitals.js'; rastro.use(webVitals());`,
      body,
    });
    await shop.settled(2);
    await page.evaluate(() => (window as unknown as { rastro: Rastro }).rastro.stop());
    await page.getByText('Slow').click();
    await page.goto(`${shop.url}/cart`);
    await ready(page);
    expect(await flush(page)).toBe(true);
    const metrics = (await shop.records()).map(({ record }) => record['metric']);
    expect(metrics).not.toContain('INP');
    expect(metrics).not.toContain('CLS');
  });
});
