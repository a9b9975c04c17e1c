import type { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { createKinesisSink } from '@rastro/collector/kinesis';
import { describe, expect, test } from 'vitest';
import { record } from './contract.js';

type Answer = (keys: string[], call: number) => ('ok' | string)[] | Error;

/** A client that answers PutRecords as told, and the calls it got. */
function fake(answer: Answer): {
  client: KinesisClient;
  calls: string[][];
  waits: number[];
  sleep(ms: number): Promise<void>;
} {
  const calls: string[][] = [];
  const waits: number[] = [];
  const send = async ({ input }: PutRecordsCommand) => {
    const keys = (input.Records ?? []).map(({ PartitionKey }) => PartitionKey ?? '');
    calls.push(keys);
    const results = answer(keys, calls.length);
    if (results instanceof Error) throw results;
    return {
      Records: results.map((code) =>
        code === 'ok' ? { SequenceNumber: '1', ShardId: 's' } : { ErrorCode: code, ErrorMessage: 'm' },
      ),
    };
  };
  return { client: { send } as unknown as KinesisClient, calls, waits, sleep: async (ms) => void waits.push(ms) };
}
const named = (name: string): Error => Object.assign(new Error('said so'), { name });
const keyed = (...keys: string[]) => keys.map((partitionKey, n) => record(n, { partitionKey }));

describe('createKinesisSink', () => {
  test('puts only the failed records again, with growing, jittered waits', async () => {
    const { client, calls, waits, sleep } = fake((keys, call) =>
      keys.map((key) => (call < 4 && key === 'b' ? 'ProvisionedThroughputExceededException' : 'ok')),
    );
    const sink = createKinesisSink({ client, streamName: 's', sleep, random: () => 0.5 });
    expect(await sink.put(keyed('a', 'b', 'c'))).toEqual([]);
    expect(calls).toEqual([['a', 'b', 'c'], ['b'], ['b'], ['b']]);
    expect(waits).toEqual([25, 50, 100]);
  });

  test('says which records failed after the last attempt', async () => {
    const { client, calls, sleep } = fake((keys) => keys.map((key) => (key === 'b' ? 'InternalFailure' : 'ok')));
    const sink = createKinesisSink({ client, streamName: 's', sleep, maxAttempts: 3 });
    expect(await sink.put(keyed('a', 'b'))).toEqual([{ index: 1, retryable: true, message: 'InternalFailure: m' }]);
    expect(calls).toHaveLength(3);
  });

  test('tries a failed call again, and names it when it keeps failing', async () => {
    const { client, calls, sleep } = fake(() => named('TimeoutError'));
    const sink = createKinesisSink({ client, streamName: 's', sleep, maxAttempts: 2 });
    expect(await sink.put(keyed('a'))).toEqual([
      { index: 0, retryable: true, message: 'PutRecords on s: TimeoutError: said so' },
    ]);
    expect(calls).toHaveLength(2);
  });

  test('takes an answer with fewer results than records as failure of the rest', async () => {
    const { client, sleep } = fake((keys) => keys.slice(1).map(() => 'ok'));
    const sink = createKinesisSink({ client, streamName: 's', sleep, maxAttempts: 1 });
    expect(await sink.put(keyed('a', 'b'))).toMatchObject([{ index: 1, retryable: true }]);
  });

  test('finds the one record for which the service refuses the whole call', async () => {
    const { client, sleep } = fake((keys) =>
      keys.includes('bad') ? named('ValidationException') : keys.map(() => 'ok'),
    );
    const sink = createKinesisSink({ client, streamName: 's', sleep });
    expect(await sink.put(keyed('a', 'b', 'bad', 'd', 'e'))).toMatchObject([{ index: 2, retryable: false }]);
  });

  test('does not begin another call after the deadline', async () => {
    let time = 0;
    const { client, calls, sleep } = fake((keys) => {
      time += 3000;
      return keys.map(() => 'InternalFailure');
    });
    const sink = createKinesisSink({ client, streamName: 's', sleep, now: () => time });
    expect(await sink.put(keyed('a'))).toMatchObject([{ retryable: true }]);
    expect(calls).toHaveLength(2);
  });

  test('refuses a name that no stream can have', () => {
    const { client } = fake(() => []);
    expect(() => createKinesisSink({ client, streamName: 'bad name' })).toThrow('streamName');
  });

  test('keeps a call within 500 records and 4 MB', async () => {
    const { client, calls, sleep } = fake((keys) => keys.map(() => 'ok'));
    const sink = createKinesisSink({ client, streamName: 's', sleep });
    await sink.put(Array.from({ length: 1001 }, (_, n) => record(n)));
    expect(calls.map(({ length }) => length)).toEqual([500, 500, 1]);
    calls.length = 0;
    await sink.put(Array.from({ length: 10 }, (_, n) => record(n, { data: 'x'.repeat(900_000) })));
    expect(calls.map(({ length }) => length)).toEqual([4, 4, 2]);
  });
});
