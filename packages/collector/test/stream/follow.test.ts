import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  type Shard,
} from '@aws-sdk/client-kinesis';
import { afterEach, expect, test } from 'vitest';
import { aggregate } from '../../src/sinks/aggregate.js';
import { followStream } from '../../src/stream/follow.js';
import type { Follower, FollowOptions, ShardPosition, StreamBatch } from '../../src/stream/types.js';
import { until } from '../dev/support.js';

const running: Follower[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((follower) => follower.stop()));
});

interface FakeShard extends Partial<Shard> {
  ShardId: string;
  /** Sequence numbers of its records; each is its own data. */
  records: readonly string[];
  /** Records that the stream no longer has. */
  trimmed?: number;
  closed?: boolean;
}
const named = (name: string, message = name): Error => Object.assign(new Error(message), { name });

/** A stream of a few records: an iterator is the shard and the index of the next of them. */
function fake(
  shards: FakeShard[],
  beforeRead: () => void = () => {},
): { client: KinesisClient; asked: Record<string, unknown>[] } {
  const asked: Record<string, unknown>[] = [];
  const find = (id: unknown): FakeShard => {
    const shard = shards.find(({ ShardId }) => ShardId === id);
    if (!shard) throw named('ResourceNotFoundException');
    return shard;
  };
  const send = async (command: { input: Record<string, string> }): Promise<unknown> => {
    const { input } = command;
    if (command instanceof ListShardsCommand) {
      const range = { StartingSequenceNumber: '0', EndingSequenceNumber: '9' };
      return { Shards: shards.map((shard) => (shard.closed ? { ...shard, SequenceNumberRange: range } : shard)) };
    }
    if (command instanceof GetShardIteratorCommand) {
      asked.push(input);
      const { records, trimmed = 0 } = find(input['ShardId']);
      const { ShardIteratorType: type, StartingSequenceNumber: number = '' } = input;
      if (type === 'LATEST') return { ShardIterator: `${input['ShardId']}/${records.length}` };
      if (type === 'TRIM_HORIZON') return { ShardIterator: `${input['ShardId']}/${trimmed}` };
      const at = records.indexOf(number);
      if (at === -1) throw named('InvalidArgumentException', 'it did not come from this stream');
      const next = Math.max(trimmed, type === 'AT_SEQUENCE_NUMBER' ? at : at + 1);
      return { ShardIterator: `${input['ShardId']}/${next}` };
    }
    if (!(command instanceof GetRecordsCommand)) throw new Error('unexpected');
    beforeRead();
    const [id, next] = (input['ShardIterator'] ?? '').split('/');
    const { records, closed } = find(id);
    const Records = records.slice(Number(next)).map((SequenceNumber) => ({
      SequenceNumber,
      PartitionKey: 'k',
      Data: Buffer.from(SequenceNumber),
    }));
    const more = closed ? {} : { NextShardIterator: `${id}/${records.length}` };
    return { Records, MillisBehindLatest: 0, ...more };
  };
  return { client: { send } as unknown as KinesisClient, asked };
}

interface Followed {
  follower: Follower;
  /** `shard:number`, and `shard:END`. */
  read: string[];
  errors: Error[];
  asked: Record<string, unknown>[];
}

function follow(
  shards: FakeShard[],
  positions: Record<string, ShardPosition> = {},
  options: Partial<FollowOptions> = {},
): Followed {
  const { client, asked } = fake(shards);
  const read: string[] = [];
  const errors: Error[] = [];
  const follower = followStream({
    client,
    streamName: 's',
    startAfter: (shardId) => positions[shardId],
    onBatch: async ({ records, shardId }) => {
      for (const { sequenceNumber } of records) read.push(`${shardId}:${sequenceNumber}`);
    },
    onShardEnd: async (shardId) => {
      read.push(`${shardId}:END`);
    },
    onError: (error) => errors.push(error as Error),
    ...options,
  });
  running.push(follower);
  return { follower, read, errors, asked };
}
const done = (follower: Follower): Promise<boolean> => until(() => follower.hasRead(Date.now() - 50));

test('goes on after a kept position, and asks for the record there to know that it is still there', async () => {
  const { follower, read, errors, asked } = follow([{ ShardId: 'a', records: ['1', '2', '3'] }], { a: '2' });
  await done(follower);
  expect(read).toEqual(['a:3']);
  expect(errors).toEqual([]);
  expect(asked).toMatchObject([{ ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber: '2' }]);
});

test('says that records may be lost when the record at the position is trimmed, and hands over what is left', async () => {
  const { follower, read, errors } = follow([{ ShardId: 'a', records: ['1', '2', '3', '4'], trimmed: 3 }], { a: '2' });
  await done(follower);
  expect(read).toEqual(['a:4']);
  expect(errors).toMatchObject([{ name: 'PositionLostError', shardId: 'a', position: '2' }]);
  expect(errors[0]?.message).toContain('may be lost');
});

test('reads all there is when the service refuses the position, and says so', async () => {
  const { follower, read, errors, asked } = follow([{ ShardId: 'a', records: ['1', '2'] }], { a: '77' });
  await done(follower);
  expect(read).toEqual(['a:1', 'a:2']);
  expect(errors).toMatchObject([{ name: 'PositionLostError', position: '77' }]);
  expect(errors[0]?.message).toContain('it did not come from this stream');
  expect(asked.map(({ ShardIteratorType }) => ShardIteratorType)).toEqual(['AT_SEQUENCE_NUMBER', 'TRIM_HORIZON']);
});

test('reads children once the end of their parents is handed over', async () => {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const ended: string[] = [];
  const { follower, read } = follow(
    [
      { ShardId: 'a', records: ['1'], closed: true },
      { ShardId: 'b', records: ['2'], closed: true },
      { ShardId: 'c', records: ['3'], closed: true, ParentShardId: 'a', AdjacentParentShardId: 'b' },
      { ShardId: 'd', records: ['4'], ParentShardId: 'c' },
    ],
    {},
    {
      onShardEnd: async (shardId) => {
        if (shardId === 'b') await held;
        ended.push(shardId);
      },
    },
  );
  await until(() => ended.includes('a') && read.includes('b:2'));
  // Children are listed as soon as a shard ends: what would be read too early is read by the time another second is.
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect([...read].sort()).toEqual(['a:1', 'b:2']);
  expect(follower.hasRead(0)).toBe(false);
  release();
  await done(follower);
  expect(read.slice(2)).toEqual(['c:3', 'd:4']);
  expect(ended).toEqual(['a', 'b', 'c']);
});

test('knows from an earlier life which shards ended, and takes parents that are no longer listed for ended', async () => {
  const { follower, read } = follow(
    [
      { ShardId: 'b', records: ['2'], closed: true },
      { ShardId: 'c', records: ['3'], ParentShardId: 'a', AdjacentParentShardId: 'b' },
    ],
    { b: 'END' },
  );
  await done(follower);
  expect(read).toEqual(['c:3']);
});

test('from LATEST leaves out nothing of shards that came from one it followed', async () => {
  const { follower, read } = follow(
    [
      { ShardId: 'a', records: ['1', '2'], closed: true },
      { ShardId: 'b', records: ['3'], ParentShardId: 'a', closed: true },
      { ShardId: 'c', records: ['4'], ParentShardId: 'b' },
      { ShardId: 'd', records: ['5'], closed: true },
      { ShardId: 'e', records: ['6'] },
    ],
    { a: '1' },
    { from: 'LATEST' },
  );
  await until(() => read.includes('c:4'));
  await done(follower);
  expect(read).toEqual(['a:2', 'a:END', 'b:3', 'b:END', 'c:4']);
});

test('a shard that is gone while it is read ends, with a word on it, and its children go on', async () => {
  const shards: FakeShard[] = [
    { ShardId: 'a', records: ['1'] },
    { ShardId: 'b', records: ['2'], ParentShardId: 'a' },
  ];
  const { follower, read, errors } = follow(shards);
  await until(() => read.includes('a:1'));
  shards.shift();
  await until(() => read.includes('b:2'));
  expect(read).toEqual(['a:1', 'a:END', 'b:2']);
  expect(errors.at(-1)?.message).toContain('a is gone from the stream');
  await follower.stop();
});

test('asks a shard for no more while a batch is being dealt with', async () => {
  const shards: FakeShard[] = [{ ShardId: 'a', records: ['1'] }];
  let calls = 0;
  let release = (): void => {};
  const { follower } = follow(
    shards,
    {},
    {
      onBatch: () => {
        calls++;
        return new Promise((resolve) => {
          release = resolve;
        });
      },
    },
  );
  await until(() => calls === 1);
  shards[0] = { ShardId: 'a', records: ['1', '2'] };
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(calls).toBe(1);
  expect(follower.hasRead(0)).toBe(false);
  expect(follower.lagMs()).toBeGreaterThanOrEqual(400);
  let stopped = false;
  const stop = follower.stop().then(() => {
    stopped = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(stopped).toBe(false);
  release();
  await stop;
});

test('stops with what a callback threw', async () => {
  const { follower } = follow(
    [{ ShardId: 'a', records: ['1'] }],
    {},
    {
      onBatch: async () => {
        throw new Error('mine');
      },
    },
  );
  await expect(follower.ended).rejects.toThrow('mine');
  expect(follower.shardIds()).toEqual([]);
});

test('hands the records of an aggregate over together, and takes its number for the position', async () => {
  const Data = aggregate(['x', 'y'].map((text) => ({ partitionKey: text, data: Buffer.from(text) })));
  const batches: StreamBatch[] = [];
  const { client } = fake([{ ShardId: 'a', records: [] }]);
  const send = client.send.bind(client) as (command: unknown) => Promise<unknown>;
  let given = false;
  const follower = followStream({
    client: {
      send: async (command: unknown) => {
        if (!(command instanceof GetRecordsCommand) || given) return send(command);
        given = true;
        return { Records: [{ Data, PartitionKey: 'x', SequenceNumber: '7' }], NextShardIterator: 'a/0' };
      },
    } as unknown as KinesisClient,
    streamName: 's',
    onBatch: async (batch) => {
      batches.push(batch);
    },
  });
  running.push(follower);
  await until(() => batches.length > 0);
  expect(
    batches[0]?.records.map(({ sequenceNumber, subSequenceNumber }) => [sequenceNumber, subSequenceNumber]),
  ).toEqual([
    ['7', 0],
    ['7', 1],
  ]);
  expect(batches[0]?.lastSequenceNumber).toBe('7');
});

test('has read what was put before, also where each call brings something', async () => {
  const records = ['1'];
  const { client } = fake([{ ShardId: 'shard-0', records }], () => void records.push(String(records.length + 1)));
  const follower = followStream({ client, streamName: 's', onBatch: async () => {} });
  running.push(follower);
  const instant = Date.now();
  await until(() => follower.hasRead(instant));
  expect(follower.hasRead(Date.now() + 60_000)).toBe(false);
});
