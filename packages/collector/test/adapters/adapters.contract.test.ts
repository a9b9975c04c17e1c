import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { type Collector, createCollector, createMemorySink, type MemorySink } from '@rastro/collector';
import { fastifyCollector } from '@rastro/collector/fastify';
import { createHandler, type HttpApiEvent } from '@rastro/collector/lambda';
import Fastify from 'fastify';
import { describe, expect, test } from 'vitest';
import { envelope, event, id, now } from '../support/collect.js';

const fixture = async (name: string): Promise<HttpApiEvent> =>
  JSON.parse(await readFile(new URL(`../fixtures/lambda/${name}`, import.meta.url), 'utf8'));
const template = await fixture('http-api-v2.json');

interface Request {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | Buffer;
}
interface Response {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

function setUp(): { collector: Collector; sink: MemorySink; deadLetters: MemorySink } {
  const sink = createMemorySink();
  const deadLetters = createMemorySink();
  const script = { body: new TextEncoder().encode('/* “rastro” */'), etag: '"e"' };
  const collector = createCollector({
    sites: { demo: { origins: ['https://shop.example'] } },
    sink,
    deadLetters,
    script,
    plugins: { debug: { ...script, etag: '"d"' } },
    now: () => now,
    maxBodyBytes: 50_000,
  });
  return { collector, sink, deadLetters };
}

const adapters: Record<string, (collector: Collector, request: Request) => Promise<Response>> = {
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
  async lambda(collector, { method, path, headers, body }) {
    const binary = typeof body !== 'string';
    const result = await createHandler(collector)({
      ...template,
      rawPath: path,
      headers,
      requestContext: { ...template.requestContext, http: { method, sourceIp: '203.0.113.77' } },
      body: binary ? body.toString('base64') : body,
      isBase64Encoded: binary,
    });
    return {
      status: result.statusCode,
      headers: result.headers,
      body: result.isBase64Encoded ? Buffer.from(result.body, 'base64').toString() : result.body,
    };
  },
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
const post = (body: string | Buffer, headers: Record<string, string> = {}): Request => ({
  method: 'POST',
  path: '/e',
  headers: { 'content-type': text, 'user-agent': 'Mozilla/5.0 (X11)', ...headers },
  body,
});

const requests: [string, Request, number][] = [
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
  'access-control-allow-origin',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-max-age',
];

describe('Fastify and Lambda', () => {
  test.each(requests)(
    'answer %s alike, and put records that are equal byte by byte',
    async (_what, request, status) => {
      const seen = [];
      for (const send of Object.values(adapters)) {
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
      expect(seen[1]).toEqual(seen[0]);
    },
  );

  test('put something at all', async () => {
    const { collector, sink, deadLetters } = setUp();
    await adapters['lambda']?.(collector, post(good));
    expect(sink.records.map(({ partitionKey }) => partitionKey)).toEqual(['2103807459595387724', 'p:1', 'p:2']);
    expect(deadLetters.records).toHaveLength(1);
  });
});

describe('createHandler', () => {
  test('takes the event that AWS documents, stage and base64 included', async () => {
    const { collector, sink } = setUp();
    const whole = {
      ...template,
      rawPath: '/prod/e',
      body: Buffer.from(good).toString('base64'),
      isBase64Encoded: true,
    };
    expect(
      (await createHandler(collector)({ ...whole, headers: { ...template.headers, 'Content-Type': text } })).statusCode,
    ).toBe(200);
    expect(sink.records).toHaveLength(3);
  });

  test('takes an event without headers, as the console sends it', async () => {
    const { headers: _, ...bare } = template;
    expect((await createHandler(setUp().collector)({ ...bare, body: good })).statusCode).toBe(200);
  });

  test('names an event of another shape', async () => {
    const { collector } = setUp();
    await expect(createHandler(collector)({ version: '1.0' } as unknown as HttpApiEvent)).rejects.toThrow(
      'payload version 2.0, got version "1.0"',
    );
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
