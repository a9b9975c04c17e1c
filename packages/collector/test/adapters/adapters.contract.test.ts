import { gzipSync } from 'node:zlib';
import { type Collector, createCollector, createMemorySink, type MemorySink } from '@rastro/collector';
import { fastifyCollector } from '@rastro/collector/fastify';
import { createHandler } from '@rastro/collector/lambda';
import Fastify from 'fastify';
import { describe, expect, test } from 'vitest';
import { envelope, event, id, now } from '../support/collect.js';
import { answerOf, eventOf, type Sent, senders } from '../support/lambda.js';

interface Response {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

function setUp(): { collector: Collector; sink: MemorySink; deadLetters: MemorySink } {
  const sink = createMemorySink();
  const deadLetters = createMemorySink();
  const body = new TextEncoder().encode('/* “rastro” */');
  const encodings = { br: new Uint8Array([0xff, 0, 1]), gzip: gzipSync(body) };
  const script = { body, etag: '"e"', encodings, hash: '0123456789abcdef', integrity: 'sha384-x' };
  const collector = createCollector({
    sites: { demo: { origins: ['https://shop.example'] } },
    sink,
    deadLetters,
    script,
    plugins: { debug: { ...script, etag: '"d"' } },
    now: () => now,
    maxBodyBytes: 50_000,
    deviceCookie: {},
    rateLimitPerClient: 1_000_000,
  });
  return { collector, sink, deadLetters };
}

const adapters: Record<string, (collector: Collector, request: Sent) => Promise<Response>> = {
  async fastify(collector, { method, path, headers, body }) {
    const app = Fastify({ trustProxy: true });
    await app.register(fastifyCollector, { collector });
    const response = await app.inject({
      method: method as 'POST',
      url: path,
      headers: { ...headers, 'x-forwarded-for': '203.0.113.77' },
      payload: body,
    });
    await app.close();
    return { status: response.statusCode, headers: response.headers, body: response.body };
  },
  ...Object.fromEntries(
    Object.entries(senders).map(([name, template]) => [
      name,
      async (collector: Collector, request: Sent) => {
        const { cookies, ...answer } = answerOf(await createHandler(collector)(eventOf(template, request)));
        const headers = cookies.length > 0 ? { ...answer.headers, 'set-cookie': cookies.join() } : answer.headers;
        return { ...answer, headers };
      },
    ]),
  ),
};

const text = 'text/plain;charset=UTF-8';
const good = JSON.stringify(
  envelope(
    [
      event(1, { brand: 'L’Oréal 💄' }),
      event(2, { price: '7,5' }),
      {
        event_id: id(3),
        event_type: 'purchase',
        event_time: now,
        order_id: 'A',
        items: [{ product_id: '1' }, { product_id: '2' }],
      },
    ],
    { context: { page_url: 'https://shop.example/' } },
  ),
);
const post = (body: string | Buffer, headers: Record<string, string> = {}): Sent => ({
  method: 'POST',
  path: '/e',
  headers: { 'content-type': text, 'user-agent': 'Mozilla/5.0 (X11)', ...headers },
  body,
});

const requests: [string, Sent, number][] = [
  ['events, good and bad', post(good), 200],
  [
    'events as JSON with an origin',
    post(good, { 'content-type': 'application/json', origin: 'https://shop.example' }),
    200,
  ],
  ['events in gzip', post(gzipSync(good), { 'content-encoding': 'gzip' }), 200],
  ['a foreign origin', post(good, { origin: 'https://evil.example' }), 403],
  ['an unknown key', post(good.replace('demo', 'nobody')), 401],
  ['no JSON', post('{"v":'), 400],
  ['bytes that are no text', post(Buffer.from([0xff, 0x00])), 400],
  ['a form', post(good, { 'content-type': 'application/x-www-form-urlencoded' }), 415],
  ['no content type worth the name', post(good, { 'content-type': 'garbage' }), 415],
  ['a content type in capitals', post(good, { 'content-type': 'Text/Plain; charset=UTF-8' }), 200],
  ['a body that is too large', post('x'.repeat(50_001)), 413],
  ['an empty body', post(''), 400],
  [
    'a preflight',
    {
      method: 'OPTIONS',
      path: '/e',
      headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
      body: '',
    },
    204,
  ],
  ['a wrong method', { method: 'GET', path: '/e', headers: {}, body: '' }, 405],
  ['the script', { method: 'GET', path: '/rastro.js', headers: {}, body: '' }, 200],
  ['the script, known', { method: 'GET', path: '/rastro.js', headers: { 'if-none-match': '"e"' }, body: '' }, 304],
  ['a plugin', { method: 'GET', path: '/rastro/debug.js', headers: { origin: 'https://shop.example' }, body: '' }, 200],
  ['a plugin, known', { method: 'HEAD', path: '/rastro/debug.js', headers: { 'if-none-match': '"d"' }, body: '' }, 304],
  [
    'the script in Brotli',
    { method: 'GET', path: '/rastro.js', headers: { 'accept-encoding': 'gzip, br' }, body: '' },
    200,
  ],
  ['the script that never changes', { method: 'GET', path: '/rastro.0123456789abcdef.js', headers: {}, body: '' }, 200],
  ['the list of scripts', { method: 'GET', path: '/rastro.json', headers: {}, body: '' }, 200],
  [
    'the device’s cookie',
    post(good, { origin: 'https://shop.example', cookie: 'rastro_id=d-1', 'x-forwarded-proto': 'https' }),
    200,
  ],
  ['health', { method: 'GET', path: '/healthz', headers: {}, body: '' }, 200],
];

/** Of the headers, those that are ours to decide. */
const ours = [
  'content-type',
  'cache-control',
  'retry-after',
  'vary',
  'etag',
  'allow',
  'x-content-type-options',
  'cross-origin-resource-policy',
  'content-encoding',
  'content-security-policy',
  'referrer-policy',
  'x-frame-options',
  'set-cookie',
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-expose-headers',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-max-age',
];

describe('Fastify and every sender of Lambda events', () => {
  test.each(requests)(
    'answer %s alike, and put records that are equal byte by byte',
    async (_what, request, status) => {
      const seen = [];
      for (const [name, send] of Object.entries(adapters)) {
        // It hands on no compressed answer, so none is made for it.
        if (['REST API', 'HTTP API, payload 1.0'].includes(name) && request.headers['accept-encoding']) continue;
        const { collector, sink, deadLetters } = setUp();
        const response = await send(collector, request);
        const headers = Object.fromEntries(
          ours.filter((name) => response.headers[name] !== undefined).map((name) => [name, response.headers[name]]),
        );
        seen.push({
          status: response.status,
          headers,
          body: response.body,
          records: sink.records,
          letters: deadLetters.records,
        });
      }
      expect(seen[0]?.status).toBe(status);
      for (const other of seen.slice(1)) expect(other).toEqual(seen[0]);
    },
  );

  test.each(Object.keys(adapters))('put something at all: %s', async (name) => {
    const { collector, sink, deadLetters } = setUp();
    await adapters[name]?.(collector, post(good));
    expect(sink.records.map(({ partitionKey }) => partitionKey)).toEqual(['2103807459595387724', 'p:1', 'p:2']);
    expect(deadLetters.records).toHaveLength(1);
  });
});

describe('fastifyCollector', () => {
  test('serves below a prefix', async () => {
    const app = Fastify();
    await app.register(fastifyCollector, { collector: setUp().collector, prefix: '/track' });
    const response = await app.inject({
      method: 'POST',
      url: '/track/e',
      headers: { 'content-type': text },
      payload: good,
    });
    expect(response.statusCode).toBe(200);
    await app.close();
  });

  test('leaves the host application its own body parsers and errors', async () => {
    const app = Fastify();
    await app.register(fastifyCollector, { collector: setUp().collector });
    app.post('/own', async (request) => ({ got: request.body }));
    const response = await app.inject({ method: 'POST', url: '/own', payload: { a: 1 } });
    expect(response.json()).toEqual({ got: { a: 1 } });
    expect((await app.inject('/none')).json()).toMatchObject({ statusCode: 404, error: 'Not Found' });
    await app.close();
  });
});
