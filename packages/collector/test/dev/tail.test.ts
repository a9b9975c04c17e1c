import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';
import { afterEach, expect, test, vi } from 'vitest';
import { aggregate } from '../../src/sinks/aggregate.js';
import { until } from './support.js';
import { stopTails, tail } from './support-tail.js';

afterEach(async () => {
  vi.useRealTimers();
  await stopTails();
});

type Answer = (input: Record<string, unknown>) => unknown;

function fake(answers: { shards?: Answer; iterator?: Answer; records?: Answer }): {
  client: KinesisClient;
  calls: { name: string; input: Record<string, unknown>; at: number }[];
} {
  const calls: { name: string; input: Record<string, unknown>; at: number }[] = [];
  const send = async (command: { input: Record<string, unknown> }): Promise<unknown> => {
    const { input } = command;
    calls.push({ name: command.constructor.name, input, at: Date.now() });
    if (command instanceof ListShardsCommand) return answers.shards?.(input) ?? { Shards: [{ ShardId: 'a' }] };
    if (command instanceof GetShardIteratorCommand) return answers.iterator?.(input) ?? { ShardIterator: 'next' };
    if (command instanceof GetRecordsCommand) return answers.records?.(input) ?? { NextShardIterator: 'next' };
    throw new Error('unexpected');
  };
  return { client: { send } as unknown as KinesisClient, calls };
}

test('calls GetRecords no more than five times a second for one shard', async () => {
  vi.useFakeTimers();
  const { client, calls } = fake({});
  tail({ client, streamName: 's' });
  await vi.advanceTimersByTimeAsync(10_000);
  const times = calls.filter(({ name }) => name === 'GetRecordsCommand').map(({ at }) => at);
  expect(times.length).toBeGreaterThan(40);
  expect(times.filter((at, index) => at - (times[index - 1] ?? -Infinity) < 200)).toEqual([]);
});

test('asks for every page of a list of shards', async () => {
  const { client, calls } = fake({
    shards: ({ NextToken }) =>
      NextToken ? { Shards: [{ ShardId: 'b' }] } : { Shards: [{ ShardId: 'a' }], NextToken: 'more' },
  });
  const { tail: started } = tail({ client, streamName: 's' });
  await started.ready;
  expect(started.shardIds()).toEqual(['a', 'b']);
  const lists = calls.filter(({ name }) => name === 'ListShardsCommand').map(({ input }) => input);
  expect(lists).toEqual([{ StreamName: 's' }, { NextToken: 'more' }]);
});

test('goes on after the last record when its iterator has expired', async () => {
  vi.useFakeTimers();
  const record = { Data: Buffer.from('x'), PartitionKey: 'k', SequenceNumber: '41' };
  const expired = Object.assign(new Error('expired'), { name: 'ExpiredIteratorException' });
  const { client, calls } = fake({
    iterator: ({ ShardIteratorType }) => ({ ShardIterator: ShardIteratorType }),
    records: ({ ShardIterator }) => {
      if (ShardIterator === 'TRIM_HORIZON') return { Records: [record], NextShardIterator: 'old' };
      if (ShardIterator === 'old') throw expired;
      return { NextShardIterator: ShardIterator };
    },
  });
  const { records, errors } = tail({ client, streamName: 's' });
  await vi.advanceTimersByTimeAsync(2_000);
  const iterators = calls.filter(({ name }) => name === 'GetShardIteratorCommand').map(({ input }) => input);
  expect(iterators).toMatchObject([
    { ShardIteratorType: 'TRIM_HORIZON' },
    { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: '41' },
  ]);
  expect(records).toHaveLength(1);
  expect(errors).toEqual([]);
});

test('waits longer after each failure, and never gives up', async () => {
  vi.useFakeTimers();
  let failing = true;
  const { client, calls } = fake({
    records: () => {
      if (failing) throw Object.assign(new Error('slow down'), { name: 'ProvisionedThroughputExceededException' });
    },
  });
  const { errors } = tail({ client, streamName: 's' });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(errors.length).toBeGreaterThan(8);
  expect(errors.length).toBeLessThan(20);
  failing = false;
  await vi.advanceTimersByTimeAsync(10_000);
  const reported = errors.length;
  const called = calls.length;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(errors).toHaveLength(reported);
  expect(calls.length).toBeGreaterThan(called);
});

test('goes on when onRecord throws', async () => {
  const record = { Data: Buffer.from('x'), PartitionKey: 'k', SequenceNumber: '1' };
  const { client } = fake({ records: () => ({ Records: [record, record], NextShardIterator: 'next' }) });
  let handed = 0;
  const onRecord = (): void => {
    handed++;
    throw new Error('mine');
  };
  const { errors } = tail({ client, streamName: 's', onRecord });
  await until(() => handed >= 2);
  expect(errors[0]).toMatchObject({ message: 'mine' });
});

test('hands over the records of an aggregate one by one', async () => {
  const data = aggregate([
    { partitionKey: 'a', data: Buffer.from('1') },
    { partitionKey: 'b', data: Buffer.from('2') },
  ]);
  const place = { PartitionKey: 'a', SequenceNumber: '7' };
  const { client } = fake({
    records: ({ ShardIterator }) =>
      ShardIterator === 'next'
        ? { Records: [{ ...place, Data: data }], NextShardIterator: 'end' }
        : { Records: [], NextShardIterator: 'end' },
  });
  const { records, texts } = tail({ client, streamName: 's' });
  await until(() => records.length >= 2);
  expect(texts()).toEqual(['1', '2']);
  expect(records).toMatchObject([
    { partitionKey: 'a', sequenceNumber: '7', subSequenceNumber: 0 },
    { partitionKey: 'b', sequenceNumber: '7', subSequenceNumber: 1 },
  ]);
});

test('refuses to poll faster than the service allows', () => {
  expect(() => tail({ client: fake({}).client, streamName: 's', pollMs: 100 })).toThrow(TypeError);
});
