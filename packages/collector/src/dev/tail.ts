import { setMaxListeners } from 'node:events';
import { type KinesisClient, ListShardsCommand, type Shard } from '@aws-sdk/client-kinesis';
import { createPatience } from './patience.js';
import { type Position, readShard, type TailRecord } from './shard-reader.js';

export type { TailRecord } from './shard-reader.js';

export interface TailOptions {
  /** Give it `maxAttempts: 1`: the client's own retries are not paced, the tail's are. */
  client: KinesisClient;
  streamName: string;
  /** `TRIM_HORIZON`: all the stream still has. `LATEST`: what is put after `ready`. Shards of a later split are read whole. */
  from: 'TRIM_HORIZON' | 'LATEST';
  /** Called for each record; those of one shard in their order. */
  onRecord(record: TailRecord): void;
  /** What went wrong. It goes on by itself, with back-off. */
  onError?(error: unknown): void;
  /**
   * Time between two calls of GetRecords for one shard. Unit: ms. At least 200: a shard takes 5 calls a second, from all
   * its readers together.
   * @default 200
   */
  pollMs?: number;
  /** Stops it, as `stop()` does. */
  signal?: AbortSignal;
}

export interface Tail {
  /** Every shard has its iterator: from here on nothing is missed. Rejects when stopped before. */
  readonly ready: Promise<void>;
  /** The shards being read, in order. */
  shardIds(): string[];
  /** Whether all that was put before `instant` (ms since the Unix epoch, this machine's clock) has been handed over. */
  hasRead(instant: number): boolean;
  /** When it resolves no record is handed over any more. */
  stop(): Promise<void>;
}

/** 5 GetRecords per second and shard: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
const minPollMs = 200;
const relistMs = 10_000;

/**
 * Reads every shard of a stream until stopped, and shards that a split or a merge adds once their parents are read.
 *
 * @throws {TypeError} If `pollMs` is below 200.
 */
export function tailStream(options: TailOptions): Tail {
  const { client, streamName, from, onRecord, onError = () => {}, pollMs = minPollMs } = options;
  if (!(pollMs >= minPollMs)) throw new TypeError(`pollMs must be at least ${minPollMs}, got ${pollMs}`);
  const stopping = new AbortController();
  const { signal } = stopping;
  // Each shard listens, however many there are.
  setMaxListeners(0, signal);
  const abort = (): void => stopping.abort(new Error(`The tail of '${streamName}' was stopped`));
  if (options.signal?.aborted) abort();
  options.signal?.addEventListener('abort', abort, { once: true });
  const patience = createPatience(signal, pollMs, onError);

  const reading = new Map<string, Promise<void>>();
  /** By shard: when the last call began that found nothing more. */
  const ends = new Map<string, number>();
  const finished = new Set<string>();
  let relist = (): void => {};

  const startReading = (shardId: string, start: Position): Promise<void> =>
    new Promise((onTaken) => {
      const end = readShard({
        client,
        streamName,
        shardId,
        start,
        onTaken,
        onRecord,
        onError,
        onEnd: (calledAt) => ends.set(shardId, calledAt),
        pollMs,
        patience,
        signal,
      })
        .catch((error: unknown) => {
          if (!signal.aborted) onError(error);
        })
        .finally(() => {
          reading.delete(shardId);
          finished.add(shardId);
          onTaken();
          relist();
        });
      reading.set(shardId, end);
    });

  const startNew = async (shards: readonly Shard[], first: boolean): Promise<void> => {
    const started: Promise<void>[] = [];
    for (const { ShardId: shardId, ParentShardId, AdjacentParentShardId, SequenceNumberRange } of shards) {
      if (shardId === undefined || reading.has(shardId) || finished.has(shardId)) continue;
      // A key moves from the parent to a child: first what the parent has of it.
      if ([ParentShardId, AdjacentParentShardId].some((parent) => parent && reading.has(parent))) continue;
      const latest = first && from === 'LATEST';
      if (latest && SequenceNumberRange?.EndingSequenceNumber) finished.add(shardId);
      else started.push(startReading(shardId, { ShardIteratorType: latest ? 'LATEST' : 'TRIM_HORIZON' }));
    }
    await Promise.all(started);
  };

  const run = async (becomeReady: () => void): Promise<void> => {
    for (let first = true; !signal.aborted; ) {
      const shardEnded = new Promise<void>((resolve) => {
        relist = resolve;
      });
      const shards = await patience.attempt(() => listShards(client, streamName, signal));
      await startNew(shards, first);
      if (signal.aborted) return;
      if (first && shards.length > 0) {
        first = false;
        becomeReady();
      }
      await Promise.race([patience.pause(first ? pollMs : relistMs), shardEnded]);
    }
  };

  let ended: Promise<void> = Promise.resolve();
  const ready = new Promise<void>((resolve, reject) => {
    ended = run(resolve)
      .catch((error: unknown) => {
        if (!signal.aborted) onError(error);
      })
      .then(() => reject(signal.reason));
  });
  // Who does not wait for it must not get an unhandled rejection.
  ready.catch(() => {});

  return {
    ready,
    shardIds: () => [...reading.keys()].sort(),
    hasRead: (instant) =>
      reading.size > 0 && [...reading.keys()].every((shardId) => (ends.get(shardId) ?? 0) >= instant),
    stop: async () => {
      abort();
      options.signal?.removeEventListener('abort', abort);
      await ended;
      await Promise.all(reading.values());
    },
  };
}

async function listShards(client: KinesisClient, streamName: string, abortSignal: AbortSignal): Promise<Shard[]> {
  const shards: Shard[] = [];
  let next: string | undefined;
  do {
    // The service refuses the two together.
    const page = next ? { NextToken: next } : { StreamName: streamName };
    const output = await client.send(new ListShardsCommand(page), { abortSignal });
    shards.push(...(output.Shards ?? []));
    next = output.NextToken;
  } while (next);
  return shards;
}
