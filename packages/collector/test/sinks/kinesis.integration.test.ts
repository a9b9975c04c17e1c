import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { type EmbeddedKinesis, startEmbeddedKinesis } from '@rastro/collector/dev';
import { createKinesisClient, createKinesisSink } from '@rastro/collector/kinesis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { record, sinkContract } from './contract.js';

let kinesis: EmbeddedKinesis;
let client: KinesisClient;
beforeAll(async () => {
  kinesis = await startEmbeddedKinesis();
  client = createKinesisClient({ endpoint: kinesis.endpoint, region: kinesis.region });
});
afterAll(async () => {
  client.destroy();
  await kinesis.stop();
});

async function createStream(shards: number): Promise<string> {
  const StreamName = randomUUID();
  await client.send(new CreateStreamCommand({ StreamName, ShardCount: shards }));
  await waitUntilStreamExists({ client, maxWaitTime: 10, minDelay: 1 }, { StreamName });
  return StreamName;
}

async function readAll(StreamName: string): Promise<{ partitionKey: string; data: string; shard: string }[]> {
  const found: { partitionKey: string; data: string; shard: string }[] = [];
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName }));
  for (const { ShardId = '' } of Shards) {
    const start = await client.send(
      new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
    );
    for (let iterator = start.ShardIterator; iterator; ) {
      const { Records = [], NextShardIterator } = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
      if (Records.length === 0) break;
      for (const { PartitionKey = '', Data } of Records)
        found.push({ partitionKey: PartitionKey, data: new TextDecoder().decode(Data), shard: ShardId });
      iterator = NextShardIterator;
    }
  }
  return found;
}

sinkContract('kinesis', async () => {
  const streamName = await createStream(3);
  return { sink: createKinesisSink({ client, streamName }), read: () => readAll(streamName) };
});

test('records of one key are in one shard, keys are spread', async () => {
  const streamName = await createStream(4);
  await createKinesisSink({ client, streamName }).put(
    Array.from({ length: 400 }, (_, n) => record(n, { partitionKey: `k${n % 40}` })),
  );
  const shards = new Map<string, Set<string>>();
  for (const { partitionKey, shard } of await readAll(streamName))
    shards.set(partitionKey, (shards.get(partitionKey) ?? new Set()).add(shard));
  expect([...shards.values()].every(({ size }) => size === 1)).toBe(true);
  expect(new Set([...shards.values()].flatMap((set) => [...set])).size).toBe(4);
});

test('a record that the service refuses fails alone, for good', async () => {
  const streamName = await createStream(1);
  const sink = createKinesisSink({ client, streamName });
  const failures = await sink.put([record(1), record(2, { partitionKey: '' }), record(3)]);
  expect(failures).toMatchObject([{ index: 1, retryable: false }]);
  expect((await readAll(streamName)).map(({ data }) => JSON.parse(data).n)).toEqual([1, 3]);
});

test('a stream that does not exist fails every record, and may get better', async () => {
  const failures = await createKinesisSink({ client, streamName: 'none', deadlineMs: 100, lingerMs: 0 }).put([
    record(1),
    record(2),
  ]);
  expect(failures).toMatchObject([
    { index: 0, retryable: true, message: expect.stringContaining('ResourceNotFoundException') },
    { index: 1, retryable: true },
  ]);
});

test('an answer that begins and does not end fails the put', async () => {
  const server = createHttpServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
      response.write('{"Fail');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stalled = createKinesisClient({ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1' });
  const options = { client: stalled, streamName: 's', trackShards: false, deadlineMs: 100, lingerMs: 0 };
  expect(await createKinesisSink(options).put([record(1)])).toMatchObject([{ index: 0, retryable: true }]);
  stalled.destroy();
  server.closeAllConnections();
  server.close();
});

test('a service that never answers fails the put, and does not hold it for ever', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const deaf = createKinesisClient({ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1' });
  const failures = await createKinesisSink({ client: deaf, streamName: 's', deadlineMs: 100, lingerMs: 0 }).put([
    record(1),
  ]);
  expect(failures).toMatchObject([{ index: 0, retryable: true, message: expect.stringContaining('TimeoutError') }]);
  deaf.destroy();
  silent.close();
});
