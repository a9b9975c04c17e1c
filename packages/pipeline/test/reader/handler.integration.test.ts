import { join } from 'node:path';
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamSummaryCommand,
  type KinesisClient,
  ListShardsCommand,
  MergeShardsCommand,
  PutRecordsCommand,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis';
import { type EmbeddedKinesis, startEmbeddedKinesis } from '@rastro/collector/dev';
import { createKinesisClient } from '@rastro/collector/kinesis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aggregate } from '../../../collector/src/sinks/aggregate.js';
import type { KinesisEvent, TumblingWindowEvent } from '../../src/lambda-event.js';
import { type HandlerOptions, type RunningHandler, runHandler } from '../../src/reader/handler.js';
import { decodeRecords } from '../../src/reader/lambda-records.js';
import { afterwards, scratch, until } from '../support/scratch.js';

const names = ['plain', 'reshard', 'restart', 'poison', 'again', 'lock', 'window', 'early', 'signal'];
let kinesis: EmbeddedKinesis;
let client: KinesisClient;
beforeAll(async () => {
  kinesis = await startEmbeddedKinesis({ streams: names.map((name) => ({ name, shards: 2 })) });
  client = createKinesisClient({ endpoint: kinesis.endpoint, region: kinesis.region });
});
afterAll(async () => {
  client.destroy();
  await kinesis.stop();
});

type Options = Partial<Omit<HandlerOptions, 'handler' | 'tumblingWindowSeconds'>> & {
  streamName: string;
  handler: unknown;
  tumblingWindowSeconds?: number;
};
async function run(options: Options): Promise<{ running: RunningHandler; errors: Error[]; notes: string[] }> {
  const errors: Error[] = [];
  const notes: string[] = [];
  const running = await runHandler({
    name: 'test',
    client,
    directory: join(await scratch(), 'state'),
    onError: (error) => errors.push(error as Error),
    onNote: (note) => notes.push(note),
    ...options,
  } as HandlerOptions);
  afterwards(() => running.close());
  return { running, errors, notes };
}
const drained = async (running: RunningHandler): Promise<void> => {
  const now = Date.now();
  await until(() => running.hasRead(now));
};
const event = (n: number, key = `k${n % 5}`): { PartitionKey: string; Data: Buffer } => ({
  PartitionKey: key,
  Data: Buffer.from(JSON.stringify({ site: 's', event_type: 'view', event_id: `e${n}`, key, n })),
});
const put = async (StreamName: string, from: number, to: number): Promise<void> => {
  const Records = Array.from({ length: to - from }, (_, index) => event(from + index));
  await client.send(new PutRecordsCommand({ StreamName, Records }));
};
const active = (StreamName: string): Promise<unknown> =>
  until(async () => {
    const summary = await client.send(new DescribeStreamSummaryCommand({ StreamName }));
    return summary.StreamDescriptionSummary?.StreamStatus === 'ACTIVE';
  });
/** Windows of a quarter of an hour: the test must not lie across the end of one. */
const awayFromWindowEnd = (): Promise<unknown> => until(() => (Date.now() / 1_000) % 900 < 885, 20_000);
/** Values handed over, in their order. */
function collector(): { handler: (event: KinesisEvent) => Promise<undefined>; values: Record<string, unknown>[] } {
  const values: Record<string, unknown>[] = [];
  return {
    values,
    handler: async (given) => {
      for (const { value, error } of decodeRecords(given)) values.push(value ?? { error });
      return undefined;
    },
  };
}
const numbersOf = (values: Record<string, unknown>[]): unknown[] =>
  values.map(({ n }) => n).sort((a, b) => Number(a) - Number(b));
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);

test('hands over events as Lambda does: whole aggregates, no duplicate, what cannot be read as it is', async () => {
  const events: KinesisEvent[] = [];
  const { running, errors } = await run({
    streamName: 'plain',
    handler: async (given: KinesisEvent) => void events.push(given),
  });
  const parts = [1, 2, 3].map((n) => ({ partitionKey: 'k', data: event(n).Data }));
  await client.send(
    new PutRecordsCommand({
      StreamName: 'plain',
      Records: [
        event(1, 'k'),
        { PartitionKey: 'k', Data: aggregate(parts) },
        { PartitionKey: 'k', Data: Buffer.from('{') },
      ],
    }),
  );
  await drained(running);
  const records = events.flatMap(({ Records }) => Records);
  expect(events.flatMap(decodeRecords).map(({ value, error }) => value?.['n'] ?? error)).toEqual([
    1,
    2,
    3,
    expect.stringContaining('not JSON'),
  ]);
  expect(records[1]?.kinesis.sequenceNumber).toBe(records[2]?.kinesis.sequenceNumber);
  expect(records[0]).toMatchObject({
    kinesis: { kinesisSchemaVersion: '1.0', partitionKey: 'k', data: event(1, 'k').Data.toString('base64') },
    eventID: expect.stringMatching(/^shardId-00000000000[01]:\d+$/),
    eventSourceARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/plain',
    invokeIdentityArn: 'arn:aws:iam::000000000000:role/test',
    awsRegion: 'us-east-1',
  });
  expect(running.counts).toMatchObject({ records: 4, duplicates: 1, failures: 0 });
  expect(errors).toEqual([]);
});

test('a split and a merge while it reads lose nothing, and each key stays in order, over a restart too', async () => {
  const { handler, values } = collector();
  const directory = await scratch();
  const first = await run({ streamName: 'reshard', handler, directory, pollMs: 250 });
  await first.running.ready;
  const StreamName = 'reshard';
  await put(StreamName, 0, 50);
  const NewStartingHashKey = String(2n ** 126n);
  await client.send(new SplitShardCommand({ StreamName, ShardToSplit: 'shardId-000000000000', NewStartingHashKey }));
  await active(StreamName);
  await put(StreamName, 50, 100);
  await until(() => values.length >= 75);
  await first.running.close();
  await client.send(
    new MergeShardsCommand({
      StreamName,
      ShardToMerge: 'shardId-000000000002',
      AdjacentShardToMerge: 'shardId-000000000003',
    }),
  );
  await active(StreamName);
  await put(StreamName, 100, 150);
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName }));
  expect(Shards).toHaveLength(5);
  const second = await run({ streamName: 'reshard', handler, directory });
  await until(() => values.length >= 150);
  await drained(second.running);
  expect(numbersOf(values)).toEqual(range(0, 150));
  for (const key of ['k0', 'k1', 'k2', 'k3', 'k4']) {
    const order = values.filter((value) => value['key'] === key).map(({ n }) => Number(n));
    expect(order).toEqual([...order].sort((a, b) => a - b));
  }
  expect([...first.errors, ...second.errors]).toEqual([]);
});

test('goes on where it was, and hands over again what was not dealt with', async () => {
  const directory = await scratch();
  const first = collector();
  await put('restart', 0, 30);
  let broken = false;
  const one = await run({
    streamName: 'restart',
    directory,
    batchSize: 5,
    handler: async (given: KinesisEvent) => {
      if (first.values.length >= 10) {
        broken = true;
        throw new Error('the table is away');
      }
      return first.handler(given);
    },
  });
  await until(() => broken);
  await one.running.close();
  expect(one.errors[0]?.message).toContain('the table is away');
  const second = collector();
  const two = await run({ streamName: 'restart', directory, handler: second.handler });
  await drained(two.running);
  expect(numbersOf([...first.values, ...second.values])).toEqual(range(0, 30));
  expect(two.errors).toEqual([]);
});

test('one poison record costs none of the others, and is told', async () => {
  const { handler, values } = collector();
  const discarded: unknown[] = [];
  await put('poison', 0, 40);
  const { running } = await run({
    streamName: 'poison',
    maxRetries: 1,
    bisect: true,
    onDiscard: ({ records, reason }) =>
      void discarded.push([reason, records.map(({ data }) => JSON.parse(Buffer.from(data).toString()).n)]),
    handler: async (given: KinesisEvent) => {
      if (decodeRecords(given).some(({ value }) => value?.['n'] === 17)) throw new Error('poison');
      return handler(given);
    },
  });
  await drained(running);
  expect(discarded).toEqual([['poison', [17]]]);
  expect(numbersOf(values)).toEqual(range(0, 40).filter((n) => n !== 17));
});

test('another stream of the same name is read from its beginning, with a word on it; windows of the old one are told', async () => {
  await awayFromWindowEnd();
  const directory = await scratch();
  const emitted: unknown[] = [];
  const handler = async (given: TumblingWindowEvent<{ count?: number }>): Promise<object> => {
    const count = (given.state.count ?? 0) + given.Records.length;
    if (given.isFinalInvokeForWindow) emitted.push([count, given.isWindowTerminatedEarly]);
    return { state: { count } };
  };
  const options: Options = { streamName: 'again', directory, handler, tumblingWindowSeconds: 900 };
  await client.send(new PutRecordsCommand({ StreamName: 'again', Records: [event(1, 'k')] }));
  const first = await run(options);
  await drained(first.running);
  await first.running.close();
  expect(first.notes).toEqual([]);
  await client.send(new DeleteStreamCommand({ StreamName: 'again' }));
  await until(() =>
    client.send(new CreateStreamCommand({ StreamName: 'again', ShardCount: 1 })).then(
      () => true,
      () => false,
    ),
  );
  await active('again');
  await client.send(
    new PutRecordsCommand({ StreamName: 'again', Records: [event(1, 'k'), event(2, 'k'), event(3, 'k')] }),
  );
  const second = await run(options);
  await drained(second.running);
  await second.running.close({ finishWindows: true });
  expect(second.notes).toEqual([expect.stringMatching(/again@.* is another stream than again@/)]);
  // The event that was counted on the old stream is known on the new one.
  expect(emitted).toEqual([
    [1, true],
    [2, true],
  ]);
});

test('two processes do not run on one directory', async () => {
  const directory = await scratch();
  const { handler } = collector();
  const { running } = await run({ streamName: 'lock', directory, handler });
  await expect(run({ streamName: 'lock', directory, handler })).rejects.toThrow('in use by this process');
  await running.close();
  await (await run({ streamName: 'lock', directory, handler })).running.close();
});

test('an idle shard has its window closed by the clock', async () => {
  const emitted: unknown[] = [];
  await put('window', 0, 20);
  await run({
    streamName: 'window',
    tumblingWindowSeconds: 1,
    windowGraceMs: 0,
    handler: async (given: TumblingWindowEvent<{ count?: number }>) => {
      const count = (given.state.count ?? 0) + given.Records.length;
      if (given.isFinalInvokeForWindow) emitted.push(...Array(count).fill(given.isWindowTerminatedEarly));
      return { state: { count } };
    },
  });
  await until(() => emitted.length === 20);
  expect(emitted).not.toContain(true);
});

test('closing leaves windows open for the next start, or finishes them', async () => {
  await awayFromWindowEnd();
  const directory = await scratch();
  const emitted: number[] = [];
  const options: Options = {
    streamName: 'early',
    directory,
    tumblingWindowSeconds: 900,
    handler: async (given: TumblingWindowEvent<{ count?: number }>) => {
      const count = (given.state.count ?? 0) + given.Records.length;
      if (given.isFinalInvokeForWindow) emitted.push(count);
      return { state: { count } };
    },
  };
  await put('early', 0, 20);
  const first = await run(options);
  await drained(first.running);
  await first.running.close();
  expect(emitted).toEqual([]);
  await put('early', 20, 30);
  const second = await run(options);
  await drained(second.running);
  await second.running.close({ finishWindows: true });
  expect(emitted.reduce((sum, count) => sum + count, 0)).toBe(30);
});

test('a signal closes it, and the directory is free', async () => {
  const directory = await scratch();
  const stop = new AbortController();
  const { handler } = collector();
  const { running } = await run({ streamName: 'signal', directory, handler, signal: stop.signal });
  await running.ready;
  stop.abort();
  await running.ended;
  await running.close();
  await (await run({ streamName: 'signal', directory, handler })).running.close();
});

describe('refuses', () => {
  test.each([
    ['batchSize', 0, 'batchSize must be a whole number from 1 to 10000, got 0'],
    ['batchSize', 10_001, 'batchSize must be a whole number from 1 to 10000, got 10001'],
    ['tumblingWindowSeconds', 901, 'tumblingWindowSeconds must be a whole number from 1 to 900, got 901'],
    ['pollMs', 100, 'pollMs must be a whole number from 200'],
    ['maxRetries', -1, 'maxRetries must be a whole number from 0'],
    ['maxRetries', 3, 'onDiscard: required with maxRetries'],
    ['name', '', 'name must be a text that is not empty, got ""'],
    ['handler', 'x', 'handler must be a function, got "x"'],
  ])('%s %s', async (option, value, message) => {
    const { handler } = collector();
    const given = { streamName: 'plain', handler, [option]: value } as Options;
    await expect(run(given)).rejects.toThrow(message);
    await expect(run(given)).rejects.toThrow(TypeError);
  });
});
