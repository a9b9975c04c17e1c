import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeVtex, startFakeVtex } from '../../../../scripts/lib/vtex/fake-vtex.mjs';
import { createCollector } from '../../src/core/collector.js';
import type { Sink } from '../../src/core/types.js';
import { createMemorySink } from '../../src/sinks/memory.js';
import { createVtexOrders, type VtexOrdersOptions, VtexSetupError, VtexUnavailableError } from '../../src/vtex.js';
import { item, order, quick } from './fixtures.js';

let vtex: FakeVtex;
let sink: ReturnType<typeof createMemorySink>;
let letters: ReturnType<typeof createMemorySink>;

beforeEach(async () => {
  vtex = await startFakeVtex();
  sink = createMemorySink();
  letters = createMemorySink();
});
afterEach(() => vtex.stop());

function setUp(options: Partial<VtexOrdersOptions> = {}, to: Sink = sink, deadLetters: Sink = letters) {
  const site = { orderChanges: options.orderChanges };
  const collector = createCollector({ sites: { demo: site }, sink: to, deadLetters });
  return createVtexOrders({
    ...quick(vtex.url),
    collector,
    deadLetters,
    ...options,
  });
}
const records = (): Record<string, unknown>[] => sink.records.map(({ data }) => JSON.parse(data));
const buried = (): Record<string, unknown>[] => letters.records.map(({ data }) => JSON.parse(data));
const down: Sink = { put: async (given) => given.map((_, index) => ({ index, retryable: true, message: 'down' })) };

describe('nothing is committed', () => {
  test('while one line of an order is not on the stream', async () => {
    const partly: Sink = {
      async put(given) {
        await sink.put(given.slice(1));
        return [{ index: 0, retryable: true, message: 'throttled' }];
      },
    };
    vtex.add(order('v1', 1, [item(1), item(2)]));
    expect(await setUp({}, partly).poll()).toMatchObject({ committed: 0, later: 1 });
    expect(vtex.counts.commit).toBe(0);
  });

  test('while the dead letter of what the rules refuse is not durable', async () => {
    vtex.add(order('v1', 1, [item(1, { productId: '1.48758e+18' })]));
    vtex.add(order('v2', 1, []));
    expect(await setUp({}, sink, down).poll()).toMatchObject({ committed: 0, later: 2 });
    expect(vtex.counts.commit).toBe(0);
  });

  test('by a commit that VTEX does not find, and the run ends with what to do', async () => {
    vtex.add(order('v1', 1, [item(1)]));
    const orders = setUp();
    vtex.overrides.push((path) => (path === '/api/orders/feed' ? { status: 404 } : undefined));
    await expect(orders.run(new AbortController().signal)).rejects.toBeInstanceOf(VtexSetupError);
    expect(orders.totals()).toMatchObject({ committed: 0, accepted: 1 });
  });
});

describe('no update stops the others', () => {
  test('whose handle VTEX refuses', async () => {
    for (let n = 0; n < 4; n++) vtex.add(order(`v${n}`, 1, [item(n)]));
    // All handles, then one of the four.
    let commits = 0;
    vtex.overrides.push((path) =>
      path === '/api/orders/feed' && ++commits <= 2 ? { status: 400, body: '{}' } : undefined,
    );
    const orders = setUp();
    await expect(orders.poll()).rejects.toBeInstanceOf(VtexUnavailableError);
    expect(vtex.left()).toBe(1);
    expect(orders.totals()).toMatchObject({ committed: 3, later: 1, accepted: 4 });
  });

  test('nor an answer of the feed that is neither there nor here: it is asked again', async () => {
    let refused = 0;
    vtex.overrides.push((path) => (path.includes('maxlot') && refused++ < 2 ? { status: 400 } : undefined));
    vtex.add(order('v1', 1, [item(1)]));
    await setUp().run(new AbortController().signal, { untilEmpty: true });
    expect(records()).toHaveLength(1);
    expect(vtex.left()).toBe(0);
  });

  test('whose order is more than one request takes: it is a dead letter', async () => {
    // 500 lines of names with four bytes a character.
    const name = '🎁'.repeat(256);
    const many = Array.from({ length: 500 }, (_, n) => item(n, { name }));
    vtex.add(order('v1', 1, many));
    vtex.add(order('v2', 1, [item(1)]));
    expect(await setUp().poll()).toMatchObject({ committed: 2, later: 0, accepted: 1, rejected: 1 });
    expect(buried()).toMatchObject([
      { code: 'order_unreadable', errors: [{ message: 'purchase: the collector answers 413 body_too_large' }] },
    ]);
    expect(vtex.left()).toBe(0);
  });

  test('whose cancellation makes it more than one request takes: purchase and cancellation are told', async () => {
    const name = '🎁'.repeat(128);
    const many = Array.from({ length: 400 }, (_, n) => item(n, { name }));
    vtex.add(order('v1', 1, many, { status: 'canceled' }), ['payment-approved']);
    expect(await setUp({ orderChanges: true }).poll()).toMatchObject({ committed: 1, accepted: 2, rejected: 0 });
    expect(records()).toHaveLength(800);
  });

  test.each(['\ud800', '..', '.'])('whose order has the id %j', async (orderId) => {
    vtex.tell(orderId, ['payment-approved']);
    expect(await setUp().poll()).toMatchObject({ committed: 1, later: 0, rejected: 1 });
    expect(vtex.counts.order).toBe(0);
    expect(buried()).toMatchObject([{ code: 'order_unreadable' }]);
  });

  test('whose order alone the key may not see: it waits, and is a dead letter before it is forgotten', async () => {
    vtex.overrides.push((path) => (path.endsWith('/v1-01') ? { status: 403 } : undefined));
    vtex.hideFor(50);
    vtex.add(order('v0', 1, [item(1)]));
    let laterMs = 0;
    const orders = setUp({ concurrency: 1, now: () => Date.now() + laterMs });
    expect(await orders.poll()).toMatchObject({ committed: 1 });
    vtex.add(order('v1', 1, [item(1)]));
    vtex.add(order('v2', 1, [item(1)]));
    expect(await orders.poll()).toMatchObject({ committed: 1, later: 1, accepted: 1 });
    expect(buried()).toEqual([]);
    laterMs = 259_200_001;
    while (vtex.left() > 0) await orders.poll();
    expect(buried()).toMatchObject([
      { code: 'order_unreadable', errors: [{ message: expect.stringMatching(/^given up: .*403/) }] },
    ]);
  });
});

test('a group that VTEX does not list yet is not told in parts', async () => {
  const parts = [order('v1', 1, [item(2), item(3)]), order('v1', 2, [item(1)])];
  for (const one of parts) vtex.orders.set(one.orderId, one);
  vtex.tell('v1-01', ['payment-approved']);
  let asked = 0;
  vtex.overrides.push((path) => (path.includes('order-group') && asked++ < 2 ? { status: 404 } : undefined));
  expect(await setUp().poll()).toMatchObject({ committed: 1 });
  expect(records().map(({ line, lines, order_total }) => [line, lines, order_total])).toEqual([
    [1, 3, 309.96],
    [2, 3, undefined],
    [3, 3, undefined],
  ]);
});

describe('VTEX is not hammered', () => {
  test.each(['0', '-1', '1.5', 'Thu, 01 Jan 1970 00:00:00 GMT'])('when it asks to wait for %j', async (after) => {
    vtex.overrides.push(() => ({ status: 429, headers: { 'retry-after': after } }));
    const waits: number[] = [];
    const stop = new AbortController();
    const log = {
      info() {},
      error() {},
      warn(details: object) {
        waits.push((details as { waitMs: number }).waitMs);
        if (waits.length === 8) stop.abort();
      },
    };
    await setUp({ log, backOff: { baseMs: 1, maxMs: 64 } }).run(stop.signal);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits[7]).toBeGreaterThanOrEqual(64);
  });

  test('by a run until the feed is empty, when it is not there: it ends, and says so', async () => {
    vtex.overrides.push(() => ({ status: 503 }));
    const orders = setUp({ maxAttempts: 2 });
    const error = await orders.run(new AbortController().signal, { untilEmpty: true }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(VtexUnavailableError);
    expect(orders.totals().requests).toBeLessThan(20);
  });
});

test('a commit that is not answered is given up when the time to end is over', async () => {
  vtex.add(order('v1', 1, [item(1)]));
  const stop = new AbortController();
  const ending: Sink = {
    put: async (given) => {
      stop.abort();
      return sink.put(given);
    },
  };
  const orders = setUp({ timeoutMs: 60_000, commitGraceMs: 30 }, ending);
  let asked = 0;
  vtex.overrides.push((path) => {
    if (path !== '/api/orders/feed') return undefined;
    asked++;
    vtex.set({ hang: 1 });
    return undefined;
  });
  await orders.run(stop.signal);
  expect(asked).toBe(1);
  expect(orders.totals()).toMatchObject({ accepted: 1, committed: 0 });
});
