import type { Page } from '@playwright/test';
import { call, flush, kept, test } from './support/blank-page.js';
import { expect, type Shop } from './support/fixtures.js';

const nothing = { cookie: '', localStorage: [], databases: [] };
/** What a shop has in the head of its page: the data layer and gtag(), as Google gives them. */
const snippet = 'window.dataLayer = window.dataLayer || []; function gtag() { dataLayer.push(arguments); }';
/** Tag Manager, as far as others notice: it calls the push that it found, keeps a queue of its own, and cuts a long layer. */
const tagManager = `window.tagManager = []; (() => {
  const before = dataLayer.push;
  tagManager.push(...dataLayer);
  dataLayer.push = function () {
    const pushed = [].slice.call(arguments);
    before.apply(dataLayer, pushed);
    for (const one of pushed) { tagManager.push(one); }
    while (dataLayer.length > 300) dataLayer.shift();
    return true;
  };
})();`;
/** A page with the script tag and the plugin, and `head` in a script of its own before both. */
const page = (head: string, options = '', attributes = head.includes('consent') ? 'data-consent="pending"' : '') => ({
  scripts: `<script>${snippet} ${head}</script>
    <script>window.rastro={q:[]};"view use".split(" ").forEach(m=>rastro[m]=((...a)=>rastro.q.push([m,a,Date.now()])))</script>
    <script type="module">import { ga4 } from '/rastro/ga4.js'; rastro.use(ga4(${options}))</script>
    <script defer src="/rastro.js" data-key="demo" ${attributes}></script>`,
});
const viewOf = (id: string) => `{ event: 'view_item', ecommerce: { currency: 'BRL', items: [{ item_id: '${id}' }] } }`;
const push = (page: Page, script: string): Promise<unknown> => page.evaluate(`dataLayer.push(${script})`);
const gtag = (page: Page, script: string): Promise<unknown> => page.evaluate(`gtag(${script})`);
const denied = `gtag('consent', 'default', { analytics_storage: 'denied' });`;

/** What the stream has of each event, in the order of the session, once all that was tracked is sent. */
async function told(shop: Shop, page: Page, count: number): Promise<string[]> {
  await shop.settled(count);
  expect(await flush(page)).toBe(true);
  return (await shop.records())
    .map(({ record }) => record)
    .sort((a, b) => Number(a['session_seq']) - Number(b['session_seq']))
    .map(({ event_type, product_id }) => `${event_type} ${product_id}`);
}

test.describe('the data layer', () => {
  test('is read once from its beginning, with Tag Manager before or after the plugin', async ({ open, shop }) => {
    const before = await open(
      '',
      page(`dataLayer.push(${viewOf('1')}); ${tagManager} dataLayer.push(${viewOf('2')});`),
    );
    await push(before, viewOf('3'));
    expect(await told(shop, before, 3)).toEqual(['view 1', 'view 2', 'view 3']);
    await before.close();

    const after = await open('', page(`gtag('js', new Date()); dataLayer.push({ ecommerce: null }, ${viewOf('4')});`));
    await after.evaluate(tagManager);
    expect(await push(after, `{ ecommerce: null }, ${viewOf('5')}, ${viewOf('6')}`)).toBe(true);
    await gtag(
      after,
      `'event', 'add_to_cart', { currency: 'BRL', items: [{ item_id: '6', price: 1.5, quantity: 2 }] }`,
    );
    expect((await told(shop, after, 7)).slice(3)).toEqual(['view 4', 'view 5', 'view 6', 'cart 6']);
    // What came with the page, its own pushes, and none twice.
    expect(await after.evaluate('[tagManager.length, dataLayer.length]')).toEqual([7, 7]);
  });

  test('is read when it is pushed: later changes of the object do not count', async ({ open, shop }) => {
    const opened = await open('', page(''));
    const length = await opened.evaluate(`(() => {
      const shown = ${viewOf('1')};
      const length = dataLayer.push(shown);
      shown.ecommerce.items[0].item_id = '2';
      dataLayer.push(shown);
      shown.ecommerce.items.length = 0;
      return length;
    })()`);
    expect(length).toBe(1);
    expect(await told(shop, opened, 2)).toEqual(['view 1', 'view 2']);
  });

  test('is made where there is none, under the name that the shop has', async ({ open, shop }) => {
    const opened = await open('', page('', `{ dataLayer: 'shopLayer' }`));
    await opened.evaluate(
      `shopLayer.push(${viewOf('1')}); dataLayer.push(${viewOf('2')}); shopLayer.push(${viewOf('3')})`,
    );
    expect(await told(shop, opened, 2)).toEqual(['view 1', 'view 3']);
  });

  test('tells an order as often as the page is shown, and it is the same', async ({ open, shop }) => {
    const order = `dataLayer.push({ event: 'purchase', user_id: 'c-1', ecommerce: { transaction_id: 'T_1', currency: 'BRL', tax: 1,
      items: [{ item_id: 'a', price: '10.50' }, { item_id: 'b', price: 2, quantity: 3 }] } });`;
    for (const n of [1, 2]) {
      const opened = await open('', page(`${order} dataLayer.push(${viewOf(`shown ${n}`)});`));
      await shop.settled(2 + n);
      expect(await flush(opened)).toBe(true);
      await opened.close();
    }
    // Readers count an id once.
    const records = (await shop.records()).map(({ record }) => record);
    expect(new Set(records.map(({ event_id }) => event_id)).size).toBe(4);
    expect(records.find(({ product_id }) => product_id === 'a')).toMatchObject({
      event_type: 'purchase',
      order_id: 'T_1',
      customer_id: 'c-1',
      price: 10.5,
      quantity: 1,
      currency: 'BRL',
      tax: 1,
    });
  });

  test('is left as it was by stop(), or alone where another one is on top', async ({ open, shop }) => {
    const first = await open('', page(''));
    expect(await first.evaluate('dataLayer.push === Array.prototype.push')).toBe(false);
    await call(first, 'stop');
    expect(await first.evaluate('dataLayer.push === Array.prototype.push')).toBe(true);

    const second = await open('', page(''));
    await second.evaluate(`${tagManager} window.top1 = dataLayer.push`);
    await call(second, 'stop');
    expect(await push(second, viewOf('1'))).toBe(true);
    expect(await second.evaluate('[dataLayer.push === top1, dataLayer.length, tagManager.length]')).toEqual([
      true,
      1,
      1,
    ]);
    expect(await shop.records()).toEqual([]);
  });

  test('tells the page what cannot be read, and throws nothing into it', async ({ openModule, shop }) => {
    const opened = await openModule('{ onError: (error) => (window.errors ??= []).push(error) }');
    await opened.evaluate(`import('/rastro/ga4.js').then(({ ga4 }) => rastro.use(ga4()))`);
    await push(opened, `{ event: 'purchase', ecommerce: { transaction_id: 'T_1', value: '72,93' } }`);
    await push(opened, `{ event: 'view_item', ecommerce: { items: [{ item_id: 'a', price: '72,93' }] } }`);
    await push(opened, `{ get event() { throw Error('not for you') } }, null, 'text'`);
    expect(await told(shop, opened, 1)).toEqual(['view a']);
    expect(await opened.evaluate('errors')).toEqual(
      [
        'purchase: order T_1 has no lines',
        'view_item: items[0].price: "72,93" is not a decimal number ≥ 0',
        'push: cannot be read',
      ].map((reason) => ({ code: 'misuse', message: `ga4: ${reason}` })),
    );
    expect(await opened.evaluate('dataLayer.length')).toBe(5);
  });
});

test.describe('consent mode', () => {
  test('denied by default holds all in memory, and an update delivers it', async ({ open, shop }) => {
    const opened = await open('', page(`${denied} dataLayer.push(${viewOf('1')});`));
    await push(opened, viewOf('2'));
    await gtag(opened, `'consent', 'update', { ad_storage: 'granted' }`);
    expect(await flush(opened)).toBe(false);
    expect(await kept(opened)).toEqual(nothing);
    expect(await shop.records()).toEqual([]);

    await gtag(opened, `'consent', 'update', { analytics_storage: 'granted' }`);
    await push(opened, viewOf('3'));
    expect(await told(shop, opened, 3)).toEqual(['view 1', 'view 2', 'view 3']);
    await opened.close();

    // The next page denies by default once more: nothing is erased before the shopper says so.
    const next = await open('', page(denied));
    expect((await kept(next)).cookie).toContain('rastro_id=');
    await gtag(next, `'consent', 'update', { analytics_storage: 'denied' }`);
    await expect.poll(() => kept(next)).toEqual(nothing);
    await push(next, viewOf('4'));
    expect(await flush(next)).toBe(false);
    expect(await shop.records()).toHaveLength(3);
  });

  for (const [how, defaults] of [
    [
      'before',
      `${denied.replace(' }', `, region: ['DE'] }`)} gtag('consent', 'default', { analytics_storage: 'granted' });`,
    ],
    [
      'after',
      `gtag('consent', 'default', { analytics_storage: 'granted' }); ${denied.replace(' }', `, region: ['DE'] }`)}`,
    ],
  ])
    test(`denied in a region ${how} granted in general holds, unless the shop says where the shopper is`, async ({
      open,
      shop,
    }) => {
      const unknown = await open('', page(`${defaults} dataLayer.push(${viewOf('1')});`));
      await push(unknown, viewOf('2'));
      expect(await flush(unknown)).toBe(false);
      expect(await kept(unknown)).toEqual(nothing);
      const there = await open('', page(`${defaults} dataLayer.push(${viewOf('3')});`, `{ region: 'DE' }`));
      expect(await flush(there)).toBe(false);
      expect(await kept(there)).toEqual(nothing);

      const elsewhere = await open('', page(`${defaults} dataLayer.push(${viewOf('4')});`, `{ region: 'US-CA' }`));
      expect((await shop.settled(1)).map(({ record }) => record['product_id'])).toEqual(['4']);
      await elsewhere.close();
    });

  test('granted by default waits for an update as long as it says', async ({ open, shop }) => {
    const granted = (waitMs: number) =>
      `gtag('consent', 'default', { analytics_storage: 'granted', wait_for_update: ${waitMs} }); dataLayer.push(${viewOf(`${waitMs}`)});`;
    const long = await open('', page(granted(600_000)));
    expect(await flush(long)).toBe(false);
    expect(await kept(long)).toEqual(nothing);
    const short = await open('', page(granted(50)));
    await shop.settled(1);
    await short.close();
    await gtag(long, `'consent', 'update', { analytics_storage: 'granted' }`);
    expect((await shop.settled(2)).map(({ record }) => record['product_id']).sort()).toEqual(['50', '600000']);
  });

  test('a default does not outdo Global Privacy Control; the shopper does', async ({ open, shop, context }) => {
    await context.addInitScript(() => {
      Object.defineProperty(navigator, 'globalPrivacyControl', { value: true });
    });
    const opened = await open(
      '',
      page(`gtag('consent', 'default', { analytics_storage: 'granted' }); dataLayer.push(${viewOf('1')});`),
    );
    await push(opened, viewOf('2'));
    expect(await flush(opened)).toBe(false);
    await gtag(opened, `'consent', 'update', { analytics_storage: 'granted' }`);
    await push(opened, viewOf('3'));
    expect(await told(shop, opened, 1)).toEqual(['view 3']);
  });

  test('is not asked where the shop has another way', async ({ open, shop }) => {
    const opened = await open('', page(`${denied} dataLayer.push(${viewOf('1')});`, '{ consent: false }', ''));
    expect(await told(shop, opened, 1)).toEqual(['view 1']);
  });
});

test('faststore tells the messages of its own window, and of no frame', async ({ open, shop }) => {
  const opened = await open('', {
    scripts: `<script>window.rastro={q:[]};rastro.use=(...a)=>rastro.q.push(['use',a,Date.now()])</script>
      <script type="module">import { faststore } from '/rastro/faststore.js'; rastro.use(faststore())</script>
      <script defer src="/rastro.js" data-key="demo"></script>`,
  });
  const message = (id: string): string =>
    `({ name: 'AnalyticsEvent', isEcommerceEvent: true, params: { name: 'store:add_to_cart', params: { currency: 'BRL', items: [{ item_id: '${id}', item_variant: '7', price: 5, quantity: 1 }] } } })`;
  // The frame has the origin of the page; what it sends arrives before what is sent after it.
  await opened.evaluate(`new Promise((resolve) => {
    addEventListener('message', ({ data }) => data === 'sent' && resolve());
    const frame = document.createElement('iframe');
    frame.srcdoc = "<script>parent.postMessage(" + ${JSON.stringify(message('forged'))} + ", '*'); parent.postMessage('sent', '*')</scr" + "ipt>";
    document.body.append(frame);
  })`);
  await opened.evaluate(
    `window.postMessage(${message('1')}, window.origin); window.postMessage({ name: 'other' }, '*'); window.postMessage(null, '*')`,
  );
  await shop.settled(1);
  await call(opened, 'flush');
  const records = (await shop.records()).map(({ record }) => record);
  expect(records).toMatchObject([
    { event_type: 'cart', product_id: '1', sku: '7', price: 5, currency: 'BRL', quantity: 1 },
  ]);
});
