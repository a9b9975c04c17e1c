// @ts-check
// Plays the part of VTEX: the order feed with its visibility time, orders and order groups, and all that goes wrong there.
// https://developers.vtex.com/docs/guides/orders-feed
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRandom } from '@rastro/collector/dev';

/** Each the share of the calls that it befalls, 0 to 1. */
export const calm = { throttled: 0, error: 0, hang: 0, cutOff: 0, reset: 0, notJson: 0 };

/**
 * @typedef {typeof calm} VtexFaults
 * @typedef {{ orderId: string, orderGroup?: string | null, [name: string]: unknown }} FakeOrder
 *
 * @typedef {object} FakeVtexOptions
 * @property {string} [appKey]
 * @property {string} [appToken]
 * @property {number} [visibilityMs] An update that was read and not committed comes back after this. Default: 60,000.
 * @property {number} [seed] Of the faults. Default: 1.
 * @property {Partial<VtexFaults>} [faults] Default: none.
 * @property {number} [port] Default: any.
 */

/** @param {FakeVtexOptions} [options] */
export async function startFakeVtex({
  appKey = 'key-1',
  appToken = 'token-1',
  visibilityMs = 60_000,
  seed = 1,
  faults = {},
  port = 0,
} = {}) {
  const random = createRandom(seed);
  let hiddenMs = visibilityMs;
  let chances = { ...calm, ...faults };
  /** @type {Map<string, FakeOrder>} */
  const orders = new Map();
  /** @type {{ id: number, orderId: string, state: string, changedAt: string, visibleAt: number, handle: string, reads: number }[]} */
  let queue = [];
  let ids = 0;
  let configured = true;
  let allowed = true;
  /** Answers of their own for some paths, for as long as they give one. @type {((path: string) => { status: number, body?: string, headers?: Record<string, string> } | undefined)[]} */
  const overrides = [];
  const counts = { feed: 0, order: 0, group: 0, commit: 0, committed: 0, redelivered: 0, expiredHandles: 0, ...calm };
  /** All calls, in order. @type {string[]} */
  const asked = [];

  /** @param {string} path @param {string} body */
  const answer = (path, body) => {
    const url = new URL(path, 'http://vtex');
    const [, orderId] = /^\/api\/oms\/pvt\/orders\/([^/]+)$/.exec(url.pathname) ?? [];
    const [, group] = /^\/api\/oms\/pvt\/orders\/order-group\/([^/]+)$/.exec(url.pathname) ?? [];
    const json = (/** @type {unknown} */ value, status = 200) => ({ status, body: JSON.stringify(value) });
    if (url.pathname === '/api/orders/feed/config') {
      const queueFields = { visibilityTimeoutInSeconds: 240, messageRetentionPeriodInSeconds: 345_600 };
      return configured
        ? json({
            filter: { type: 'FromWorkflow', status: ['payment-approved', 'canceled'] },
            queue: queueFields,
            quantity: queue.length,
            approximateAgeOfOldestMessageInSeconds: 3.2,
          })
        : json({ error: 'Value not found' }, 404);
    }
    if (url.pathname === '/api/orders/feed' && body) {
      counts.commit++;
      const handles = new Set(JSON.parse(body).handles);
      const before = queue.length;
      const now = Date.now();
      queue = queue.filter((one) => {
        if (!handles.has(one.handle)) return true;
        // Its time is over: somebody else may have it by now.
        if (one.visibleAt > now) return false;
        counts.expiredHandles++;
        return true;
      });
      counts.committed += before - queue.length;
      return json({});
    }
    if (url.pathname === '/api/orders/feed') {
      if (!configured) return json({ error: 'Value not found' }, 404);
      counts.feed++;
      const now = Date.now();
      const most = Math.min(10, Number(url.searchParams.get('maxlot') ?? 1));
      // In no order: VTEX promises none.
      const visible = queue
        .filter((one) => one.visibleAt <= now)
        .sort(() => random() - 0.5)
        .slice(0, most);
      for (const one of visible) {
        if (one.reads++ > 0) counts.redelivered++;
        one.visibleAt = now + hiddenMs;
        one.handle = `handle-${one.id}-${one.reads}`;
      }
      return json(
        visible.map(({ id, orderId: of, state, changedAt, handle }) => ({
          eventId: `E${id}`,
          handle,
          domain: 'Marketplace',
          state,
          lastState: '',
          orderId: of,
          lastChange: changedAt,
          currentChange: changedAt,
        })),
      );
    }
    if (group !== undefined) {
      counts.group++;
      // As in VTEX's example, without a status.
      const found = [...orders.values()].filter(({ orderGroup }) => orderGroup === decodeURIComponent(group));
      return found.length > 0 ? json(found.map((order) => ({ ...order, status: '' }))) : json({ error: {} }, 404);
    }
    if (orderId !== undefined) {
      counts.order++;
      const order = orders.get(decodeURIComponent(orderId));
      return order ? json(order) : json({ error: { code: 'OMS007', message: 'Order Not Found' } }, 404);
    }
    return json({}, 404);
  };

  const server = createServer((request, response) => {
    const chunks = /** @type {Buffer[]} */ ([]);
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', () => {
      const path = request.url ?? '/';
      asked.push(`${request.method} ${path}`);
      if (request.headers['x-vtex-api-appkey'] !== appKey || request.headers['x-vtex-api-apptoken'] !== appToken)
        return void response.writeHead(401).end('{}');
      if (!allowed) return void response.writeHead(403).end('{}');
      for (const override of overrides) {
        const own = override(path);
        if (own)
          return void response
            .writeHead(own.status, { 'content-type': 'application/json', ...own.headers })
            .end(own.body ?? '{}');
      }
      let chance = random();
      const befalls = (/** @type {keyof VtexFaults} */ name) => {
        chance -= chances[name];
        if (chance >= 0 || chances[name] === 0) return false;
        chance = Number.POSITIVE_INFINITY;
        counts[name]++;
        return true;
      };
      if (befalls('throttled')) return void response.writeHead(429, { 'retry-after': '0' }).end('{}');
      if (befalls('error')) return void response.writeHead(random() < 0.5 ? 500 : 503).end('oops');
      if (befalls('reset')) return void request.socket.destroy();
      const done = () => answer(path, Buffer.concat(chunks).toString());
      // What was asked for is done, and nobody is told.
      if (befalls('hang')) return void done();
      if (befalls('notJson')) return void response.writeHead(200).end('<html>');
      const { status, body } = done();
      if (befalls('cutOff')) {
        response.writeHead(status, { 'content-length': Buffer.byteLength(body) + 10 });
        response.write(body.slice(0, body.length / 2));
        return void setTimeout(() => request.socket.destroy(), 5);
      }
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());

  return {
    url: `http://127.0.0.1:${address.port}`,
    counts,
    asked,
    overrides,
    orders,
    /**
     * Puts an order there, or changes it, and tells of it.
     *
     * @param {FakeOrder} order
     * @param {readonly string[]} [states] The statuses that it went through. Default: its own.
     */
    add(order, states = [String(order['status'])]) {
      orders.set(order.orderId, order);
      this.tell(order.orderId, states);
    },
    /** @param {string} orderId @param {readonly string[]} states @param {string} [changedAt] */
    tell(orderId, states, changedAt = new Date().toISOString()) {
      for (const state of states)
        queue.push({ id: ids++, orderId, state, changedAt, visibleAt: 0, handle: '', reads: 0 });
    },
    /** Updates that nobody committed. */
    left: () => queue.length,
    /** @param {Partial<VtexFaults>} given */
    set(given) {
      chances = { ...chances, ...given };
    },
    /** From the next read on. @param {number} ms */
    hideFor(ms) {
      hiddenMs = ms;
    },
    /** @param {boolean} value */
    configure(value) {
      configured = value;
    },
    /** @param {boolean} value */
    allow(value) {
      allowed = value;
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof startFakeVtex>>} FakeVtex */
