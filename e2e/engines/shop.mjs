// @ts-check
// A shop whose collector can be made to fail: a gate in front of the dev server.
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { startDevServer } from '@rastro/collector/dev';
import { must } from '../../scripts/lib/run.mjs';

/**
 * What the gate does with the tracker's requests: `up`; a status to answer with; `lost`: the collector gets the request,
 * the page no answer; a `slow` one comes after two seconds.
 *
 * @typedef {'up' | 500 | 503 | 'lost' | 'slow'} Fault
 *
 * @typedef {object} Delivered
 * @property {number} products Different `product_id` on the stream.
 * @property {number} events Different `event_id` on the stream.
 * @property {number} records
 */

const slowMs = 2000;
const reader = fileURLToPath(new URL('../support/stream-reader.mjs', import.meta.url));
// Firefox sends Global Privacy Control in private windows, and would rightly track nothing there.
const tag = '<script async src="/rastro.js" data-key="demo" data-ignore-gpc></script>';
const throwing = `<script>{
  const blocked = () => { throw new DOMException('blocked', 'SecurityError'); };
  Object.defineProperty(window, 'indexedDB', { get: blocked });
  Object.defineProperty(window, 'localStorage', { get: blocked });
  Object.defineProperty(Document.prototype, 'cookie', { get: blocked, set: blocked });
}</script>`;

/** @type {Record<string, string>} Pages by path. */
const pages = {
  '/blank': `<!doctype html><title>Blank</title>${tag}`,
  '/throwing': `<!doctype html><title>No storage</title>${throwing}${tag}`,
  '/away': '<!doctype html><title>No tracker</title>',
};

/** @param {Record<string, string>} more Pages by path. */
export async function startShop(more) {
  const silent = { info() {}, warn() {}, error() {} };
  const dev = await startDevServer({ port: 0, log: silent });
  /** @type {Fault} */
  let fault = 'up';
  let refused = 0;
  /** How often the collector was sent each product, and which of them it has answered for. */
  /** @type {Map<string, number>} */
  const sent = new Map();
  /** @type {Set<string>} */
  const taken = new Set();

  const gate = createServer((request, response) => {
    /** @type {Buffer[]} */
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    // A page that is left may cut its request off; that is its matter.
    request.on('error', () => {});
    request.on('end', () => {
      answer(request, response, Buffer.concat(chunks)).catch(() => response.destroy());
    });
  });

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   * @param {Buffer} body
   */
  async function answer(request, response, body) {
    // A proxy is asked for the whole URL.
    const { pathname } = new URL(request.url ?? '/', 'http://any');
    const page = more[pathname] ?? pages[pathname];
    if (page !== undefined) {
      response.setHeader('content-type', 'text/html; charset=utf-8').end(page);
      return;
    }
    const post = request.method === 'POST';
    const now = fault;
    if (post && typeof now === 'number') {
      refused++;
      response.writeHead(now, now === 503 ? { 'retry-after': '1' } : {}).end('{}');
      return;
    }
    const ids = post ? JSON.parse(body.toString()).events.map((/** @type {any} */ event) => event.product_id) : [];
    for (const id of ids) sent.set(id, (sent.get(id) ?? 0) + 1);
    /** @type {RequestInit} */
    const init = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: new Uint8Array(body) };
    const from = await fetch(dev.url + pathname, post ? init : {});
    const content = Buffer.from(await from.arrayBuffer());
    if (from.ok) for (const id of ids) taken.add(id);
    if (post && now === 'slow') await new Promise((resolve) => setTimeout(resolve, slowMs));
    if (post && now === 'lost') {
      refused++;
      response.destroy();
      return;
    }
    response.writeHead(from.status, { 'content-type': from.headers.get('content-type') ?? 'text/plain' }).end(content);
  }

  let port = 0;
  const open = () =>
    new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
      gate.listen(port, '127.0.0.1', () => {
        port = /** @type {import('node:net').AddressInfo} */ (gate.address()).port;
        resolve();
      });
    });
  const shut = () =>
    new Promise((resolve) => {
      gate.close(resolve);
      gate.closeAllConnections();
    });
  await open();
  const { endpoint = '', region = '', streamName } = dev.streams;
  /** @param {ReadonlyMap<string, unknown> | ReadonlySet<string>} of @param {string} prefix */
  const matching = (of, prefix) => [...of.keys()].filter((id) => id.startsWith(prefix));

  return {
    port,
    /** @param {Fault} what */
    fail(what) {
      fault = what;
      refused = 0;
    },
    /** Requests that `fail` met since it was called. */
    refused: () => refused,
    /** Refuses connections, until `open`. */
    shut,
    open,
    /** @param {string} prefix Of the product ids. */
    taken: (prefix) => matching(taken, prefix).length,
    /** Events the collector was sent more than once. @param {string} prefix */
    repeats: (prefix) => matching(sent, prefix).reduce((sum, id) => sum + (sent.get(id) ?? 0) - 1, 0),
    /**
     * @param {string} prefix
     * @returns {Promise<Delivered>}
     */
    async delivered(prefix) {
      const { stdout } = await must('reading the stream', process.execPath, [reader, endpoint, region, streamName]);
      const records = stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).record)
        .filter(({ product_id }) => product_id.startsWith(prefix));
      const different = (/** @type {string} */ name) => new Set(records.map((record) => record[name])).size;
      return { products: different('product_id'), events: different('event_id'), records: records.length };
    },
    async close() {
      if (gate.listening) await shut();
      await dev.close();
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof startShop>>} Shop */
