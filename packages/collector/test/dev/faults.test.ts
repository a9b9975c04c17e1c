import { expect, test } from 'vitest';
import { checkFaults, draw, noFaults } from '../../src/dev/faults.js';
import { entryBytes, mergeResults, readPutRecords, streamNameOf } from '../../src/dev/put-records.js';
import { createRandom } from '../../src/dev/random.js';
import { createShardBuckets, shardOf } from '../../src/dev/shard-limits.js';

test.each([
  [{ throttled: 1.1 }, 'throttled: a chance from 0 to 1'],
  [{ recordFailed: -0.1 }, 'recordFailed: a chance from 0 to 1'],
  [{ slow: Number.NaN }, 'slow: a chance from 0 to 1'],
  [{ throttled: 0.6, resetAfter: 0.6 }, 'faults of a call are more than 1'],
  [{ recordThrottled: 0.6, recordFailed: 0.6 }, 'faults of a record are more than 1'],
  [{ slowMs: [5, 1] as const }, 'slowMs: two rising numbers'],
  [{ shardLimitScale: -1 }, 'shardLimitScale: a number from 0'],
])('refuses %j', (some, message) => {
  expect(() => checkFaults({ ...noFaults, ...some })).toThrow(message);
});

test('draws each fault about as often as its chance says, and mostly none', () => {
  const random = createRandom(3);
  const faults = { ...noFaults, throttled: 0.1, resetAfter: 0.2 };
  const seen: Record<string, number> = {};
  for (let at = 0; at < 10_000; at++) {
    const fault = draw(faults, ['throttled', 'unavailable', 'resetAfter'], random) ?? 'none';
    seen[fault] = (seen[fault] ?? 0) + 1;
  }
  expect(seen['unavailable']).toBeUndefined();
  expect(seen['throttled']).toBeGreaterThan(900);
  expect(seen['throttled']).toBeLessThan(1_100);
  expect(seen['resetAfter']).toBeGreaterThan(1_870);
  expect(seen['resetAfter']).toBeLessThan(2_130);
});

test('gives the same chance for the same seed and part, and another for others', () => {
  const first = (seed: number, part?: number): number[] => {
    const random = createRandom(seed, part);
    return [random(), random(), random()];
  };
  expect(first(1)).toEqual(first(1));
  const all = [first(1), first(2), first(1, 1), first(1, 2), first(-1)].flat();
  expect(new Set(all).size).toBe(all.length);
  expect(all.every((value) => value >= 0 && value < 1)).toBe(true);
});

test('finds the shard of a key as the service does', () => {
  const half = 2n ** 127n;
  const shards = [
    { shardId: 'low', first: 0n, last: half - 1n },
    { shardId: 'high', first: half, last: 2n ** 128n - 1n },
  ];
  // MD5 of "a" is 0cc175b9…, of "b" 92eb5ffe….
  expect(shardOf(shards, 'a')).toBe('low');
  expect(shardOf(shards, 'b')).toBe('high');
  expect(shardOf(shards, 'b', '0')).toBe('low');
  expect(shardOf([], 'a')).toBeUndefined();
});

test('empties a bucket by records and by bytes, and a second fills it', () => {
  let now = 0;
  const buckets = createShardBuckets(() => now);
  const takes = (count: number, bytes: number): number =>
    Array.from({ length: count }, () => buckets.take('shard', bytes, 0.01)).filter(Boolean).length;
  expect(takes(20, 10)).toBe(10);
  now = 500;
  expect(takes(20, 10)).toBe(5);
  now = 10_000;
  expect(takes(20, 4_000)).toBe(2);
  now = 20_000;
  expect(buckets.take('other', 10, 0.01)).toBe(true);
  // Larger than a second takes: only a full bucket takes it, and is in debt for it.
  expect(takes(2, 20_000)).toBe(1);
  now = 20_500;
  expect(takes(1, 10)).toBe(0);
  now = 21_500;
  expect(takes(1, 10)).toBe(1);
});

test('reads calls, whatever names their stream, and nothing else', () => {
  const Records = [{ Data: 'YWJj', PartitionKey: 'ключ' }];
  const input = readPutRecords(Buffer.from(JSON.stringify({ StreamARN: 'arn:aws:kinesis:eu:1:stream/shop', Records })));
  expect(input && streamNameOf(input)).toBe('shop');
  expect(input?.Records.map(entryBytes)).toEqual([3 + 8]);
  for (const text of ['', 'null', '[]', '{"Records":{}}', '{"Records":[]}', '{'])
    expect(readPutRecords(Buffer.from(text))).toBeUndefined();
});

test('merges answers in the order of the call, and counts failures of both', () => {
  const failure = { ErrorCode: 'InternalFailure', ErrorMessage: '' };
  const first = { SequenceNumber: '1', ShardId: 's' };
  const theirs = { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: '' };
  const merged = mergeResults([undefined, failure, undefined], { FailedRecordCount: 1, Records: [first, theirs] });
  expect(merged).toEqual({ FailedRecordCount: 2, Records: [first, failure, theirs] });
});
