import { get, request } from 'node:http';
import { connect } from 'node:net';
import {
  type KinesisClient,
  ListStreamsCommand,
  PutRecordsCommand,
  type PutRecordsCommandOutput,
} from '@aws-sdk/client-kinesis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type EmbeddedKinesis, startEmbeddedKinesis } from '../../src/dev/embedded-kinesis.js';
import { type FaultProxy, type FaultProxyOptions, startFaultProxy } from '../../src/dev/fault-proxy.js';
import type { Faults } from '../../src/dev/faults.js';
import { openShards, shardOf } from '../../src/dev/shard-limits.js';
import { createKinesisClient } from '../../src/sinks/kinesis/client.js';
import { until } from './support.js';
import { stopTails, tail } from './support-tail.js';

const StreamName = 'events';
let kinesis: EmbeddedKinesis;
let direct: KinesisClient;
const running: { stop(): Promise<void> }[] = [];
const clients: KinesisClient[] = [];

beforeAll(async () => {
  kinesis = await startEmbeddedKinesis({ streams: [{ name: StreamName, shards: 4 }] });
  direct = createKinesisClient(kinesis);
});
afterEach(async () => {
  await stopTails();
  for (const client of clients.splice(0)) client.destroy();
  await Promise.all(running.splice(0).map((one) => one.stop()));
});
afterAll(async () => {
  direct.destroy();
  await kinesis.stop();
});

async function start(
  faults: Partial<Faults>,
  options: Partial<FaultProxyOptions> = {},
): Promise<{ proxy: FaultProxy; client: KinesisClient }> {
  const proxy = await startFaultProxy({ target: kinesis.endpoint, faults, ...options });
  running.push(proxy);
  const client = createKinesisClient({ endpoint: proxy.endpoint, region: kinesis.region });
  clients.push(client);
  return { proxy, client };
}

let run = 0;
/** Texts that no other test uses. */
function texts(count: number): string[] {
  run++;
  return Array.from({ length: count }, (_, at) => `run ${run} record ${String(at).padStart(4, '0')}`);
}

function putAll(
  client: KinesisClient,
  data: readonly string[],
  abortSignal?: AbortSignal,
): Promise<PutRecordsCommandOutput> {
  const Records = data.map((text) => ({ Data: Buffer.from(text), PartitionKey: `key of ${text}` }));
  return client.send(new PutRecordsCommand({ StreamName, Records }), abortSignal ? { abortSignal } : {});
}

function codeOf(call: Promise<unknown>): Promise<string | undefined> {
  return call.then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code,
  );
}

/** Those of `data` that are on the stream now. */
async function written(data: readonly string[]): Promise<string[]> {
  const { tail: reading, texts: read } = tail({ client: direct, streamName: StreamName });
  const since = Date.now();
  await until(() => reading.hasRead(since), 10_000);
  return read().filter((text) => data.includes(text));
}

test('passes everything untouched when there are no faults', async () => {
  const { proxy, client } = await start({});
  expect((await client.send(new ListStreamsCommand({}))).StreamNames).toEqual([StreamName]);
  const data = texts(20);
  const { FailedRecordCount, Records = [] } = await putAll(client, data);
  expect([FailedRecordCount, Records.filter((result) => result.SequenceNumber).length]).toEqual([0, 20]);
  expect(await written(data)).toEqual(data);
  expect(proxy.counts()).toMatchObject({ calls: 1, forwarded: 1, records: 20, recordsForwarded: 20, targetFailed: 0 });
});

test('passes on what is no call of Kinesis, and the answer to it', async () => {
  const { proxy } = await start({ unavailable: 1 });
  const statusOf = (url: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      get(url, (response) => resolve(response.resume().statusCode)).on('error', reject);
    });
  expect(await statusOf(`${proxy.endpoint}/else`)).toBe(await statusOf(`${kinesis.endpoint}/else`));
  const cbor: number | undefined = await new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-amz-cbor-1.1', 'x-amz-target': 'Kinesis_20131202.PutRecords' };
    const call = request(proxy.endpoint, { method: 'POST', headers }, (response) =>
      resolve(response.resume().statusCode),
    );
    call.on('error', reject).end(Buffer.from([0xa0]));
  });
  expect(cbor).toBe(503);
});

test('lets records fail, tells which, and writes exactly the others', async () => {
  const { proxy, client } = await start({ recordThrottled: 0.3, recordFailed: 0.2 });
  const data = texts(400);
  const { FailedRecordCount, Records = [] } = await putAll(client, data);
  const kept = data.filter((_, at) => Records[at]?.SequenceNumber);
  expect(Records).toHaveLength(400);
  expect(await written(data)).toEqual(kept);
  const errors = Records.filter((result) => result.ErrorCode);
  expect(errors).toHaveLength(FailedRecordCount ?? 0);
  const throttled = errors.filter((result) => result.ErrorCode === 'ProvisionedThroughputExceededException');
  const failed = errors.filter((result) => result.ErrorCode === 'InternalFailure');
  expect(throttled.length + failed.length).toBe(errors.length);
  // Far outside of what chance does: 120 and 80 are expected.
  expect(throttled.length).toBeGreaterThan(60);
  expect(throttled.length).toBeLessThan(180);
  expect(failed.length).toBeGreaterThan(35);
  expect(failed.length).toBeLessThan(130);
  expect(failed[0]?.ErrorMessage).toBe('Internal service failure.');
  const shards = await openShards(direct, StreamName);
  for (const [at, { ErrorCode, ErrorMessage }] of Records.entries()) {
    if (ErrorCode !== 'ProvisionedThroughputExceededException') continue;
    const shard = shardOf(shards, `key of ${data[at]}`);
    expect(ErrorMessage).toBe(`Rate exceeded for shard ${shard} in stream ${StreamName} under account 000000000000.`);
  }
  expect(proxy.counts()).toMatchObject({
    records: 400,
    recordsForwarded: kept.length,
    recordThrottled: throttled.length,
    recordFailed: failed.length,
  });
});

test('lets every record of a call fail without the target seeing it', async () => {
  const { proxy, client } = await start({ recordThrottled: 1 });
  const data = texts(5);
  expect((await putAll(client, data)).FailedRecordCount).toBe(5);
  expect(await written(data)).toEqual([]);
  expect(proxy.counts()).toMatchObject({ calls: 1, forwarded: 0 });
});

test('meets the same calls with the same faults when the seed is the same', async () => {
  const outcomes = async (seed: number): Promise<unknown[]> => {
    const { client } = await start({ recordFailed: 0.5, throttled: 0.3 }, { seed });
    const seen: unknown[] = [];
    for (let call = 0; call < 10; call++) {
      const output = await putAll(client, texts(8)).catch((error: Error) => error.name);
      seen.push(typeof output === 'string' ? output : output.Records?.map((result) => result.ErrorCode ?? ''));
    }
    return seen;
  };
  const first = await outcomes(7);
  expect(await outcomes(7)).toEqual(first);
  expect(await outcomes(8)).not.toEqual(first);
});

test.each([
  ['throttled', 'ProvisionedThroughputExceededException', 400],
  ['limitExceeded', 'LimitExceededException', 400],
  ['internalFailure', 'InternalFailure', 500],
  ['unavailable', 'ServiceUnavailable', 503],
  ['accessDenied', 'AccessDeniedException', 400],
  ['expiredToken', 'ExpiredTokenException', 400],
] as const)('answers a whole call with %s, and writes nothing', async (fault, name, status) => {
  const { proxy, client } = await start({ [fault]: 1 });
  const data = texts(3);
  await expect(putAll(client, data)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
  expect(await written(data)).toEqual([]);
  expect(proxy.counts()).toMatchObject({ calls: 1, forwarded: 0, [fault]: 1 });
  // Reading is not hit.
  expect((await client.send(new ListStreamsCommand({}))).StreamNames).toEqual([StreamName]);
});

test.each([
  ['resetBefore', false],
  ['resetAfter', true],
] as const)('%s: the connection is reset; written: %s', async (fault, isWritten) => {
  const { proxy, client } = await start({ [fault]: 1 });
  const data = texts(3);
  await expect(putAll(client, data)).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(await written(data)).toEqual(isWritten ? data : []);
  expect(proxy.counts()).toMatchObject({ [fault]: 1, forwarded: isWritten ? 1 : 0 });
});

test.each([
  ['hangBefore', false],
  ['hangAfter', true],
] as const)('%s: there is no answer until the caller gives up; written: %s', async (fault, isWritten) => {
  const { proxy, client } = await start({ [fault]: 1 });
  const data = texts(3);
  const patience = new AbortController();
  let settled = false;
  const call = putAll(client, data, patience.signal).finally(() => {
    settled = true;
  });
  call.catch(() => {});
  await until(() => proxy.counts()[fault] === 1);
  if (isWritten) await until(async () => (await written(data)).length === data.length);
  else expect(await written(data)).toEqual([]);
  expect(settled).toBe(false);
  patience.abort();
  await expect(call).rejects.toMatchObject({ name: 'AbortError' });
});

test('holds a slow answer back after the records were written', async () => {
  const { proxy, client } = await start({ slow: 1, slowMs: [600_000, 600_000] });
  const data = texts(3);
  let settled = false;
  const call = putAll(client, data).finally(() => {
    settled = true;
  });
  call.catch(() => {});
  await until(async () => (await written(data)).length === data.length);
  expect(settled).toBe(false);
  expect(proxy.counts()).toMatchObject({ slow: 1, forwarded: 1 });
  proxy.set({ slow: 1, slowMs: [1, 5] });
  expect((await putAll(client, texts(2))).FailedRecordCount).toBe(0);
  expect(proxy.counts().slow).toBe(2);
});

test.each(['refuse', 'reset'] as const)('goes down (%s) and comes up on the same port', async (how) => {
  const { proxy, client } = await start({});
  await putAll(client, texts(1));
  await proxy.down(how);
  const data = texts(2);
  // A connection that was kept may be tried once more before its end is known.
  await until(async () => (await codeOf(putAll(client, data))) === (how === 'refuse' ? 'ECONNREFUSED' : 'ECONNRESET'));
  expect(await written(data)).toEqual([]);
  await proxy.up();
  await putAll(client, data);
  expect(await written(data)).toEqual(data);
});

test('cuts calls under way when it goes down', async () => {
  const { proxy, client } = await start({ hangBefore: 1 });
  const call = putAll(client, texts(1));
  call.catch(() => {});
  await until(() => proxy.counts().hangBefore === 1);
  await proxy.down();
  await expect(call).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('changes its faults while it runs', async () => {
  const { proxy, client } = await start({ unavailable: 1 });
  await expect(putAll(client, texts(1))).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  proxy.set({ unavailable: 0 });
  expect((await putAll(client, texts(1))).FailedRecordCount).toBe(0);
});

test('throttles each shard by its own records, on the shard that the stream puts the key on', async () => {
  const { proxy, client } = await start({ shardLimitScale: 0.005 });
  const shards = await openShards(direct, StreamName);
  const data = texts(200);
  const { Records = [] } = await putAll(client, data);
  const taken = new Map<string, number>();
  for (const [at, { ShardId, ErrorMessage }] of Records.entries()) {
    const shard = shardOf(shards, `key of ${data[at]}`) ?? '';
    if (ShardId) {
      // Where kinesalite put it is where we say it belongs.
      expect(ShardId).toBe(shard);
      taken.set(shard, (taken.get(shard) ?? 0) + 1);
    } else expect(ErrorMessage).toContain(shard);
  }
  // 5 records a second: what a full bucket holds, and what a slow machine lets it gain within the call.
  expect(Math.min(...taken.values())).toBeGreaterThanOrEqual(5);
  expect(Math.max(...taken.values())).toBeLessThan(15);
  const { shardThrottled, recordsForwarded } = proxy.counts();
  expect(shardThrottled).toBe(Records.filter((result) => result.ErrorCode).length);
  expect(recordsForwarded).toBe(200 - shardThrottled);
  // The buckets fill again.
  await until(async () => (await putAll(client, texts(1))).FailedRecordCount === 0, 10_000);
});

test('throttles a shard by bytes, keys included', async () => {
  const { client } = await start({ shardLimitScale: 0.01 });
  const half = 'x'.repeat(6_000);
  const Records = [half, half].map((text) => ({ Data: Buffer.from(text), PartitionKey: 'one key' }));
  const { Records: results = [] } = await client.send(new PutRecordsCommand({ StreamName, Records }));
  // 10,485 bytes a second.
  expect(results.map((result) => result.ErrorCode)).toEqual([undefined, 'ProvisionedThroughputExceededException']);
});

test('stops, and again without complaint', async () => {
  const { proxy, client } = await start({ hangAfter: 1 });
  const call = putAll(client, texts(1));
  call.catch(() => {});
  await until(() => proxy.counts().hangAfter === 1);
  await proxy.stop();
  await proxy.stop();
  await expect(call).rejects.toMatchObject({ code: 'ECONNRESET' });
  const refused = await new Promise((resolve) => {
    connect(Number(new URL(proxy.endpoint).port), '127.0.0.1')
      .on('connect', () => resolve(false))
      .on('error', () => resolve(true));
  });
  expect(refused).toBe(true);
});

test('says when its target does not answer', async () => {
  const { proxy, client } = await start({}, { target: 'http://127.0.0.1:1' });
  await expect(putAll(client, texts(1))).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(proxy.counts()).toMatchObject({ forwarded: 1, targetFailed: 1 });
});
