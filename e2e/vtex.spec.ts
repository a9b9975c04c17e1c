import type { Page } from '@playwright/test';
import { expect, type Shop, test } from './support/fixtures.js';

type Fields = Record<string, unknown>;
interface Rastro {
  flush(): Promise<boolean>;
  stop(): void;
}
type Global = typeof globalThis & { rastro: Rastro; untouched: typeof fetch; answers: unknown[] };

/** A page whose tracker comes by the script tag. @param script Module script. @param before Runs before anything else. */
const html = (script: string, before = ''): string => `<!doctype html><title>Shop</title>
<script>${before}
window.rastro={q:[]};rastro.use=(...a)=>rastro.q.push(['use',a,Date.now()])</script>
<script type="module">${script}</script>
<script defer src="/rastro.js" data-key="demo" data-currency="BRL"></script>
<body>Shop</body>`;
const opened = async (page: Page, url: string): Promise<void> => {
  await page.goto(url);
  await page.waitForFunction(() => 'flush' in (window as unknown as Global).rastro);
};
/** Everything that is on the stream once so many records are there, and all that was tracked has been sent. */
async function records(shop: Shop, page: Page, count: number): Promise<Fields[]> {
  await shop.settled(count);
  expect(await page.evaluate(() => (window as unknown as Global).rastro.flush())).toBe(true);
  return (await shop.records()).map(({ record }) => record);
}
const told = (found: readonly Fields[]): string[] =>
  found.map(({ event_type, product_id }) => `${event_type} ${product_id}`);

const message = (event: string, fields: object): object => ({
  event,
  eventName: `vtex:${event}`,
  currency: 'BRL',
  ...fields,
});
const view = (productId: string): object =>
  message('productView', {
    product: {
      productId,
      categoryId: '10',
      selectedSku: { itemId: '35', sellers: [{ sellerDefault: true, commertialOffer: { Price: 38.9 } }] },
    },
  });
const line = { id: '9', sku: '20', categoryId: '25', price: 50, sellingPrice: 45.5, quantity: 2, unitMultiplier: 1 };
const order = (event: string): object =>
  message(event, {
    orderGroup: '1310750551387',
    transactionCurrency: 'BRL',
    transactionTotal: 191,
    transactionShipping: 9,
    transactionProducts: [line, { ...line, sku: '21', quantity: 1 }, { ...line, quantity: 1, sellingPrice: 45.5 }],
  });

test.describe('vtex', () => {
  const plugin = `import { vtex } from '/rastro/vtex.js'; rastro.use(vtex())`;
  /** As the pixel manager does it. */
  const post = (page: Page, ...messages: object[]): Promise<void> =>
    page.evaluate((all) => {
      for (const each of all) window.postMessage(each, window.origin);
    }, messages);

  test('tracks what the storefront tells', async ({ page, shop }) => {
    shop.serve('/vtex', html(plugin));
    await opened(page, `${shop.url}/vtex`);
    const items = [{ productId: '16', skuId: '35', price: 3890, sellingPrice: 3500, priceIsInt: true, quantity: 2 }];
    await post(
      page,
      message('userData', { isAuthenticated: true, id: '29cf4dce', email: 'a@b.c' }),
      message('pageView', { pageUrl: 'https://shop.example/' }),
      view('16'),
      message('addToCart', { items }),
      message('cartChanged', { items }),
      message('removeFromCart', { items: items.map((item) => ({ ...item, quantity: 1 })) }),
    );
    const found = await records(shop, page, 3);
    expect(found).toMatchObject([
      { event_type: 'view', product_id: '16', sku: '35', category_id: '10', price: 38.9, customer_id: '29cf4dce' },
      { event_type: 'cart', product_id: '16', price: 35, currency: 'BRL', quantity: 2 },
      { event_type: 'remove_from_cart', product_id: '16', price: 35, quantity: 1 },
    ]);
    expect(found).toHaveLength(3);
    await post(page, message('userData', { isAuthenticated: false }), view('17'));
    expect((await records(shop, page, 4)).find(({ product_id }) => product_id === '17')).not.toHaveProperty(
      'customer_id',
    );
  });

  test('counts an order once, however often its page is loaded', async ({ page, shop }) => {
    shop.serve('/vtex', html(plugin));
    await opened(page, `${shop.url}/vtex`);
    await post(page, order('orderPlaced'));
    await records(shop, page, 3);
    await page.reload();
    await page.waitForFunction(() => 'flush' in (window as unknown as Global).rastro);
    await post(page, order('orderPlacedTracked'), view('16'));
    await records(shop, page, 4);
    const lines = (await shop.records())
      .map(({ record }) => record)
      .filter(({ event_type }) => event_type === 'purchase');
    const once = new Map(lines.map((each) => [each['event_id'], each]));
    expect([...once.values()].map(({ sku, line, lines, order_id }) => [order_id, line, lines, sku]).sort()).toEqual([
      ['1310750551387', 1, 3, '20'],
      ['1310750551387', 2, 3, '20'],
      ['1310750551387', 3, 3, '21'],
    ]);
    expect([...once.values()].find((each) => each['line'] === 1)).toMatchObject({ order_total: 191, shipping: 9 });
  });

  test('takes no order of a frame, be it of this origin, another or none', async ({ page, shop }) => {
    shop.serve('/vtex', html(plugin));
    const script = `<script>parent.postMessage(${JSON.stringify(order('orderPlaced'))}, '*'); parent.postMessage('done', '*')</script>`;
    shop.serve('/frame', script);
    const other = new URL(shop.url);
    other.hostname = other.hostname === 'localhost' ? '127.0.0.1' : 'localhost';
    await opened(page, `${shop.url}/vtex`);
    await page.evaluate(
      async ([text, ...sources]) => {
        for (const source of [...sources, '']) {
          const frame = document.createElement('iframe');
          if (source) frame.src = source;
          else {
            frame.sandbox.add('allow-scripts');
            frame.srcdoc = text as string;
          }
          const done = new Promise((resolve) =>
            addEventListener('message', function listen({ data }) {
              if (data !== 'done') return;
              removeEventListener('message', listen);
              resolve(undefined);
            }),
          );
          document.body.append(frame);
          await done;
        }
      },
      [script, `${shop.url}/frame`, `${other.origin}/frame`],
    );
    await post(page, view('16'));
    expect(told(await records(shop, page, 1))).toEqual(['view 16']);
  });

  test('hears messages that the page kept for it, each once', async ({ page, shop }) => {
    const frame = `window.early=[];addEventListener('message',(e)=>early.push(e));
      window.postMessage(${JSON.stringify(view('1'))}, origin)`;
    shop.serve(
      '/vtex',
      html(
        `import { vtex } from '/rastro/vtex.js';
        // The message is there before the plugin is.
        while (!early[0]) await new Promise((resolve) => setTimeout(resolve));
        rastro.use(vtex({ earlier: early }))`,
        frame,
      ),
    );
    await opened(page, `${shop.url}/vtex`);
    await records(shop, page, 1);
    await post(page, view('2'));
    expect(told(await records(shop, page, 2)).sort()).toEqual(['view 1', 'view 2']);
    expect(await page.evaluate(() => (window as unknown as { early: unknown[] }).early.length)).toBe(0);
  });
});

test.describe('salesforce', () => {
  const plugin = `import { salesforce } from '/rastro/salesforce.js'; rastro.use(salesforce())`;
  const host = 'https://api.cquotient.example';
  /** Sends an activity as the PWA Kit does, and gives what its caller gets. */
  const send = (page: Page, activity: string, body: object): Promise<unknown> =>
    page.evaluate(
      async ([url, text]) => {
        const request = {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', 'x-cq-client-id': 'c' },
          body: text,
        };
        return fetch(url as string, request as RequestInit).then(
          async (response) => [response.status, await response.json()],
          (error: Error) => error.name,
        );
      },
      [`${host}/v3/activities/aaij-Shop/${activity}`, JSON.stringify(body)],
    );

  test('tracks activities, and changes neither request nor answer', async ({ page, shop }) => {
    const requests: unknown[] = [];
    await page.route(`${host}/**`, async (route) => {
      const request = route.request();
      if (request.method() === 'OPTIONS')
        return route.fulfill({ headers: { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' } });
      requests.push([request.method(), request.url(), request.postData(), request.headers()['x-cq-client-id']]);
      if (request.url().endsWith('/viewPage')) return route.abort();
      return route.fulfill({ json: { uuid: 'u' }, headers: { 'access-control-allow-origin': '*' } });
    });
    shop.serve('/pwa', html(plugin, 'window.untouched=fetch'));
    await opened(page, `${shop.url}/pwa`);
    const view = { product: { id: '25518447M', sku: '701642853817M', altId: '' }, cookieId: 'usid', userId: 'ab12' };
    const cart = { products: [{ id: '701642853817M', sku: '', price: 29.99, quantity: 2 }], cookieId: 'usid' };
    expect(await send(page, 'viewProduct', view)).toEqual([200, { uuid: 'u' }]);
    expect(await send(page, 'addToCart', cart)).toEqual([200, { uuid: 'u' }]);
    expect(await send(page, 'beginCheckout', { ...cart, amount: 59.98 })).toEqual([200, { uuid: 'u' }]);
    expect(await send(page, 'viewPage', { currentLocation: '/' })).toBe('TypeError');
    const url = `${host}/v3/activities/aaij-Shop`;
    expect(requests).toEqual([
      ['POST', `${url}/viewProduct`, JSON.stringify(view), 'c'],
      ['POST', `${url}/addToCart`, JSON.stringify(cart), 'c'],
      ['POST', `${url}/beginCheckout`, JSON.stringify({ ...cart, amount: 59.98 }), 'c'],
      ['POST', `${url}/viewPage`, JSON.stringify({ currentLocation: '/' }), 'c'],
    ]);
    const found = await records(shop, page, 2);
    expect(found).toMatchObject([
      { event_type: 'view', product_id: '25518447M', sku: '701642853817M', customer_id: 'ab12' },
      { event_type: 'cart', product_id: '25518447M', sku: '701642853817M', price: 29.99, currency: 'BRL', quantity: 2 },
    ]);
    expect(found).toHaveLength(2);

    // stop() gives the page its own function back.
    expect(
      await page.evaluate(() => {
        const { rastro, untouched } = window as unknown as Global;
        const before = window.fetch === untouched;
        rastro.stop();
        return [before, window.fetch === untouched];
      }),
    ).toEqual([false, true]);
  });

  test('what is no activity, or none that can be read, is the page’s own', async ({ page, shop }) => {
    shop.serve('/pwa', html(plugin));
    shop.serve('/v3/activities/s/viewProduct', 'ok');
    await opened(page, `${shop.url}/pwa`);
    const statuses = await page.evaluate(async () => {
      const url = '/v3/activities/s/viewProduct';
      const thrown = { toString: () => '/pwa?thrown' };
      const answers = [
        await fetch(new Request(url)),
        await fetch(new URL(url, location.href)),
        await fetch(thrown as unknown as string),
        await fetch(url, { method: 'POST', body: '{' }),
        await fetch(url, { method: 'POST', body: new Blob(['{}']) }),
        await fetch(`/pwa?next=${encodeURIComponent('/v3/activities/s/viewProduct')}`),
      ];
      return answers.map(({ ok }) => ok);
    });
    expect(statuses).toEqual([true, true, true, true, true, true]);
    await page.evaluate(() =>
      fetch('/v3/activities/s/viewProduct?x=1', { method: 'POST', body: '{"product":{"id":"1"}}' }),
    );
    expect(told(await records(shop, page, 1))).toEqual(['view 1']);
  });
});
