import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeVtex, startFakeVtex } from '../../../../scripts/lib/vtex/fake-vtex.mjs';
import { createCollector } from '../../src/core/collector.js';
import type { Sink } from '../../src/core/types.js';
import { createMemorySink } from '../../src/sinks/memory.js';
import {
  createVtexHandler,
  createVtexHook,
  createVtexOrders,
  type VtexOrdersOptions,
  VtexSetupError,
} from '../../src/vtex.js';
import { item, order, quick } from './fixtures.js';

let vtex: FakeVtex;
let sink: ReturnType<typeof createMemorySink>;
let letters: ReturnType<typeof createMemorySink>;
const lines: object[] = [];
const log = {
  info: () => {},
  warn: (details: object, message: string) => void lines.push({ ...details, message }),
  error: (details: object, message: string) => void lines.push({ ...details, message }),
};

beforeEach(async () => {
  vtex = await startFakeVtex();
  sink = createMemorySink();
  letters = createMemorySink();
  lines.length = 0;
});
afterEach(() => vtex.stop());

function setUp(options: Partial<VtexOrdersOptions> = {}, to: Sink = sink) {
  const collector = createCollector({ sites: { demo: {} }, sink: to, deadLetters: letters, log });
  return createVtexOrders({
    ...quick(vtex.url),
    collector,
    deadLetters: letters,
    log,
    ...options,
  });
}
const records = (): Record<string, unknown>[] => sink.records.map(({ data }) => JSON.parse(data));
const buried = (): Record<string, unknown>[] => letters.records.map(({ data }) => JSON.parse(data));
const until = async (met: () => boolean): Promise<void> => {
  while (!met()) await new Promise((resolve) => setTimeout(resolve, 5));
};
const drained = async (orders: ReturnType<typeof setUp>): Promise<void> => {
  while (vtex.left() > 0) {
    await orders.poll();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

describe('an update of the feed', () => {
  test('leaves the feed when the lines of its order are on the stream', async () => {
    vtex.add(order('v1', 1, [item(1), item(2)]));
    const result = await setUp().poll();
    expect(result).toEqual({ items: 1, committed: 1, later: 0, accepted: 1, rejected: 0 });
    expect(vtex.left()).toBe(0);
    expect(records()).toMatchObject([
      {
        event_type: 'purchase',
        order_id: 'v1',
        source: 'vtex-oms',
        customer_id: '5660c55f-714d-4b14-88a7-b03e9bfbdd21',
        line: 1,
        lines: 2,
        price: 71.99,
      },
      { line: 2, lines: 2 },
    ]);
  });

  test('stays in the feed while the stream refuses, and is delivered when it takes records again', async () => {
    let down = true;
    vtex.hideFor(50);
    const flaky: Sink = {
      put: async (given) =>
        down ? given.map((_, index) => ({ index, retryable: true, message: 'down' })) : sink.put(given),
    };
    vtex.add(order('v1', 1, [item(1)]));
    const orders = setUp({}, flaky);
    expect(await orders.poll()).toMatchObject({ committed: 0, later: 1 });
    expect(vtex.left()).toBe(1);
    expect(vtex.counts.commit).toBe(0);
    down = false;
    await drained(orders);
    expect(records()).toHaveLength(1);
  });

  test('is no second record when the order changes its status again and again', async () => {
    const orders = setUp();
    for (const status of ['payment-approved', 'ready-for-handling', 'handling', 'invoiced']) {
      vtex.add(order('v1', 1, [item(1)], { status }));
      await drained(orders);
    }
    expect(records()).toHaveLength(1);
    // Nor after a restart, to whoever reads by id.
    vtex.tell('v1-01', ['invoiced']);
    await drained(setUp());
    expect(new Set(records().map(({ event_id }) => event_id)).size).toBe(1);
  });

  test('of an order that nobody has paid for is committed, and no record', async () => {
    vtex.add(order('v1', 1, [item(1)], { status: 'payment-pending', authorizedDate: null }));
    expect(await setUp().poll()).toMatchObject({ committed: 1, accepted: 0 });
    expect(records()).toEqual([]);
  });

  test('counts by the status that it tells of, when the order has been cancelled since', async () => {
    vtex.add(order('v1', 1, [item(1)], { status: 'canceled' }), ['payment-approved']);
    await setUp().poll();
    expect(records()).toHaveLength(1);
  });
});

describe('an order group', () => {
  const first = order('v1', 1, [item(1), item(2)]);
  const second = order('v1', 2, [item(1, { seller: 'other' })]);

  test('is one purchase, whichever of its orders is told of first', async () => {
    const ids: unknown[] = [];
    for (const told of [first, second]) {
      sink = createMemorySink();
      for (const one of [first, second]) vtex.orders.set(one.orderId, one);
      vtex.tell(told.orderId, ['payment-approved']);
      await drained(setUp());
      expect(records()).toHaveLength(3);
      ids.push(records().map(({ event_id, line, order_total }) => [event_id, line, order_total]));
    }
    expect(ids[0]).toEqual(ids[1]);
  });

  test('of several orders is told once', async () => {
    vtex.add(first);
    vtex.add(second);
    await drained(setUp({ concurrency: 1 }));
    expect(records()).toHaveLength(3);
  });

  test('that VTEX does not list is the order alone', async () => {
    vtex.overrides.push((path) => (path.includes('order-group') ? { status: 404 } : undefined));
    vtex.add(first);
    await drained(setUp());
    expect(records()).toHaveLength(2);
  });
});

describe('an order that cannot be read', () => {
  test('is a dead letter with its reason, and no longer in the feed', async () => {
    vtex.tell('gone-01', ['payment-approved']);
    vtex.add(order('v2', 1, []));
    vtex.add(order('v3', 1, [item(1)]));
    vtex.overrides.push((path) => (path.endsWith('/v4-01') ? { status: 200, body: '<html>' } : undefined));
    vtex.tell('v4-01', ['invoiced']);
    await drained(setUp());
    expect(records()).toHaveLength(1);
    expect(buried()).toHaveLength(3);
    const told = buried().map(({ code, raw, errors }) => [
      code,
      JSON.parse(String(raw)).orderId,
      (errors as { message: string }[])[0]?.message,
    ]);
    expect(told.sort()).toEqual([
      ['order_unreadable', 'gone-01', 'VTEX knows no such order (404)'],
      ['order_unreadable', 'v2-01', 'items: no lines'],
      ['order_unreadable', 'v4-01', 'get an order: the answer is not JSON'],
    ]);
    expect(JSON.stringify(buried())).not.toContain('Souza');
  });

  test('in part is delivered without that part, which is a dead letter', async () => {
    vtex.add(order('v1', 1, [item(1), item(2, { productId: null })]));
    expect(await setUp().poll()).toMatchObject({ committed: 1, accepted: 1 });
    expect(records()).toHaveLength(1);
    expect(buried()).toMatchObject([{ code: 'order_incomplete', errors: [{ message: 'items[1]: no productId' }] }]);
  });

  test('by the rules of the collector is on its dead-letter stream', async () => {
    vtex.add(order('v1', 1, [item(1, { productId: '1.48758e+18' })]));
    expect(await setUp().poll()).toMatchObject({ committed: 1, accepted: 0, rejected: 1 });
    expect(buried()).toMatchObject([{ code: 'id_precision_lost' }]);
  });

  test('because VTEX fails stays in the feed, until it would be forgotten', async () => {
    vtex.overrides.push((path) => (path.endsWith('/v1-01') ? { status: 500 } : undefined));
    vtex.add(order('v1', 1, [item(1)]));
    vtex.add(order('v2', 1, [item(1)]));
    vtex.hideFor(50);
    const orders = setUp({ maxAttempts: 2 });
    expect(await orders.poll()).toMatchObject({ committed: 1, later: 1, accepted: 1 });
    expect(buried()).toEqual([]);
    await drained(setUp({ maxAttempts: 2, now: () => Date.now() + 259_200_001 }));
    expect(buried()).toMatchObject([
      {
        code: 'order_unreadable',
        errors: [
          { message: expect.stringMatching(/^given up: get an order: VTEX answers 500, 2 times, at http:/) as string },
        ],
      },
    ]);
  });
});

describe('VTEX', () => {
  test('that throttles, fails, hangs, hangs up and cuts answers off costs no order and doubles none', async () => {
    const faults = { throttled: 0.1, error: 0.1, hang: 0.03, cutOff: 0.1, reset: 0.05 };
    vtex.set(faults);
    vtex.hideFor(500);
    const all = Array.from({ length: 40 }, (_, n) => `g${n}`);
    for (const [n, group] of all.entries()) {
      vtex.add(order(group, 1, [item(n), item(n + 100)]), ['payment-approved', 'handling']);
      if (n % 4 === 0) vtex.add(order(group, 2, [item(n)]));
    }
    const stop = new AbortController();
    const running = setUp({ timeoutMs: 100 }).run(stop.signal);
    await until(() => vtex.left() === 0);
    stop.abort();
    await running;
    const found = new Map(
      records().map(({ event_id, order_id, line, lines }) => [event_id, { order_id, line, lines }]),
    );
    expect(found.size).toBe(40 * 2 + 10);
    expect(new Set(records().map(({ order_id }) => order_id))).toEqual(new Set(all));
    for (const name of ['throttled', 'error', 'hang', 'cutOff', 'reset'] as const)
      expect(vtex.counts[name]).toBeGreaterThan(0);
    expect(buried()).toEqual([]);
  });

  test('says how long to wait', async () => {
    let refused = 0;
    vtex.overrides.push(() => (refused++ < 2 ? { status: 429, headers: { 'retry-after': '0' } } : undefined));
    vtex.add(order('v1', 1, [item(1)]));
    const orders = setUp({ throttledMs: 600_000 });
    expect(await orders.poll()).toMatchObject({ committed: 1 });
    expect(orders.totals()).toMatchObject({ throttled: 2, failed: 0, committed: 1 });
  });

  test.each([
    ['the keys', 401, () => ({ appToken: 'wrong' }), /VTEX_APP_KEY and VTEX_APP_TOKEN/],
    ['the role', 403, () => vtex.allow(false), /View order/],
    ['the configuration', 404, () => vtex.configure(false), /no feed for this app key/],
  ])('that refuses %s ends the run with what to do', async (_, status, spoil, message) => {
    const orders = setUp(spoil() ?? {});
    const error = await orders.run(new AbortController().signal).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(VtexSetupError);
    expect(error).toMatchObject({ status, message: expect.stringMatching(message) });
    expect(JSON.stringify([lines, String(error)])).not.toMatch(/token-1|wrong/);
  });

  test('that redirects is not followed with the keys', async () => {
    let met = 0;
    const thief = createServer((_, response) => {
      met++;
      response.end('[]');
    }).listen(0, '127.0.0.1');
    await until(() => thief.listening);
    const { port } = thief.address() as { port: number };
    vtex.overrides.push(() => ({ status: 302, headers: { location: `http://127.0.0.1:${port}/` } }));
    await expect(setUp({ maxAttempts: 1 }).poll()).rejects.toThrow(/connection failed/);
    expect(met).toBe(0);
    thief.close();
  });
});

describe('asked to end', () => {
  test('a run finishes the order under way, commits it, and leaves the others', async () => {
    const stop = new AbortController();
    const slow: Sink = {
      put: async (given) => {
        stop.abort();
        await new Promise((resolve) => setTimeout(resolve, 20));
        return sink.put(given);
      },
    };
    for (let n = 0; n < 8; n++) vtex.add(order(`v${n}`, 1, [item(n)]));
    await setUp({ concurrency: 1 }, slow).run(stop.signal);
    expect(records()).toHaveLength(1);
    expect(vtex.counts.committed).toBe(1);
    expect(vtex.left()).toBe(7);
  });

  test('a run does not wait on for what VTEX asked', async () => {
    vtex.overrides.push(() => ({ status: 429, headers: { 'retry-after': '3600' } }));
    const stop = new AbortController();
    const orders = setUp();
    const running = orders.run(stop.signal);
    await until(() => orders.totals().throttled > 0);
    stop.abort();
    await running;
    expect(records()).toEqual([]);
  });
});

describe('the hook', () => {
  const secret = 'a-secret-of-the-shop';
  const hookOf = (options = {}) => createVtexHook({ orders: setUp(), secret, log, ...options });
  const notification = (OrderId: string, State = 'payment-approved') => ({
    Domain: 'Marketplace',
    OrderId,
    State,
    LastChange: '2026-10-09T19:26:29Z',
    Origin: { Account: 'shop', Key: 'vtexappkey-shop' },
  });
  const post = (body: unknown, headers = { key: secret }) => ({ method: 'POST', headers, body: JSON.stringify(body) });

  test('answers the ping with which VTEX tries the address', async () => {
    expect(await hookOf().handle(post({ hookConfig: 'ping' }))).toMatchObject({ status: 200 });
  });

  test('answers 200 when the lines of the order are durable, and 503 before', async () => {
    vtex.add(order('v1', 1, [item(1)]));
    const failing: Sink = {
      put: async (given) => given.map((_, index) => ({ index, retryable: true, message: 'down' })),
    };
    expect(
      await createVtexHook({ orders: setUp({}, failing), secret, log }).handle(post(notification('v1-01'))),
    ).toMatchObject({ status: 503 });
    expect(records()).toEqual([]);
    expect(await hookOf().handle(post(notification('v1-01')))).toMatchObject({ status: 200 });
    expect(records()).toHaveLength(1);
  });

  test('answers 503 when it takes longer than VTEX waits', async () => {
    vtex.add(order('v1', 1, [item(1)]));
    const never: Sink = { put: () => new Promise(() => {}) };
    const hook = createVtexHook({ orders: setUp({}, never), secret, log, timeoutMs: 30 });
    expect(await hook.handle(post(notification('v1-01')))).toMatchObject({ status: 503 });
  });

  test.each([
    ['a wrong secret', 401, post(notification('v1-01'), { key: 'a-secret-of-anybody' })],
    ['no secret', 401, { method: 'POST', headers: {}, body: '{}' }],
    ['another method', 405, { method: 'GET', headers: { key: secret }, body: '' }],
    ['no JSON', 400, { method: 'POST', headers: { key: secret }, body: '{' }],
    ['no order', 400, post({ Domain: 'Marketplace' })],
    ['another account', 403, post({ ...notification('v1-01'), Origin: { Account: 'other' } })],
  ])('refuses %s', async (_, status, request) => {
    expect(await hookOf({ account: 'shop' }).handle(request)).toMatchObject({ status });
    expect(vtex.asked).toEqual([]);
  });

  test('is a listener of node:http', async () => {
    vtex.add(order('v1', 1, [item(1)]));
    const hook = hookOf({ header: 'X-Rastro-Key' });
    const server = createServer((request, response) => void hook.listener(request, response)).listen(0, '127.0.0.1');
    await until(() => server.listening);
    const url = `http://127.0.0.1:${(server.address() as { port: number }).port}/vtex`;
    const send = (body: string) => fetch(url, { method: 'POST', headers: { 'x-rastro-key': secret }, body });
    expect((await send(JSON.stringify(notification('v1-01')))).status).toBe(200);
    expect((await send('x'.repeat(70_000))).status).toBe(413);
    expect(records()).toHaveLength(1);
    server.closeAllConnections();
    server.close();
  });
});

describe('the function', () => {
  const context = { getRemainingTimeInMillis: () => 60_000 };

  test('reads the feed until it is empty, for a schedule', async () => {
    for (let n = 0; n < 25; n++) vtex.add(order(`v${n}`, 1, [item(n)]));
    const handle = createVtexHandler({ orders: setUp() });
    const result = await handle({ source: 'aws.events', 'detail-type': 'Scheduled Event' }, context);
    expect(result).toMatchObject({ items: 25, committed: 25, accepted: 25 });
    expect(records()).toHaveLength(25);
  });

  test('stops while there is time to commit', async () => {
    const orders = setUp();
    const endless = {
      ...orders,
      run: (signal: AbortSignal) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
    };
    await createVtexHandler({ orders: endless, reserveMs: 100 })({}, { getRemainingTimeInMillis: () => 130 });
    await expect(createVtexHandler({ orders })({}, { getRemainingTimeInMillis: () => 3_000 })).rejects.toThrow(
      /too little time/,
    );
  });

  test('answers notifications of the hook', async () => {
    vtex.add(order('v1', 1, [item(1)]));
    const orders = setUp();
    const hook = createVtexHook({ orders, secret: 'a-secret-of-the-shop', log });
    const event = {
      version: '2.0',
      rawPath: '/vtex',
      headers: { Key: 'a-secret-of-the-shop' },
      requestContext: { http: { method: 'POST', sourceIp: '203.0.113.7' } },
      body: Buffer.from(JSON.stringify({ OrderId: 'v1-01', State: 'payment-approved' })).toString('base64'),
      isBase64Encoded: true,
    };
    expect(await createVtexHandler({ orders, hook })(event, context)).toMatchObject({ statusCode: 200 });
    expect(records()).toHaveLength(1);
    expect(await createVtexHandler({ orders })(event, context)).toMatchObject({ statusCode: 404 });
  });
});
