import { gzipSync } from 'node:zlib';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { createCollector, once, type Sink } from '@rastro/collector';
import { fastifyCollector } from '@rastro/collector/fastify';
import { createKinesisSink, type PutRecords } from '@rastro/collector/kinesis';
import { createHandler, type HttpApiEvent } from '@rastro/collector/lambda';
import Fastify from 'fastify';
import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/adapters/log.js';
import { createServerLog } from '../../src/adapters/server-log.js';
import type { Logger } from '../../src/core/types.js';
import { envelope, event } from '../support/collect.js';

/** Each can be told in any text, however it is cut or quoted. */
const secrets = {
  customer: 'c-zora-77',
  device: 'd-quibble-88',
  session: 's-wombat-99',
  email: 'ana.xylo@shop.example',
  ip: '203.0.113.251',
  agent: 'VorpalBrowser',
  cookie: 'jabberwock',
  address: 'https://shop.example/?token=frumious',
  property: 'bandersnatch',
};
const traces = [
  'zora',
  'quibble',
  'wombat',
  'xylo',
  '113.251',
  'orpal',
  'abberwock',
  'frumious',
  'andersnatch',
  '0193',
];

const who = { customer_id: secrets.customer, device_id: secrets.device, session_id: secrets.session };
const full = (n: number, fields: object = {}): object =>
  event(n, { page_url: secrets.address, properties: { note: secrets.property, mail: secrets.email }, ...fields });
const bodies: readonly (string | Buffer)[] = [
  JSON.stringify(envelope([full(1), full(2)], who)),
  JSON.stringify(envelope([full(3, { category_id: undefined, product_id: undefined })], who)),
  JSON.stringify(envelope([full(4, { price: secrets.property, [secrets.email]: 1 }), 7, null], { ...who, dropped: 5 })),
  JSON.stringify(envelope([full(5)], { ...who, key: secrets.property })),
  JSON.stringify({ ...envelope([], who), events: secrets.email }),
  `{"customer_id":"${secrets.customer}", ${secrets.email}`,
  `${secrets.property}`,
  JSON.stringify(envelope([full(6, { __proto__: null, constructor: secrets.email })], who)),
  JSON.stringify(envelope([0], who)).replace('[0]', `[${'['.repeat(5_000)}${']'.repeat(5_000)}]`),
  gzipSync(JSON.stringify(envelope([full(8)], who))),
  Buffer.concat([Buffer.from(secrets.email), Buffer.from([0xff, 0xfe, 0x00])]),
  Buffer.alloc(60_000, secrets.customer),
];

interface Failed {
  readonly Records: readonly { readonly ErrorCode?: string; readonly ErrorMessage?: string }[];
}

/** Fails in each way that a service or a client can, with everything in its message that it was given. */
const failures: Readonly<Record<string, (quoted: string) => unknown>> = {
  'a refused partition key': (quoted) => {
    throw Object.assign(
      new Error(`Value '${quoted}' at 'records.1.member.partitionKey' failed to satisfy constraint`),
      {
        name: 'ValidationException',
        $fault: 'client',
        $metadata: { requestId: 'r-1' },
      },
    );
  },
  'a time-out': () => {
    throw Object.assign(new Error('Connection timed out after 3000 ms'), { name: 'TimeoutError' });
  },
  'a record that fails': (quoted) => ({ Records: [{ ErrorCode: 'InternalFailure', ErrorMessage: `"${quoted}"` }] }),
  'a mistake of ours': (quoted) => {
    throw new SyntaxError(`Unexpected token 'x', "${quoted}"... is not valid JSON`, {
      cause: new Error(`'${quoted}'`),
    });
  },
};

async function sendEverything(log: Logger, sinks: { sink: Sink; deadLetters: Sink }): Promise<number[]> {
  const collector = createCollector({ sites: { demo: {} }, log, maxBodyBytes: 50_000, ...sinks });
  const statuses: number[] = [];
  const app = Fastify({ trustProxy: true });
  await app.register(fastifyCollector, { collector });
  const headers = {
    'user-agent': secrets.agent,
    cookie: `sid=${secrets.cookie}`,
    referer: secrets.address,
    'x-forwarded-for': secrets.ip,
    authorization: `Bearer ${secrets.cookie}`,
  };
  const handler = createHandler(collector);
  for (const body of bodies) {
    const encoding = body[0] === 0x1f ? { 'content-encoding': 'gzip' } : {};
    const all = { ...headers, ...encoding, 'content-type': 'text/plain' };
    const url = `/e?mail=${secrets.email}`;
    statuses.push((await app.inject({ method: 'POST', url, headers: all, payload: body })).statusCode);
    const lambda: HttpApiEvent = {
      version: '2.0',
      rawPath: '/e',
      headers: all,
      requestContext: { http: { method: 'POST', sourceIp: secrets.ip } },
      body: Buffer.from(body).toString('base64'),
      isBase64Encoded: true,
    };
    statuses.push((await handler(lambda)).statusCode);
  }
  await app.close();
  return statuses;
}

describe.each(Object.entries(failures))('with %s', (_what, fail) => {
  const sinks = (): { sink: Sink; deadLetters: Sink } => {
    const putRecords: PutRecords = async (_stream, entries) => {
      const answer = fail(entries.map(({ partitionKey, data }) => `${partitionKey} ${data}`).join()) as Failed;
      return entries.map((_, at) => {
        const { ErrorCode: code = 'NoAnswer', ErrorMessage: message = '' } = answer.Records[at] ?? {};
        return { code, message };
      });
    };
    const options = { client: {} as KinesisClient, putRecords, lingerMs: 0, deadlineMs: 1, trackShards: false };
    const sink = (streamName: string): Sink => once(createKinesisSink({ ...options, streamName }));
    return { sink: sink('shop'), deadLetters: sink('shop-dead-letter') };
  };
  const throwing = (): { sink: Sink; deadLetters: Sink } => {
    const put: Sink['put'] = async (records) => {
      const { data, partitionKey } = records[0] ?? { data: '', partitionKey: '' };
      fail(`${partitionKey} ${data}`);
      return records.map((_, index) => ({ index, retryable: true, message: `Error: "${data}"` }));
    };
    return { sink: { put }, deadLetters: { put } };
  };

  test.each([
    ['the stream', sinks],
    ['the sink', throwing],
  ])('of %s, the log names no visitor', async (_where, make) => {
    const lines: string[] = [];
    const log = createServerLog({ write: (line) => void lines.push(line), repeatAfterMs: 0 });
    const statuses = await sendEverything(log, make());
    const function_ = createLog((line) => void lines.push(line));
    statuses.push(...(await sendEverything(function_, make())));
    log.flush();
    expect(statuses).toContain(503);
    expect(lines.length).toBeGreaterThan(10);
    const text = lines.join('\n');
    expect(traces.filter((trace) => text.includes(trace))).toEqual([]);
  });
});
