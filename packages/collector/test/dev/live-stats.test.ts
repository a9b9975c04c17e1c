import { expect, test } from 'vitest';
import { createStats } from '../../src/dev/live-stats.js';
import type { SeenRecord } from '../../src/dev/seen-record.js';

const now = Date.UTC(2026, 10, 20, 9, 30, 10);

function good(value: unknown, arrivedAt = now, shardId = 'a', partitionKey = 'k'): SeenRecord {
  return { list: 'good', json: '', value, partitionKey, shardId, arrivedAt };
}

test('counts an order once, by its first line', () => {
  const stats = createStats();
  for (const line of [2, 1, 3]) stats.add(good({ event_type: 'purchase', line }));
  stats.add(good({ event_type: 'purchase' }));
  stats.add(good({ event_type: 'view' }));
  expect(stats.read(now)).toMatchObject({ events: 5, orders: 2, dead_letters: 0 });
});

test('counts records per shard, and dead letters apart', () => {
  const stats = createStats();
  stats.add(good({}, now, 'b'));
  stats.add(good({}, now, 'a'));
  stats.add(good({}, now, 'b'));
  stats.add({ ...good({}), list: 'bad' });
  expect(stats.read(now)).toMatchObject({ events: 3, dead_letters: 1, shards: { a: 1, b: 2 } });
});

test('gives the rate of the last ten whole seconds, which falls to nothing', () => {
  const stats = createStats();
  for (let second = 1; second <= 20; second++) stats.add(good({}, now - second * 1_000));
  stats.add(good({}, now));
  expect(stats.read(now).rate).toBe(1);
  expect(stats.read(now + 60_000).rate).toBe(0);
});

test('gives the median latency of the events that say when they happened', () => {
  const stats = createStats();
  expect(stats.read(now)).not.toHaveProperty('latency_p50');
  for (const ms of [10, 500, 20]) stats.add(good({ event_time: new Date(now - ms).toISOString() }));
  for (const value of [{ event_time: 'yesterday' }, { event_time: 1 }, {}, null, 42, undefined]) stats.add(good(value));
  expect(stats.read(now).latency_p50).toBe(20);
});

test('knows the hottest key and its share', () => {
  const stats = createStats();
  expect(stats.summary()).toEqual({ total: 0, shards: {} });
  for (const key of ['x', 'y', 'x', 'z']) stats.add(good({}, now, 'a', key));
  expect(stats.summary()).toEqual({ total: 4, shards: { a: 4 }, hottest_key: { key: 'x', count: 2, share: 0.5 } });
});
