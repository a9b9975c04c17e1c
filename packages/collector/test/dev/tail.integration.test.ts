import { type KinesisClient, ListShardsCommand, SplitShardCommand } from '@aws-sdk/client-kinesis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type EmbeddedKinesis, startEmbeddedKinesis } from '../../src/dev/embedded-kinesis.js';
import { clientFor, put, until } from './support.js';
import { stopTails, tail } from './support-tail.js';

afterEach(stopTails);

let kinesis: EmbeddedKinesis;
let client: KinesisClient;
const names = ['horizon', 'latest', 'split', 'stop', 'signal'];

beforeAll(async () => {
  kinesis = await startEmbeddedKinesis({ streams: names.map((name) => ({ name, shards: 4 })) });
  client = clientFor(kinesis);
});
afterAll(async () => {
  client.destroy();
  await kinesis.stop();
});

test('reads what every shard has and says where it lay', async () => {
  const before = Date.now();
  const all = Array.from({ length: 40 }, (_, index) => String(index));
  await put(client, 'horizon', all);
  const { tail: started, records, texts } = tail({ client, streamName: 'horizon' });
  await until(() => records.length >= 40);
  expect(texts()).toEqual([...all].sort());
  expect(new Set(records.map(({ shardId }) => shardId))).toEqual(new Set(started.shardIds()));
  expect(started.shardIds()).toHaveLength(4);
  const [first] = records.filter(({ data }) => Buffer.from(data).toString() === '7');
  expect(first).toMatchObject({ partitionKey: 'key-7', sequenceNumber: expect.stringMatching(/^\d+$/) });
  expect(first?.arrivedAt).toBeGreaterThanOrEqual(before - 1_000);
});

test('from LATEST reads nothing put before and misses nothing put after it is ready', async () => {
  await put(
    client,
    'latest',
    Array.from({ length: 20 }, () => 'before'),
  );
  const { tail: started, records, texts } = tail({ client, streamName: 'latest', from: 'LATEST' });
  await started.ready;
  const after = Array.from({ length: 40 }, (_, index) => `after ${index}`);
  await put(client, 'latest', after);
  await until(() => records.length >= 40);
  expect(texts()).toEqual([...after].sort());
});

test('reads the shards of a split, after their parent', async () => {
  const { tail: started, records, texts } = tail({ client, streamName: 'split', from: 'LATEST' });
  await started.ready;
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: 'split' }));
  const [parent] = Shards;
  await client.send(
    new SplitShardCommand({ StreamName: 'split', ShardToSplit: parent?.ShardId, NewStartingHashKey: '1000' }),
  );
  await until(async () => (await client.send(new ListShardsCommand({ StreamName: 'split' }))).Shards?.length === 6);
  const data = Array.from({ length: 40 }, (_, index) => `later ${index}`);
  await put(client, 'split', data);
  await until(() => records.length >= 40);
  expect(texts()).toEqual([...data].sort());
  expect(records.map(({ shardId }) => shardId)).not.toContain(parent?.ShardId);
  expect(started.shardIds()).toHaveLength(5);
});

test('hands nothing over once stopped', async () => {
  const { tail: started, records } = tail({ client, streamName: 'stop' });
  await started.ready;
  await started.stop();
  await put(client, 'stop', ['too late']);
  const { records: seen } = tail({ client, streamName: 'stop' });
  await until(() => seen.length);
  expect(records).toEqual([]);
});

test('stops at a signal, and then is never ready', async () => {
  const stopped = new AbortController();
  stopped.abort();
  const { tail: started } = tail({ client, streamName: 'signal', signal: stopped.signal });
  await expect(started.ready).rejects.toThrow("The tail of 'signal' was stopped");
  await started.stop();
});

test('reports a stream that is not there, and is ready when it comes', async () => {
  const { tail: started, errors } = tail({ client, streamName: 'not-there' });
  await until(() => errors.length);
  expect(errors[0]).toMatchObject({ name: 'ResourceNotFoundException' });
  await started.stop();
  await expect(started.ready).rejects.toThrow('was stopped');
});
