import { gzipSync } from 'node:zlib';
import {
  type Collector,
  type CollectorOptions,
  type CollectRequest,
  type CollectResponse,
  createCollector,
  createMemorySink,
  type MemorySink,
} from '@rastro/collector';
import { createHandler, type HttpApiEvent, type LambdaEvent, type LoadBalancerEvent } from '@rastro/collector/lambda';
import { describe, expect, test } from 'vitest';
import { envelope, event, id, now } from '../support/collect.js';
import {
  answerOf,
  eventOf,
  functionUrl,
  healthCheck,
  httpApi,
  loadBalancer,
  multiValueBalancer,
  restApi,
  senders,
} from '../support/lambda.js';

const good = JSON.stringify(envelope([event(1)]));
const all = Object.entries<LambdaEvent>(senders);

function setUp(options: Partial<CollectorOptions> = {}): { collector: Collector; sink: MemorySink } {
  const sink = createMemorySink();
  const deadLetters = createMemorySink();
  return { collector: createCollector({ sites: { demo: {} }, sink, deadLetters, now: () => now, ...options }), sink };
}

/** A collector that notes what reaches it, and answers what it is told. */
function noting(answer: Partial<CollectResponse> = {}): { collector: Collector; requests: CollectRequest[] } {
  const requests: CollectRequest[] = [];
  const handle = async (request: CollectRequest): Promise<CollectResponse> => {
    requests.push(request);
    return { status: 200, headers: {}, body: '', ...answer };
  };
  return { collector: { ...setUp().collector, handle }, requests };
}

async function requestOf(event: LambdaEvent, options = {}): Promise<CollectRequest> {
  const { collector, requests } = noting();
  await createHandler(collector, options)(event);
  const [request] = requests;
  if (!request) throw new Error('nothing reached the collector');
  return request;
}

describe('the event that AWS documents', () => {
  test.each(all)('is taken with its path, body and address: %s', async (_name, template) => {
    const { collector, sink } = setUp();
    const result = await createHandler(collector)({ ...template, body: good });
    expect(result).toMatchObject({ statusCode: 200, body: '{"accepted":1,"rejected":[]}', isBase64Encoded: false });
    expect(sink.records.map(({ data }) => JSON.parse(data))).toMatchObject([
      { event_id: id(1), ip_prefix: '203.0.113.0/24', user_agent: 'Mozilla/5.0 (X11)' },
    ]);
  });

  test.each(all)('is taken with a body in base64: %s', async (_name, template) => {
    const { collector, sink } = setUp();
    const body = Buffer.from(good).toString('base64');
    const result = await createHandler(collector)({ ...template, body, isBase64Encoded: true });
    expect(result.statusCode).toBe(200);
    expect(sink.records).toHaveLength(1);
  });

  test('keeps all cookies of the request where the sender tells them all', async () => {
    const cookies = await Promise.all(all.map(async ([name, one]) => [name, (await requestOf(one)).headers['cookie']]));
    const both = 'rastro_id=01936d2e-7c1a-7e3b-9f60-1b2c3d4e5f60; lang=pt';
    expect(Object.fromEntries(cookies)).toEqual({
      'HTTP API': both,
      'HTTP API, payload 1.0': both,
      'REST API': both,
      'Function URL': both,
      'load balancer': 'lang=pt',
      'load balancer, multi-value headers': both,
    });
  });

  test('tells the country that CloudFront knows', async () => {
    expect((await requestOf(restApi)).headers['cloudfront-viewer-country']).toBe('US');
  });
});

describe('a request', () => {
  test('takes the first of two content types, as a server does, and joins other headers', async () => {
    const twice = ['text/plain', 'text/html'];
    const multiValueHeaders = { 'Content-Type': twice, Accept: twice };
    const { headers } = await requestOf({ ...multiValueBalancer, multiValueHeaders });
    expect(headers).toMatchObject({ 'content-type': 'text/plain', accept: 'text/plain, text/html' });
  });

  test('may come without headers and body, as the console sends it', async () => {
    const bare = { headers: null, multiValueHeaders: null, body: null };
    expect(await requestOf({ ...restApi, ...bare })).toMatchObject({ path: '/e', body: Buffer.alloc(0) });
    expect(await requestOf({ ...httpApi, ...bare, cookies: null })).toMatchObject({
      path: '/e',
      body: Buffer.alloc(0),
    });
  });

  test.each([
    ['/prod/e', '/e'],
    ['/track/v1/rastro.js', '/rastro.js'],
    ['/e', '/e'],
    ['/house', '/house'],
    ['/prod/healthz', '/healthz'],
  ])('for %s is one for %s', async (path, expected) => {
    for (const one of [
      { ...httpApi, rawPath: path },
      { ...restApi, path },
      { ...loadBalancer, path },
    ]) {
      expect((await requestOf(one)).path).toBe(expected);
    }
  });

  test('is not taken for another whose path ends like it', async () => {
    const { collector, requests } = noting();
    const plugins = { ...collector, path: '/e.js', scriptPaths: ['/rastro/e.js'] };
    await createHandler(plugins)({ ...httpApi, rawPath: '/prod/rastro/e.js' });
    expect(requests[0]?.path).toBe('/rastro/e.js');
  });

  test('never gets the metrics: whoever calls came through a gateway', async () => {
    const { collector } = setUp({ metrics: async () => ({ contentType: 'text/plain', body: 'secret 1' }) });
    for (const [, template] of [...all, ['health check', healthCheck] as const]) {
      const asked = { method: 'GET', path: '/metrics', headers: {}, body: '' };
      expect((await createHandler(collector)(eventOf(template, asked))).statusCode).toBe(404);
    }
  });

  test('that was compressed and came as text is an error, not a refusal: the sender keeps its events', async () => {
    const body = gzipSync(good).toString('utf8');
    const headers = { ...restApi.multiValueHeaders, 'Content-Encoding': ['gzip'] };
    const { collector } = setUp();
    await expect(createHandler(collector)({ ...restApi, multiValueHeaders: headers, body })).rejects.toThrow(
      'set binaryMediaTypes of the REST API to */*',
    );
  });
});

describe('the address', () => {
  const cloudFront = { 'x-forwarded-for': '192.0.2.1, 203.0.113.7, 198.51.100.9' };
  const api: HttpApiEvent = {
    ...httpApi,
    headers: cloudFront,
    requestContext: { ...httpApi.requestContext, http: { method: 'POST', sourceIp: '198.51.100.9' } },
  };
  const viewer = (address: string): object => ({ headers: { ...cloudFront, 'cloudfront-viewer-address': address } });
  const behind = (address: string): LoadBalancerEvent => ({
    ...loadBalancer,
    headers: { 'x-forwarded-for': address },
  });
  const url: HttpApiEvent = {
    ...functionUrl,
    ...api,
    requestContext: { ...functionUrl.requestContext, http: api.requestContext.http },
  };

  test.each<[string, LambdaEvent, object, string | undefined]>([
    ['is the gateway’s caller', api, {}, '198.51.100.9'],
    ['is the load balancer’s caller', behind('192.0.2.1, 203.0.113.7'), {}, '203.0.113.7'],
    ['is unknown where the load balancer tells none', { ...loadBalancer, headers: {} }, {}, undefined],
    ['is one hop before the gateway', api, { trustedHops: 1 }, '203.0.113.7'],
    [
      'is one hop before a gateway that adds no header',
      { ...api, headers: { 'x-forwarded-for': '192.0.2.1, 203.0.113.7' } },
      { trustedHops: 1 },
      '203.0.113.7',
    ],
    ['is one hop before the load balancer', behind(cloudFront['x-forwarded-for']), { trustedHops: 1 }, '203.0.113.7'],
    ['is the farthest when it came past the proxies', { ...api, headers: {} }, { trustedHops: 1 }, '198.51.100.9'],
    [
      'is never one that a Function URL’s caller wrote',
      { ...url, headers: { 'x-forwarded-for': '192.0.2.1' } },
      { trustedHops: 1 },
      '198.51.100.9',
    ],
    ['is not that of a header nobody named', { ...api, ...viewer('192.0.2.1:1') }, { trustedHops: 1 }, '203.0.113.7'],
    [
      'is that of a named header',
      { ...url, ...viewer('203.0.113.7:46532') },
      { addressHeader: 'CloudFront-Viewer-Address' },
      '203.0.113.7',
    ],
    [
      'is that of a named header, IPv6',
      { ...url, ...viewer('2001:db8::c4a:46532') },
      { addressHeader: 'cloudfront-viewer-address' },
      '2001:db8::c4a',
    ],
    [
      'is the caller’s where the named header is missing',
      url,
      { addressHeader: 'cloudfront-viewer-address' },
      '198.51.100.9',
    ],
    ['loses its port', behind('203.0.113.7:4711'), {}, '203.0.113.7'],
    ['loses its port, IPv6', behind('[2001:db8::7]:4711'), {}, '2001:db8::7'],
    ['stays IPv6', behind('2001:db8::7'), {}, '2001:db8::7'],
  ])('%s', async (_what, one, options, expected) => {
    expect((await requestOf(one, options)).ip).toBe(expected);
  });

  test.each([{ trustedHops: -1 }, { trustedHops: 0.5 }, { addressHeader: 'a b' }])('%j is refused', (options) => {
    expect(() => createHandler(setUp().collector, options)).toThrow(TypeError);
    expect(() => createHandler(setUp().collector, options)).toThrow(Object.keys(options)[0]);
  });
});

describe('an answer', () => {
  const headers = { 'content-type': 'text/plain', 'set-cookie': 'a=1; Path=/' };
  const answered = async (one: LambdaEvent, answer: Partial<CollectResponse>) =>
    createHandler(noting(answer).collector)(one);

  test('has its cookie where the sender looks for it', async () => {
    const type = { 'content-type': 'text/plain' };
    const plain = { statusCode: 200, body: 'x', isBase64Encoded: false };
    const forGateway = { ...plain, headers: type, cookies: ['a=1; Path=/'] };
    const forRest = { ...plain, headers: type, multiValueHeaders: { 'set-cookie': ['a=1; Path=/'] } };
    const found = await Promise.all(
      all.map(async ([name, one]) => [name, await answered(one, { headers, body: 'x' })]),
    );
    expect(Object.fromEntries(found)).toEqual({
      'HTTP API': forGateway,
      'HTTP API, payload 1.0': forRest,
      'REST API': forRest,
      'Function URL': forGateway,
      'load balancer': { ...plain, statusDescription: '200 OK', headers },
      'load balancer, multi-value headers': {
        ...plain,
        statusDescription: '200 OK',
        multiValueHeaders: { 'content-type': ['text/plain'], 'set-cookie': ['a=1; Path=/'] },
      },
    });
  });

  test('is text where it can be: a REST API hands base64 on as it is', async () => {
    const script = { body: new TextEncoder().encode('/* “rastro” */'), etag: '"e"' };
    const asked = { ...restApi, httpMethod: 'GET', path: '/rastro.js' };
    expect(await createHandler(setUp({ script }).collector)(asked)).toMatchObject({
      statusCode: 200,
      body: '/* “rastro” */',
      isBase64Encoded: false,
    });
  });

  test('is never compressed for a REST API', async () => {
    expect((await requestOf(restApi)).headers).not.toHaveProperty('accept-encoding');
    const asking = { ...httpApi, headers: { 'accept-encoding': 'br' } };
    expect((await requestOf(asking)).headers['accept-encoding']).toBe('br');
  });

  test('is base64 where it is no text', async () => {
    const result = await answered(restApi, { body: Uint8Array.of(0xff, 0x00) });
    expect(result).toMatchObject({ body: '/wA=', isBase64Encoded: true });
  });

  test('that rejects 500 events, each for a long name, fits what a load balancer takes', async () => {
    const events = Array.from({ length: 500 }, (_, n) => event(n, { ['x'.repeat(300)]: '"'.repeat(60) }));
    const body = JSON.stringify(envelope(events));
    const result = await createHandler(setUp().collector)({ ...loadBalancer, body });
    expect(JSON.parse(result.body).rejected).toHaveLength(500);
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html: 1 MB of JSON
    expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThan(1_000_000);
  });

  test.each(all)('is 503 when the stream refuses: %s', async (_name, template) => {
    const failing = { put: async () => [{ index: 0, retryable: true, message: 'no' }] };
    const { collector } = setUp({ sink: failing });
    const { status, headers, body } = answerOf(await createHandler(collector)({ ...template, body: good }));
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('5');
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'unavailable' } });
    expect(body).not.toContain('accepted');
  });
});

describe('a health check', () => {
  test('of a load balancer is answered whatever its path', async () => {
    expect(await createHandler(setUp().collector)(healthCheck)).toMatchObject({
      statusCode: 200,
      body: '{"status":"ok"}',
    });
    const { headers, ...rest } = healthCheck;
    const multiValueHeaders = { 'user-agent': ['ELB-HealthChecker/2.0'] };
    expect(await requestOf({ ...rest, multiValueHeaders })).toMatchObject({ method: 'GET', path: '/healthz' });
  });

  test('may ask whether events can become durable', async () => {
    const { collector } = setUp({ ready: async () => ({ ready: false, checks: {} }) });
    expect((await createHandler(collector)({ ...healthCheck, path: '/readyz' })).statusCode).toBe(503);
  });

  test('is none when it comes through a gateway, or from a browser', async () => {
    expect((await requestOf({ ...httpApi, rawPath: '/', headers: healthCheck.headers ?? {} })).path).toBe('/');
    expect((await requestOf({ ...loadBalancer, path: '/' })).path).toBe('/');
  });
});

describe('an event of another shape', () => {
  test.each<[unknown, string]>([
    [{ Records: [{ eventSource: 'aws:kinesis', kinesis: {} }] }, 'got records of aws:kinesis, the fields Records'],
    [{ version: '3.0', rawPath: '/e' }, 'got version "3.0", the fields version rawPath'],
    [
      { version: '2.0', path: '/e', method: 'POST', requestContext: { serviceNetworkArn: 'arn' } },
      'in its requestContext serviceNetworkArn',
    ],
    [{ requestContext: { connectionId: 'c', eventType: 'MESSAGE' } }, 'in its requestContext connectionId eventType'],
    [{}, 'got the fields (none)'],
    [null, 'got null'],
    [undefined, 'got undefined'],
    [[1], 'got a list'],
  ])('is named: %j', async (given, message) => {
    const handler = createHandler(setUp().collector);
    await expect(handler(given as LambdaEvent)).rejects.toThrow(TypeError);
    await expect(handler(given as LambdaEvent)).rejects.toThrow(message);
  });

  test('is told by its fields alone, not by what stands in them', async () => {
    const handler = createHandler(setUp().collector);
    await expect(handler({ customer: 'Ana' } as unknown as LambdaEvent)).rejects.not.toThrow('Ana');
  });
});
