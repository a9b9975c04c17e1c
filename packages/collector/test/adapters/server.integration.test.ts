import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type CollectorOptions, type CollectRequest, createCollector, createMemorySink } from '@rastro/collector';
import { afterEach, describe, expect, test } from 'vitest';
import { type RunningServer, type ServeOptions, serve } from '../../src/adapters/server.js';
import { until } from '../dev/support.js';
import { sendEvent } from './support/command.js';

const servers: RunningServer[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(
  options: Partial<ServeOptions> = {},
  collector: Partial<CollectorOptions> = {},
): Promise<{ server: RunningServer; requests: CollectRequest[] }> {
  const requests: CollectRequest[] = [];
  const made = createCollector({
    sites: { demo: {} },
    sink: createMemorySink(),
    deadLetters: createMemorySink(),
    ...collector,
  });
  const seen = {
    ...made,
    handle: (request: CollectRequest) => {
      requests.push(request);
      return made.handle(request);
    },
  };
  const server = await serve({ collector: seen, port: 0, host: '127.0.0.1', ...options });
  servers.push(server);
  return { server, requests };
}

/** A connection that sends bytes as they are, and what comes back. */
async function dial(url: string): Promise<{ write(text: string): void; text(): string; ended: Promise<unknown> }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('utf8');
  sockets.push(socket);
  await once(socket, 'connect');
  let text = '';
  socket.on('data', (part: string) => {
    text += part;
  });
  socket.on('error', () => {});
  return { write: (part) => void socket.write(part), text: () => text, ended: once(socket, 'close') };
}

const head = 'POST /e HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\n';

describe('a connection', () => {
  test.each<[string, string, string]>([
    ['headers that never end', 'POST /e HTTP/1.1\r\nhost: a\r\nx: ', '408 Request Timeout'],
    ['a body that never ends', `${head}content-length: 100\r\n\r\n{"v":1`, '408 Request Timeout'],
    ['no HTTP', 'hello\r\n\r\n', '400 Bad Request'],
    ['TLS on a port without it', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', '400 Bad Request'],
    ['two lengths', `${head}content-length: 1\r\ncontent-length: 2\r\n\r\n{}`, '400 Bad Request'],
    [
      'a length and chunks',
      `${head}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      '400 Bad Request',
    ],
    [
      'headers without end',
      `${head}${`x: ${'y'.repeat(1_000)}\r\n`.repeat(66)}\r\n`,
      '431 Request Header Fields Too Large',
    ],
  ])('with %s is answered without `accepted`, and closed', async (_what, sent, status) => {
    const { server, requests } = await start({ requestTimeoutMs: 300 });
    const { write, text, ended } = await dial(server.url);
    write(sent);
    await ended;
    expect(text()).toMatch(new RegExp(`^HTTP/1.1 ${status}\r\n`));
    const [headers = '', body = ''] = text().split('\r\n\r\n');
    expect(headers.toLowerCase()).toContain('connection: close');
    expect(JSON.parse(body)).toEqual({ error: { code: expect.any(String), message: expect.any(String) } });
    expect(requests).toEqual([]);
    expect((await sendEvent(server.url)).status).toBe(200);
  });

  test('with large cookies is served', async () => {
    const { server } = await start();
    const response = await fetch(`${server.url}/healthz`, { headers: { cookie: `a=${'x'.repeat(50_000)}` } });
    expect(response.status).toBe(200);
  });

  test('that waits for its answer is not too slow', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const put = async () => {
      await held;
      return [];
    };
    const { server } = await start({ requestTimeoutMs: 300 }, { sink: { put } });
    const { write, text, ended } = await dial(server.url);
    write(`${head}content-length: 100\r\n\r\n`);
    const answer = sendEvent(server.url);
    // The one beside it, which came later, was found too slow: so this one was looked at too.
    await ended;
    expect(text()).toContain('408');
    release();
    expect((await answer).status).toBe(200);
  });

  test('that never says anything is closed without a word', async () => {
    const { server } = await start({ requestTimeoutMs: 300 });
    const { text, ended } = await dial(server.url);
    await ended;
    expect(text()).toBe('');
  });

  test('that is idle between two requests is not too slow either', async () => {
    const { server } = await start({ requestTimeoutMs: 300 });
    const kept = await dial(server.url);
    const get = 'GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n';
    kept.write(get);
    await until(() => kept.text().includes('200 OK'));
    const slow = await dial(server.url);
    slow.write('GET');
    await slow.ended;
    kept.write(get);
    await until(() => kept.text().split('200 OK').length === 3);
  });

  test('is closed when there are too many', async () => {
    const { server } = await start({ maxConnections: 1 });
    await dial(server.url);
    const { ended, text } = await dial(server.url);
    await ended;
    expect(text()).toBe('');
  });

  test('says how long it stays open', async () => {
    const { server } = await start({ keepAliveTimeoutMs: 90_000 });
    expect((await fetch(`${server.url}/healthz`)).headers.get('keep-alive')).toBe('timeout=90');
  });
});

describe('the visitor’s address', () => {
  const through = { 'x-forwarded-for': '198.51.100.7, 203.0.113.9' };
  test.each<[string, NonNullable<ServeOptions['trustedProxies']>, string]>([
    ['is that of the connection when no proxy is trusted', [], '127.0.0.1'],
    ['is that of the connection when it is none of the proxies', ['10.0.0.0/8'], '127.0.0.1'],
    ['is what a trusted proxy saw', ['loopback'], '203.0.113.9'],
    ['is what the first of two trusted proxies saw', ['127.0.0.0/8', '203.0.113.9'], '198.51.100.7'],
    ['is what the one proxy saw', 1, '203.0.113.9'],
    ['is what the first of two proxies saw', 2, '198.51.100.7'],
  ])('%s', async (_what, trustedProxies, ip) => {
    const { server, requests } = await start({ trustedProxies });
    await fetch(`${server.url}/e`, { method: 'POST', headers: through, body: '{}' });
    expect(requests.map((request) => request.ip)).toEqual([ip]);
  });
});

describe('a port for metrics', () => {
  const metrics = async () => ({ contentType: 'text/plain', body: 'up 1\n' });

  test('has them alone', async () => {
    const { server } = await start({ metricsPort: 0 }, { metrics });
    const base = String(server.metricsUrl);
    expect(await (await fetch(`${base}/metrics`)).text()).toBe('up 1\n');
    expect((await fetch(`${base}/readyz`)).status).toBe(200);
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
    expect((await sendEvent(base)).status).toBe(404);
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  });

  test('is not needed', async () => {
    const { server } = await start({}, { metrics });
    expect(await (await fetch(`${server.url}/metrics`)).text()).toBe('up 1\n');
    expect(server.metricsUrl).toBeUndefined();
  });

  test('is named when it is taken', async () => {
    const { server } = await start();
    const metricsPort = Number(new URL(server.url).port);
    await expect(start({ metricsPort })).rejects.toThrow(
      `Port ${metricsPort} on 127.0.0.1 is taken. Choose another with --metrics-port.`,
    );
  });
});

describe('closing', () => {
  test('answers a request that is still arriving', async () => {
    const urls: string[] = [];
    const { server } = await start({
      register: (app) => void app.addHook('onRequest', async (request) => void urls.push(request.url)),
    });
    const { write, text, ended } = await dial(server.url);
    write(`${head}content-length: 2\r\n\r\n{`);
    await until(() => urls.length === 1);
    const closed = server.close();
    await until(() => server.unfinished().includes('1 connections open'));
    write('}');
    await ended;
    await closed;
    // An envelope it is not, but it was read, and judged.
    expect(text()).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
    expect(text().toLowerCase()).toContain('connection: close');
    expect(text()).toContain('malformed_envelope');
  });

  test('twice is closing once', async () => {
    let closes = 0;
    const put = async () => [];
    const close = async () => void closes++;
    const { server } = await start({}, { sink: { put, close } });
    await Promise.all([server.close(), server.close()]);
    expect(closes).toBe(1);
  });
});
