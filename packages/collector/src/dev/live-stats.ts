import type { SeenRecord } from './seen-record.js';

/** What the counters of the live page show. */
export interface LiveStats {
  /** Records on the event stream. */
  events: number;
  /** Orders among them: purchases, counted by their first line. */
  orders: number;
  dead_letters: number;
  /** Events per second over the last 10 s. */
  rate: number;
  /** Median time from the click (`event_time`) to the stream, of the last 200 events. Unit: ms; absent before the first. */
  latency_p50?: number;
  /** Records of the event stream per shard. */
  shards: Record<string, number>;
}

/** How the event stream is spread, as `/dev/stream-summary` has it. */
export interface StreamSummary {
  total: number;
  /** Records per shard. */
  shards: Record<string, number>;
  /** The partition key with the most records, of the first 100,000 keys seen; absent before the first record. */
  hottest_key?: { key: string; count: number; share: number };
}

/** Counts since it was created. */
export interface StatsCounter {
  add(record: SeenRecord): void;
  /** @param now Unit: ms since the Unix epoch. */
  read(now: number): LiveStats;
  summary(): StreamSummary;
}

const rateSeconds = 10;
const latencySamples = 200;
const maxKeys = 100_000;

export function createStats(): StatsCounter {
  let events = 0;
  let orders = 0;
  let deadLetters = 0;
  const perShard = new Map<string, number>();
  const perKey = new Map<string, number>();
  const perSecond = new Map<number, number>();
  const latencies: number[] = [];
  let measured = 0;

  const forgetBefore = (second: number): void => {
    for (const key of perSecond.keys()) if (key < second) perSecond.delete(key);
  };

  const shards = (): Record<string, number> => Object.fromEntries([...perShard].sort(([a], [b]) => (a < b ? -1 : 1)));

  return {
    add({ list, value, partitionKey, shardId, arrivedAt }) {
      if (list === 'bad') {
        deadLetters++;
        return;
      }
      const second = Math.floor(arrivedAt / 1000);
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
      forgetBefore(second - rateSeconds);
      perShard.set(shardId, (perShard.get(shardId) ?? 0) + 1);
      if (perKey.size < maxKeys || perKey.has(partitionKey)) {
        perKey.set(partitionKey, (perKey.get(partitionKey) ?? 0) + 1);
      }
      events++;
      if (typeof value !== 'object' || value === null) return;
      const { event_type, line, event_time, source } = value as Record<string, unknown>;
      if (event_type === 'purchase' && (line === undefined || line === 1)) orders++;
      // Imported events happened long ago: theirs is no latency.
      const latency =
        typeof event_time === 'string' && (source ?? 'web') === 'web' ? arrivedAt - Date.parse(event_time) : Number.NaN;
      if (Number.isFinite(latency)) latencies[measured++ % latencySamples] = latency;
    },
    read(now) {
      const second = Math.floor(now / 1000);
      let recent = 0;
      // Whole seconds: the running one would make the rate jump.
      for (const [key, count] of perSecond) if (key >= second - rateSeconds && key < second) recent += count;
      const sorted = [...latencies].sort((a, b) => a - b);
      const median = sorted[sorted.length >> 1];
      return {
        events,
        orders,
        dead_letters: deadLetters,
        rate: recent / rateSeconds,
        ...(median === undefined ? {} : { latency_p50: median }),
        shards: shards(),
      };
    },
    summary() {
      let hottest: { key: string; count: number } | undefined;
      for (const [key, count] of perKey) if (count > (hottest?.count ?? 0)) hottest = { key, count };
      return {
        total: events,
        shards: shards(),
        ...(hottest ? { hottest_key: { ...hottest, share: hottest.count / events } } : {}),
      };
    },
  };
}
