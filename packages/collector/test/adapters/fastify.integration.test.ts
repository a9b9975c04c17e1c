import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { type Collector, type CollectorOptions, createCollector, createMemorySink } from '@rastro/collector';
import { clientErrorHandler, fastifyCollector } from '@rastro/collector/fastify';
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { envelope, event, now } from '../support/collect.js';

const running: FastifyInstance[] = [];
afterEach(async () => {
  for (const app of running.splice(0)) await app.close();
});

const collectorOf = (options: Partial<CollectorOptions> = {}): Collector =>
  createCollector({
    sites: { demo: {} },
    sink: createMemorySink(),
    deadLetters: createMemorySink(),
    now: () => now,
    maxBodyBytes: 1000,
    ...options,
  });

async function listen(
  collector: Collector,
  options: FastifyServerOptions = {},
  add: (app: FastifyInstance) => void = () => {},
): Promise<number> {
  const app = Fastify({ clientErrorHandler: clientErrorHandler(collector), ...options }) as unknown as FastifyInstance;
  add(app);
  await app.register(fastifyCollector, { collector });
  await app.listen({ port: 0, host: '127.0.0.1' });
  running.push(app);
  return (app.server.address() as AddressInfo).port;
}

/** Sends text as it is, and reads until the other side ends. */
async function send(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    answer += chunk;
  });
  socket.on('error', () => {});
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

const post = (length: number, body: string, more = ''): string =>
  `POST /e HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\n${more}content-length: ${length}\r\n\r\n${body}`;

describe('a connection', () => {
  test.each<[string, string, number, string, FastifyServerOptions]>([
    ['that speaks no HTTP', 'hello\r\n\r\n', 400, 'bad_request', {}],
    ['with headers without end', `GET /e HTTP/1.1\r\ncookie: ${'a'.repeat(20_000)}\r\n`, 431, 'headers_too_large', {}],
    [
      'that does not finish in time',
      post(100, 'half'),
      408,
      'request_timeout',
      { serverFactory: (handler) => createServer({ requestTimeout: 100, connectionsCheckingInterval: 20 }, handler) },
    ],
    ['with a body over the limit', post(5000, 'x'), 413, 'body_too_large', {}],
  ])('%s is answered as the collector answers, and closed', async (_what, text, status, code, options) => {
    const answer = await send(await listen(collectorOf(), options), text);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head.toLowerCase()).toContain('connection: close');
    expect(head).toContain('content-type: application/json; charset=utf-8');
    expect(head.toLowerCase()).toContain(`content-length: ${Buffer.byteLength(body)}`);
    expect(JSON.parse(body)).toMatchObject({ error: { code } });
    // Only what is refused for good is forgotten by the tracker.
    expect('accepted' in JSON.parse(body)).toBe(status === 413);
  });

  test('whose answer has begun gets no other into it', async () => {
    const port = await listen(collectorOf(), {}, (app) => {
      app.get('/slow', (_request, reply) => {
        reply.hijack();
        reply.raw.writeHead(200, { 'content-length': '100' });
        reply.raw.write('begun');
      });
    });
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    let answer = '';
    socket.on('error', () => {});
    socket.write('GET /slow HTTP/1.1\r\nhost: a\r\n\r\n');
    await new Promise<void>((resolve) => {
      socket.on('data', (chunk) => {
        answer += chunk;
        if (answer.endsWith('begun')) resolve();
      });
    });
    socket.write('no HTTP\r\n\r\n');
    await once(socket, 'close');
    expect(answer.endsWith('\r\n\r\nbegun')).toBe(true);
  });
});

describe('a request', () => {
  test('whose body ends before it should, or is no body, is never 500', async () => {
    const port = await listen(collectorOf());
    for (const text of [post(50, 'x', 'expect: 100-continue\r\n'), post(0, ''), post(1, '{')]) {
      const socket = connect(port, '127.0.0.1').setEncoding('utf8');
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk;
      });
      socket.on('error', () => {});
      socket.end(text);
      await once(socket, 'close');
      expect(answer).not.toContain('HTTP/1.1 500');
    }
  });

  test('has its headers joined when a hook of the application left a list', async () => {
    const port = await listen(collectorOf({ sites: { demo: { origins: ['https://shop.example'] } } }), {}, (app) => {
      app.addHook('onRequest', async (request) => {
        request.headers['origin'] = ['https://shop.example', 'https://evil.example'] as unknown as string;
      });
    });
    const response = await fetch(`http://127.0.0.1:${port}/e`, {
      method: 'POST',
      body: JSON.stringify(envelope([event(1)])),
    });
    expect(response.status).toBe(403);
  });

  test('keeps what a hook of the application throws', async () => {
    const port = await listen(collectorOf(), {}, (app) => {
      app.addHook('onRequest', async () => {
        throw Object.assign(new Error('no entry'), { statusCode: 400 });
      });
    });
    const response = await fetch(`http://127.0.0.1:${port}/e`, { method: 'POST', body: '' });
    expect([response.status, await response.json()]).toEqual([400, expect.objectContaining({ message: 'no entry' })]);
  });

  test('is known to be encrypted where a trusted proxy says so', async () => {
    const headers = { cookie: 'rastro_id=d-1', 'x-forwarded-proto': 'https', 'content-type': 'text/plain' };
    const cookieOf = async (trustProxy: boolean): Promise<string | null> => {
      const port = await listen(collectorOf({ deviceCookie: {} }), { trustProxy });
      const body = JSON.stringify(envelope([event(1)]));
      return (await fetch(`http://127.0.0.1:${port}/e`, { method: 'POST', headers, body })).headers.get('set-cookie');
    };
    expect(await cookieOf(true)).toContain('; Secure');
    expect(await cookieOf(false)).not.toContain('; Secure');
  });
});

test('a script that is known is answered without a word about its length', async () => {
  const script = { body: new TextEncoder().encode('1;'), etag: '"e"' };
  const port = await listen(collectorOf({ script }));
  const head = (method: string, more: string): Promise<string> =>
    send(port, `${method} /rastro.js HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${more}\r\n`);
  expect(await head('GET', 'if-none-match: "e"\r\n')).not.toContain('content-length');
  expect(await head('HEAD', '')).toContain('content-length: 2');
});
