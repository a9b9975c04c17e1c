import { added, bought, event, viewed } from '../packages/tracker/test/platforms/shopify-events.js';
import { expect, test } from './support/fixtures.js';
import { openHost, type Sandbox } from './support/pixel-host.js';

const store = 'rastro_pixel/demo';
/** How many events wait in what the page stored. */
const waiting = (stored: Record<string, string>): number => JSON.parse(stored[store] ?? '[[],[]]')[1].length;
/** Everything of Shopify's clock is now: the collector takes no event of long ago for one of this visit. */
const now = () => ({ timestamp: new Date().toISOString() });

for (const kind of ['strict', 'lax'] satisfies Sandbox[]) {
  test.describe(`${kind} sandbox`, () => {
    test.beforeEach(({ shop }) => shop.serve('/host', '<!doctype html><title>Shop</title><body></body>'));

    test('events arrive once each, in the order of the session, from the origin that the sandbox has', async ({
      shop,
      page,
    }) => {
      const origins = new Set<string | undefined>();
      const answers: string[] = [];
      page.on('request', async (request) => {
        if (request.url().endsWith('/e')) origins.add((await request.allHeaders())['origin']);
      });
      page.on('response', async (response) => {
        if (response.url().endsWith('/e')) answers.push(`${response.status()}`);
      });
      const host = await openHost(page, kind, shop);
      await host.start();
      const again = added(now());
      await host.publish(event('page_viewed', {}), viewed(now()), again, again, event('cart_viewed', { cart: null }));
      await shop.settled(2);
      await host.publish(again, { ...added(now()), name: 'product_removed_from_cart' }, bought({}, now()));
      const records = (await shop.settled(4)).map(({ record }) => record);
      expect(records.map(({ event_type, session_seq }) => [event_type, session_seq])).toEqual([
        ['view', 1],
        ['cart', 2],
        ['remove_from_cart', 3],
        ['purchase', 4],
      ]);
      expect(new Set(records.map(({ session_id }) => session_id)).size).toBe(1);
      expect(records[3]).toMatchObject({
        site: 'demo',
        source: 'web',
        device_id: 'c7b3f99b-4d34-463b-835f-c879482a7750',
        customer_id: '6940095332401',
        order_id: '5396439498987',
        order_total: 1319.8,
        product_id: '7234590736497',
        page_url: 'https://shop.example/products/board?utm_source=mail',
        utm_source: 'mail',
        language: 'pt-BR',
        viewport: '390x844',
      });
      expect(records.flatMap(({ flags }) => flags ?? [])).toEqual([]);
      await expect.poll(async () => waiting(await host.stored())).toBe(0);
      expect(await host.errors()).toEqual([]);
      expect([...origins]).toEqual([kind === 'lax' ? 'null' : new URL(page.url()).origin]);
      expect(new Set(answers)).toEqual(new Set(['200']));
    });

    test('what the collector did not take is sent by the next page, though the sandbox is killed', async ({
      shop,
      page,
    }) => {
      shop.fail(503);
      const host = await openHost(page, kind, shop);
      await host.start();
      await host.publish(viewed(now()));
      await expect.poll(async () => waiting(await host.stored())).toBe(1);
      await host.publish(added(now()), bought({}, now()));
      await expect.poll(async () => waiting(await host.stored())).toBe(3);
      await host.kill();
      expect(await shop.records()).toEqual([]);

      const next = await openHost(page, kind, shop);
      await next.start();
      await next.publish(viewed(now()));
      await expect.poll(async () => waiting(await next.stored())).toBe(4);
      shop.fail(undefined);
      const records = (await shop.settled(4)).map(({ record }) => record);
      expect(records.map(({ event_type, session_seq }) => [event_type, session_seq])).toEqual([
        ['view', 1],
        ['cart', 2],
        ['purchase', 3],
        ['view', 4],
      ]);
      await expect.poll(async () => waiting(await next.stored())).toBe(0);
      expect(await shop.records()).toHaveLength(4);
    });

    test('a sandbox that is killed between events loses none', async ({ shop, page }) => {
      const host = await openHost(page, kind, shop);
      for (const [count, each] of [viewed(now()), added(now()), bought({}, now())].entries()) {
        await host.start();
        const request = page.waitForRequest('**/e');
        await host.publish(each);
        // Stored, and on its way; the answer comes to nobody.
        await request;
        await host.kill();
        await shop.settled(count + 1);
      }
      await host.start();
      await expect.poll(async () => waiting(await host.stored())).toBe(0);
      const records = await shop.records();
      expect(records.map(({ record }) => record['session_seq'])).toEqual([1, 2, 3]);
    });

    test('before the visitor has chosen nothing is stored or sent; granted, all of it is', async ({ shop, page }) => {
      const requests: string[] = [];
      page.on('request', (request) => {
        if (request.method() === 'POST') requests.push(request.url());
      });
      const host = await openHost(page, kind, shop);
      await host.start(false);
      await host.publish(viewed(now()), added(now()), bought({}, now()));
      // Longer than the pixel waits for anything.
      await page.waitForTimeout(1500);
      expect(await host.stored()).toEqual({});
      expect(requests).toEqual([]);

      await host.consent(true);
      const records = await shop.settled(3);
      expect(records.map(({ record }) => record['event_type'])).toEqual(['view', 'cart', 'purchase']);
    });

    test('refused, nothing is sent, and what was stored is erased', async ({ shop, page }) => {
      shop.fail(503);
      const host = await openHost(page, kind, shop);
      await host.start();
      await host.publish(viewed(now()));
      await expect.poll(async () => waiting(await host.stored())).toBe(1);
      await host.consent(false);
      await host.publish(bought({}, now()));
      await expect.poll(() => host.stored()).toEqual({});
      shop.fail(undefined);
      await page.waitForTimeout(1500);
      expect(await host.stored()).toEqual({});
      expect(await shop.records()).toEqual([]);
    });

    test('an event whose request dies with the sandbox arrives all the same, once', async ({ shop, page, context }) => {
      let release = (): void => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      await context.route('**/e', async (route) => {
        await held;
        await route.continue().catch(() => {});
      });
      const host = await openHost(page, kind, shop);
      await host.start();
      const request = context.waitForEvent('request', (each) => each.url().endsWith('/e'));
      await host.publish(bought({}, now()));
      await request;
      await host.kill();
      release();
      // Chromium lets a frame's keepalive request finish, and gives up that of a worker: for this the event is stored.
      if (kind === 'strict') await host.start();
      await shop.settled(1);
      if (kind === 'lax') await host.start();
      await expect.poll(async () => waiting(await host.stored())).toBe(0);
      expect(await shop.records()).toHaveLength(1);
    });
  });
}
