import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type DevServer, startDevServer } from '@rastro/collector/dev';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../dev/support.js';

/** Real sockets and the embedded Kinesis: what Node.js and Fastify make of bytes that no client library would send. */
let server: DevServer;
let port: number;
const failures: unknown[] = [];
const sockets = new Set<Socket>();
/** Ids of events that were answered as accepted. */
const acknowledged = new Set<string>();

beforeAll(async () => {
  const fail = (details: object, message: string): void => void failures.push([message, details]);
  server = await startDevServer({ port: 0, log: { info() {}, warn: fail, error: fail } });
  port = Number(new URL(server.url).port);
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  // Whatever came before: the next shopper's event is taken.
  const id = randomUUID();
  const [answer] = await exchange(request(body(id), ['connection: close']));
  expect(answer).toMatchObject({ status: 200, body: { accepted: 1, rejected: [] } });
  acknowledged.add(id);
  expect(failures).toEqual([]);
});
afterAll(() => server.close());

const body = (...ids: string[]): string =>
  JSON.stringify({
    v: 1,
    key: 'demo',
    device_id: 'd',
    session_id: 's',
    events: ids.map((event_id) => ({ event_id, event_type: 'view', event_time: Date.now(), product_id: '1' })),
  });
const head = (lines: readonly string[], first = 'POST /e HTTP/1.1'): string =>
  [first, 'host: shop.example', ...lines, '', ''].join('\r\n');
/** A request of one body that says how long it is. */
const request = (content: string | Buffer, lines: readonly string[] = [], first?: string): Buffer =>
  Buffer.concat([
    Buffer.from(head([`content-length: ${Buffer.byteLength(content)}`, ...lines], first), 'latin1'),
    Buffer.from(content),
  ]);
const chunked = (chunks: readonly string[], lines: readonly string[] = []): Buffer =>
  Buffer.from(head(['transfer-encoding: chunked', 'connection: close', ...lines]) + chunks.join(''));
const chunk = (content: string): string => `${Buffer.byteLength(content).toString(16)}\r\n${content}\r\n`;

interface Answer {
  status: number;
  headers: Record<string, string>;
  /** Parsed, where it is JSON. */
  body: unknown;
}

async function open(): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  sockets.add(socket);
  // A server that ends a connection while bytes are on the way resets it.
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Sends bytes, and reads answers until the server ends the connection. */
async function exchange(bytes: string | Buffer, then?: 'end'): Promise<Answer[]> {
  const socket = await open();
  const chunks: Buffer[] = [];
  socket.on('data', (data) => chunks.push(data));
  socket.on('end', () => socket.end());
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(bytes);
  if (then === 'end') socket.end();
  await closed;
  sockets.delete(socket);
  return parse(Buffer.concat(chunks));
}

function parse(bytes: Buffer): Answer[] {
  const answers: Answer[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) throw new Error(`no answer: ${rest.toString('latin1').slice(0, 200)}`);
    const [first = '', ...lines] = rest.subarray(0, end).toString('latin1').split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]);
    // Where Node.js itself answers with no body, it says so in chunks.
    const length = headers['transfer-encoding'] ? '0\r\n\r\n'.length : Number(headers['content-length'] ?? 0);
    const text = rest.subarray(end + 4, end + 4 + length).toString();
    answers.push({ status, headers, body: text.startsWith('{') ? JSON.parse(text) : text });
    rest = rest.subarray(end + 4 + length);
  }
  return answers;
}
const statuses = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status);
const code = ({ body: content }: Answer): unknown =>
  (content as { error?: { code?: string } } | undefined)?.error?.code;
const close = 'connection: close';
const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
const to =
  (first: string): ((content: string) => Buffer) =>
  (content) =>
    request(content, [close], first);
const lines =
  (...all: string[]): ((content: string) => Buffer) =>
  (content) =>
    request(content, [...all, close]);
/** A head that says how the body comes, and that body. */
const raw =
  (all: readonly string[], content: string): (() => string) =>
  () =>
    head([...all, close]) + content;
const last = '0\r\n\r\n';

describe('a request that is odd and right is taken:', () => {
  test.each<[string, (content: string) => string | Buffer]>([
    ['1,900 headers', lines(...many(1900, () => 'a:b'))],
    ['2,500 headers', lines(...many(2500, () => 'a:b'))],
    ['a cookie of 15 kB', lines(`cookie: ${'x'.repeat(15_000)}`)],
    ['a query of 15 kB', to(`POST /e?${'x'.repeat(15_000)} HTTP/1.1`)],
    ['a query of names that every object has', to('POST /e?key=other&__proto__[a]=b&constructor[toString]=1 HTTP/1.1')],
    ['headers that every object has', lines('__proto__: x', 'constructor: x', 'toString: x', 'hasOwnProperty: x')],
    [
      'a forged address',
      lines("x-forwarded-for: fffffffffffff::, ' OR 1=1", 'forwarded: for="[::1]"', 'x-real-ip: \xff'),
    ],
    ['a user agent with a tab', lines('user-agent: a\tb')],
    ['an origin that is none', lines('origin: \x80\xff a\tb')],
    ['two origins', lines('origin: https://a.example', 'origin: https://b.example')],
    ['two content types', lines('content-type: text/plain', 'content-type: application/json')],
    ['a character set in Latin-1', lines('content-type: text/plain; charset=\xe9')],
    ['an escaped path', to('POST /%65 HTTP/1.1')],
    ['a whole URL', to('POST http://other.example/e HTTP/1.1')],
    ['HTTP/1.0', to('POST /e HTTP/1.0')],
    ['an upgrade nobody offers', lines('upgrade: websocket', 'sec-websocket-key: x', 'connection: upgrade')],
    ['one chunk', (content) => chunked([chunk(content), last])],
    ['each byte a chunk', (content) => chunked([...[...content].map(chunk), last])],
    [
      'trailers that would change its meaning',
      (content) => chunked([chunk(content), '0\r\ncontent-encoding: gzip\r\n\r\n']),
    ],
    ['a chunk with an extension', (content) => chunked([chunk(content).replace('\r\n', ';a="b"\r\n'), last])],
    [
      'gzip in chunks',
      (content) => {
        const zipped = gzipSync(content);
        const start = Buffer.from(head(['transfer-encoding: chunked', 'content-encoding: gzip', close]));
        return Buffer.concat([
          start,
          Buffer.from(`${zipped.length.toString(16)}\r\n`),
          zipped,
          Buffer.from(`\r\n${last}`),
        ]);
      },
    ],
    ['blank lines before it', (content) => Buffer.concat([Buffer.from('\r\n'.repeat(50)), request(content, [close])])],
  ])('%s', async (_what, make) => {
    const id = randomUUID();
    const answers = await exchange(make(body(id)));
    expect(answers).toMatchObject([{ status: 200, body: { accepted: 1, rejected: [] } }]);
    expect(answers[0]?.headers).not.toHaveProperty('set-cookie');
    acknowledged.add(id);
  });

  test('one that waits to be told to continue', async () => {
    const id = randomUUID();
    const answers = await exchange(request(body(id), ['expect: 100-continue', close]));
    expect(statuses(answers)).toEqual([100, 200]);
    acknowledged.add(id);
  });
});

describe('a request that the collector refuses is answered with the reason:', () => {
  const bytes = (length: number): string => 'x'.repeat(length);
  test.each<[string, (content: string) => string | Buffer, number, string]>([
    ['no body and no length', raw([], ''), 400, 'malformed_json'],
    ['no chunk but the last', () => chunked([last]), 400, 'malformed_json'],
    ['a body above the bound', () => request(bytes(600_000)), 413, 'body_too_large'],
    ['one above the bound in chunks', () => chunked([chunk(bytes(600_000)), last]), 413, 'body_too_large'],
    ['one that says 1 PB', raw(['content-length: 1000000000000000'], 'x'), 413, 'body_too_large'],
    [
      'a gzip bomb',
      () => request(gzipSync(Buffer.alloc(10_000_000)), ['content-encoding: gzip', close]),
      413,
      'body_too_large',
    ],
    ['no gzip', lines('content-encoding: gzip'), 400, 'malformed_encoding'],
    ['two encodings', lines('content-encoding: gzip', 'content-encoding: gzip'), 415, 'unsupported_media_type'],
    ['Brotli', lines('content-encoding: br'), 415, 'unsupported_media_type'],
    ['a content type that is none', lines('content-type: ;;;///'), 415, 'unsupported_media_type'],
    ['a content type named __proto__', lines('content-type: __proto__'), 415, 'unsupported_media_type'],
    ['a form', lines('content-type: multipart/form-data'), 415, 'unsupported_media_type'],
    ['GET with a body', to('GET /e HTTP/1.1'), 405, 'method_not_allowed'],
    ['PUT', to('PUT /e HTTP/1.1'), 405, 'method_not_allowed'],
    ['DELETE', to('DELETE /e HTTP/1.1'), 405, 'method_not_allowed'],
    ['PROPFIND', to('PROPFIND /e HTTP/1.1'), 404, 'not_found'],
    ['OPTIONS of everything', () => head([close], 'OPTIONS * HTTP/1.1'), 404, 'not_found'],
    ['a path up and down', to('POST /x/../e HTTP/1.1'), 404, 'not_found'],
    ['two slashes', to('POST //e HTTP/1.1'), 404, 'not_found'],
    ['a NUL in the path', to('POST /e%00 HTTP/1.1'), 404, 'not_found'],
    ['a parameter in the path', to('POST /e;x=1 HTTP/1.1'), 404, 'not_found'],
  ])('%s', async (_what, make, status, reason) => {
    const answers = await exchange(make(body(randomUUID())));
    expect([statuses(answers), answers.map(code)]).toEqual([[status], [reason]]);
  });

  test('HEAD, which has no body to say it in', async () => {
    expect(await exchange(head([close], 'HEAD /e HTTP/1.1'))).toMatchObject([{ status: 405, body: '' }]);
  });
});

describe('what is no request ends the connection, and is answered once:', () => {
  test.each<[string, number, string | Buffer, 'end'?]>([
    ['one header of 100 kB', 431, head([`x: ${'x'.repeat(100_000)}`])],
    ['a name of 70 kB', 431, head([`${'x'.repeat(70_000)}: 1`])],
    ['20,000 headers', 431, head(many(20_000, (n) => `h${n}: x`))],
    ['a URL of 100 kB', 431, head([], `POST /e?${'x'.repeat(100_000)} HTTP/1.1`)],
    ['an extension of 20 kB', 400, chunked([chunk('{}').replace('\r\n', `;a=${'b'.repeat(20_000)}\r\n`), last])],
    ['a chunk of ZZ bytes', 400, chunked(['ZZ\r\n'])],
    ['a chunk of -1 bytes', 400, chunked(['-1\r\nx\r\n'])],
    ['a chunk of 0x5 bytes', 400, chunked(['0x5\r\nhello\r\n', last])],
    ['a chunk of more bytes than can be counted', 400, chunked(['FFFFFFFFFFFFFFFFF\r\n'])],
    ['a chunk that goes on', 400, chunked(['5\r\nhelloX', last])],
    ['chunks of lines that end like on Unix', 400, chunked(['5\nhello\n0\n\n'])],
    ['a chunk that does not come', 400, chunked(['5\r\nhel']), 'end'],
    ['a body that does not come', 400, `${head(['content-length: 500'])}{"v":1,`, 'end'],
    ['a length, then chunks', 400, head(['content-length: 5', 'transfer-encoding: chunked']) + last],
    ['chunks, then a length', 400, head(['transfer-encoding: chunked', 'content-length: 5']) + last],
    ['chunked twice', 400, head(['transfer-encoding: chunked', 'transfer-encoding: chunked']) + last],
    ['chunked, and then not', 400, head(['transfer-encoding: chunked, identity']) + last],
    ['an encoding that sounds like chunked', 400, head(['transfer-encoding: xchunked']) + last],
    ['chunked behind a control character', 400, head(['transfer-encoding: \x0bchunked']) + last],
    ['chunked behind a blank', 400, head(['transfer-encoding : chunked']) + last],
    ['chunked on the next line', 400, head(['transfer-encoding:', ' chunked']) + last],
    ['two lengths', 400, `${head(['content-length: 5', 'content-length: 6'])}hello`],
    ['the same length twice', 400, `${head(['content-length: 5', 'content-length: 5'])}hello`],
    ['a list of lengths', 400, `${head(['content-length: 5, 5'])}hello`],
    ['a length of +5', 400, `${head(['content-length: +5'])}hello`],
    ['a length of -5', 400, `${head(['content-length: -5'])}hello`],
    ['a length of 0x5', 400, `${head(['content-length: 0x5'])}hello`],
    ['a length of 5e0', 400, `${head(['content-length: 5e0'])}hello`],
    ['a length beyond 2^64', 400, `${head(['content-length: 99999999999999999999'])}hello`],
    ['a NUL in a header', 400, head(['x: a\0b'])],
    ['a line feed in a header', 400, head(['x: a\nset-cookie: b'])],
    ['a carriage return in a header', 400, head(['x: a\rb'])],
    ['a DEL in the origin', 400, head(['origin: a\x7fb'])],
    ['a NUL in a name', 400, head(['a\0b: x'])],
    ['a header without a colon', 400, head(['nonsense'])],
    ['a header without a name', 400, head([': x'])],
    ['a header on two lines', 400, head(['x: a', ' b'])],
    ['lines that end like on Unix', 400, head([close]).replaceAll('\r\n', '\n')],
    ['no host', 400, 'POST /e HTTP/1.1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'],
    ['another version', 400, head([], 'POST /e HTTP/1.2')],
    ['the preface of HTTP/2', 400, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a TLS greeting', 400, Buffer.from('16030100f8010000f40303', 'hex')],
    ['bytes', 400, Buffer.alloc(5000, 0xff)],
    ['NULs', 400, Buffer.alloc(100)],
    ['a method in small letters', 400, head([], 'post /e HTTP/1.1')],
    ['a method that is none', 400, head([], 'EVIL /e HTTP/1.1')],
    ['no path', 400, head([], 'POST HTTP/1.1')],
    ['a path without a slash', 400, head([], 'POST e HTTP/1.1')],
    ['a path of bytes', 400, head([], 'POST /\xe9 HTTP/1.1')],
    ['a path with an escape that is none', 400, head([close], 'POST /%zz HTTP/1.1')],
    ['a path of escapes that are no text', 400, head([close], 'POST /%ff%fe HTTP/1.1')],
    ['an expectation', 417, head(['expect: x', 'content-length: 0', close])],
    ['half a line', 400, 'POST /e HT', 'end'],
    ['half a head', 400, 'POST /e HTTP/1.1\r\nhost: x\r\n', 'end'],
  ])('%s is %i', async (_what, status, bytes, then) => {
    const answers = await exchange(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, then);
    expect(statuses(answers)).toEqual([status]);
    // No `accepted`: whoever sent events keeps them.
    expect(answers[0]?.body).not.toHaveProperty('accepted');
  });

  test.each<[string, string | Buffer, 'end'?]>([
    ['nothing', '', 'end'],
    ['a tunnel', head([], 'CONNECT example.com:443 HTTP/1.1')],
    ['a tunnel to the endpoint', head([], 'CONNECT /e HTTP/1.1')],
    // Versions of Node.js differ.
    ['TRACE', head([close], 'TRACE /e HTTP/1.1')],
    ['QUERY', head([close], 'QUERY /e HTTP/1.1')],
    ['HTTP/0.9', 'GET /e\r\n\r\n'],
    ['HTTP/2.0 by name', head([close], 'POST /e HTTP/2.0')],
    ['an encoding before chunked', head(['transfer-encoding: gzip, chunked', close]) + last],
    ['a length of nothing', head(['content-length:', close])],
    ['a content type of nothing', head(['content-type:', close])],
    ['two hosts', head(['host: other', close])],
    ['20 MB', request('x'.repeat(20_000_000))],
  ])('or, for some, not at all: %s', async (_what, bytes, then) => {
    const answers = await exchange(bytes, then);
    expect(answers.length).toBeLessThanOrEqual(1);
    for (const { status } of answers) expect([400, 404, 405, 413, 415, 501, 505]).toContain(status);
  });
});

describe('a connection', () => {
  test('may bring requests before the answers are there, and gets these in order', async () => {
    const ids = many(30, () => randomUUID());
    const requests = ids.map((id, n) =>
      n % 3 === 0
        ? request(body(id), ['content-type: a/b'])
        : n % 3 === 1
          ? request(`${body(id)}}`)
          : request(body(id)),
    );
    const answers = await exchange(Buffer.concat([...requests, request('', [close], 'GET /healthz HTTP/1.1')]));
    expect(statuses(answers)).toEqual([...ids.map((_, n) => [415, 400, 200][n % 3]), 200]);
    for (const [n, id] of ids.entries()) if (n % 3 === 2) acknowledged.add(id);
  });

  test('that brings a body too large, and more, gets one answer', async () => {
    const more = request(body(randomUUID()), [close]);
    expect(statuses(await exchange(Buffer.concat([request('x'.repeat(600_000)), more])))).toEqual([413]);
  });

  test('cannot bring a second request within the first', async () => {
    const inner = request(body(randomUUID())).toString();
    for (const bytes of [
      head(['content-length: 5', 'transfer-encoding: chunked']) + last + inner,
      head(['transfer-encoding: chunked', `content-length: ${inner.length + 5}`]) + last + inner,
      head(['transfer-encoding: chunked', 'transfer-encoding: identity']) + last + inner,
      head([`content-length: ${inner.length}`, 'content-length: 0']) + inner,
    ]) {
      expect(statuses(await exchange(bytes))).toEqual([400]);
    }
  });

  test('that ends right after its request harms nobody', async () => {
    const answers = await exchange(request(body(randomUUID())), 'end');
    // Node.js gives up the answer of whoever has said goodbye; the event is repeated then.
    expect([[], [200]]).toContainEqual(statuses(answers));
  });

  const alive = async (): Promise<void> => {
    const id = randomUUID();
    expect(await exchange(request(body(id), [close]))).toMatchObject([{ status: 200, body: { accepted: 1 } }]);
    acknowledged.add(id);
  };

  test('that is reset at any point harms nobody', async () => {
    const bytes = request(body(randomUUID()));
    for (let length = 1; length <= bytes.length; length += 10) {
      const socket = await open();
      socket.write(bytes.subarray(0, length));
      socket.resetAndDestroy();
    }
    await alive();
  });

  test('that says nothing, among 200 such, keeps nobody out', async () => {
    await Promise.all(many(200, open));
    await alive();
    await alive();
  });

  test('that brings a byte now and then, among 100 such, keeps nobody out', async () => {
    const bytes = request(body(randomUUID()));
    const slow = await Promise.all(many(100, open));
    // In the line, in the headers, in the body: each of them somewhere else.
    for (let step = 0; step < 20; step++) {
      for (const [n, socket] of slow.entries()) {
        const at = Math.floor((n / slow.length) * (bytes.length - 25));
        socket.write(step === 0 ? bytes.subarray(0, at + 1) : bytes.subarray(at + step, at + step + 1));
      }
      await alive();
    }
  });

  test('that never reads its answers, among 20 such, keeps nobody out', async () => {
    const script = head([], 'GET /rastro.js HTTP/1.1');
    for (const socket of await Promise.all(many(20, open))) {
      socket.pause();
      socket.write(script.repeat(200));
    }
    await alive();
  });
});

test('all that was acknowledged in between is on the stream, once', async () => {
  interface Seen {
    good: { record: { event_id: string } }[];
  }
  const ids = await until(async () => {
    const { good } = (await (await fetch(`${server.url}/dev/events`)).json()) as Seen;
    const found = good.map(({ record }) => record.event_id);
    return [...acknowledged].every((id) => found.includes(id)) && found;
  });
  expect(acknowledged.size).toBeGreaterThan(100);
  expect(new Set(ids).size).toBe(ids.length);
});
