import type { CDPSession, Page } from '@playwright/test';
import { expect, type ShopWindow, test, until } from './support/shop-under-fault.js';

/** What a page costs that cannot send for long. */
interface BoundedResult {
  readonly tracked: number;
  readonly stored: number;
  /** Sum of what the envelopes said was given up. */
  readonly dropped: number;
  /** JavaScript heap after a forced collection: before the first event, with all tracked and none sent, after delivery. Unit: bytes. */
  readonly heapBytes: { readonly before: number; readonly full: number; readonly after: number };
}

const count = 10_000;
/** `maxStored` of the tracker, its default. */
const maxStored = 5000;
/** Tasks in a row before the page is asked whether it still answers. */
const slice = 500;
const outageMs = process.env['RASTRO_FAULTS'] === 'full' ? 60_000 : 3000;
const recoveryMs = 90_000;

const types = Array.from({ length: count }, (_, n) => (n % 500 === 250 ? 'purchase' : n % 50 === 0 ? 'cart' : 'view'));
/** Numbers of the events of a type, oldest first. */
const numbers = (type: string): number[] => types.flatMap((own, n) => (own === type ? [n] : []));

/** Tracks events `from` to before `to`, each in a task of its own. */
const track = (page: Page, from: number, to: number): Promise<void> =>
  page.evaluate(
    ({ first, kinds }) =>
      new Promise<void>((resolve) => {
        const { rastro } = window as unknown as ShopWindow;
        const { port1, port2 } = new MessageChannel();
        let at = 0;
        port1.onmessage = () => {
          const product_id = `b-${first + at}`;
          const kind = kinds[at++];
          if (kind === 'purchase') rastro.purchase({ order_id: product_id, items: [{ product_id }] });
          else if (kind === 'cart') rastro.cart({ product_id });
          else rastro.view({ product_id });
          if (at < kinds.length) port2.postMessage(0);
          else resolve();
        };
        port2.postMessage(0);
      }),
    { first: from, kinds: types.slice(from, to) },
  );

const heapBytes = async (session: CDPSession): Promise<number> => {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0;
};

// A trace would put scripts of its own into the page that is measured.
test.use({ trace: 'off' });

test('keeps at most maxStored events while the server refuses: the oldest views are given up, and it says how many', async ({
  shop,
}, testInfo) => {
  test.setTimeout(120_000 + outageMs + recoveryMs);
  const { context, failures } = await shop.start();
  const page = await shop.open();
  const session = await context.newCDPSession(page);
  await session.send('HeapProfiler.enable');
  await session.send('Performance.enable');
  const before = await heapBytes(session);

  await shop.front.refuse();
  const endAt = performance.now() + outageMs;
  for (let from = 0; from < count; from += slice) {
    await track(page, from, from + slice);
    expect(await page.title()).toBe('Shop');
  }
  await until(() => performance.now() > endAt, outageMs);
  expect(failures).toContain('net::ERR_CONNECTION_REFUSED');
  expect(shop.front.deliveries).toEqual([]);
  const full = await heapBytes(session);

  await shop.front.listen();
  await until(() => shop.front.durable.size >= maxStored, recoveryMs);
  await shop.quiet();
  const after = await heapBytes(session);
  const records = (await shop.records()).map(({ record }) => record);
  const dropped = shop.front.deliveries.reduce(
    (sum, delivery) => sum + (delivery.status === 200 ? delivery.dropped : 0),
    0,
  );
  const result: BoundedResult = {
    tracked: count,
    stored: records.length,
    dropped,
    heapBytes: { before, full, after },
  };
  await testInfo.attach('bounded', { body: JSON.stringify(result), contentType: 'application/json' });

  const there = new Set(records.map(({ product_id }) => Number(String(product_id).slice(2))));
  const [purchases, carts, views] = [numbers('purchase'), numbers('cart'), numbers('view')];
  const kept = views.slice(-(maxStored - purchases.length - carts.length));
  const missing = (expected: readonly number[]): number => expected.filter((n) => !there.has(n)).length;
  // Counts, not lists: what fails is read by somebody.
  expect({
    missingPurchases: missing(purchases),
    missingCarts: missing(carts),
    missingNewestViews: missing(kept),
    records: records.length,
    events: there.size,
    dropped,
  }).toEqual({
    missingPurchases: 0,
    missingCarts: 0,
    missingNewestViews: 0,
    records: maxStored,
    events: maxStored,
    dropped: count - maxStored,
  });
});
