// @ts-check
// One server on 127.0.0.1 for the page, the scripts and what the trackers send: it answers each as its own server would.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { folder } from './bundle.mjs';

/**
 * @typedef {object} Sink
 * @property {string} url
 * @property {() => number} requests Requests of trackers since `reset`.
 * @property {(prefix: string) => number} reached Different product ids with this prefix that came since `reset`.
 * @property {() => void} reset
 * @property {(quietMs: number, limitMs: number) => Promise<boolean>} quiet Waits until no tracker has sent anything for so
 *   long; `false` when that took longer than the limit.
 * @property {() => Promise<void>} close
 */

/** A project with nothing switched on that is off by default; gzip is what PostHog's own servers ask for. */
const posthogConfig = {
  supportedCompression: ['gzip', 'gzip-js'],
  hasFeatureFlags: false,
  captureDeadClicks: false,
  capturePerformance: false,
  autocapture_opt_out: false,
  autocaptureExceptions: false,
  heatmaps: false,
  surveys: false,
  sessionRecording: false,
  elementsChainAsString: true,
  siteApps: [],
};

/** A page with about as much in it as a list of products has. */
const html = `<!doctype html><html lang="pt-BR"><meta charset="utf-8"><title>Flor de Sal 150 g | Shop</title>
<script src="/harness.js"></script><h1>Flor de Sal 150 g</h1><ul>${Array.from(
  { length: 60 },
  (_, n) =>
    `<li><a href="/p/${n}"><img width="80" height="80" alt=""><b>Product ${n}</b> <span>R$ 35,79</span></a> <button>Add</button></li>`,
).join('')}</ul></html>`;

/**
 * @param {Readonly<Record<string, string>>} scripts By tracker.
 * @returns {Promise<Sink>}
 */
export async function createSink(scripts) {
  const page = (/** @type {string} */ name) => readFile(join(folder, 'page', name), 'utf8');
  const harness = await page('harness.js');
  const adapter = await page('rastro.js');
  /** @type {Buffer[]} */
  let bodies = [];
  let requests = 0;
  let lastAt = performance.now();
  let open = 0;

  const server = createServer(async (request, reply) => {
    const { pathname } = new URL(request.url ?? '/', 'http://sink');
    const send = (/** @type {string} */ type, /** @type {string | Buffer} */ body, status = 200) => {
      reply.writeHead(status, {
        'content-type': type,
        // Isolated, a page's clock has a resolution of 5 us instead of 100.
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        'cache-control': 'no-store',
      });
      reply.end(body);
    };
    const json = (/** @type {unknown} */ value) => send('application/json', JSON.stringify(value));
    const script = (/** @type {string} */ code) => send('text/javascript', code);
    if (pathname === '/harness.js') return script(harness);
    if (pathname === '/adapter.js') return script(adapter);
    const [, name] = /^\/tracker\/(\w+)\.js$/.exec(pathname) ?? [];
    if (name) return script(scripts[name] ?? '');
    if (pathname.startsWith('/p/')) return send('text/html', html);
    if (pathname === '/favicon.ico') return send('image/x-icon', '');

    requests += 1;
    open += 1;
    /** @type {Buffer[]} */
    const chunks = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      // The page was closed meanwhile.
    }
    const body = Buffer.concat(chunks);
    bodies.push(body);
    open -= 1;
    lastAt = performance.now();
    if (pathname === '/rastro/e') {
      const { events = [] } = JSON.parse(String(body));
      return json({ accepted: events.length, rejected: [] });
    }
    if (pathname === '/plausible/event') return send('text/plain', 'ok', 202);
    if (pathname.startsWith('/com.snowplowanalytics.snowplow/')) return send('text/plain', 'ok');
    if (/^\/posthog\/array\/\w+\/config\.js$/.test(pathname)) {
      const config = JSON.stringify({ config: posthogConfig, siteApps: [] });
      return script(`(window._POSTHOG_REMOTE_CONFIG=window._POSTHOG_REMOTE_CONFIG||{}).demo=${config}`);
    }
    if (/^\/posthog\/array\/\w+\/config$/.test(pathname)) return json(posthogConfig);
    if (pathname.startsWith('/posthog/static/')) {
      const file = join(folder, 'node_modules/posthog-js/dist', basename(pathname));
      return script(await readFile(file, 'utf8').catch(() => ''));
    }
    if (pathname.startsWith('/posthog/flags'))
      return json({ flags: {}, featureFlags: {}, errorsWhileComputingFlags: false, ...posthogConfig });
    if (pathname.startsWith('/posthog/')) return json({ status: 'Ok' });
    return send('text/plain', 'not found', 404);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());

  return {
    url: `http://127.0.0.1:${port}`,
    requests: () => requests,
    reached(prefix) {
      /** @type {Set<string>} */
      const found = new Set();
      for (const body of bodies) {
        for (const [id] of decode(body).matchAll(new RegExp(`${prefix}-\\d+`, 'g'))) found.add(id);
      }
      return found.size;
    },
    reset() {
      bodies = [];
      requests = 0;
    },
    async quiet(quietMs, limitMs) {
      const start = performance.now();
      lastAt = start;
      for (;;) {
        const now = performance.now();
        if (open === 0 && now - lastAt >= quietMs) return true;
        if (now - start >= limitMs) return false;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * The text of a body, of whatever kind: gzip, base64 inside of JSON or of a form, plain.
 *
 * @param {Buffer} body
 */
export function decode(body) {
  const plain = body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body;
  const text = String(plain);
  const encoded = [...text.matchAll(/[\w+/-]{40,}(?:={0,2}|(?:%3D){0,2})/g)];
  return [text, ...encoded.map(([word]) => String(Buffer.from(decodeURIComponent(word), 'base64')))].join('\n');
}
