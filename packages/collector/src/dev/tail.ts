import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { followStream } from '../stream/follow.js';
import type { ReadRecord } from '../stream/types.js';

/** A record as it lies on a shard. */
export type TailRecord = ReadRecord;

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

/**
 * Reads every shard of a stream until stopped, and shards that a split or a merge adds once their parents are read: a
 * follower that keeps no positions and lets nobody wait.
 *
 * @throws {TypeError} If `pollMs` is below 200.
 */
export function tailStream(options: TailOptions): Tail {
  const { onRecord, onError = () => {}, signal, ...rest } = options;
  let stopped = false;
  const follower = followStream({
    ...rest,
    onError,
    ...(signal ? { signal } : {}),
    onBatch: async ({ records }) => {
      for (const record of records) {
        if (stopped || signal?.aborted) return;
        try {
          onRecord(record);
        } catch (error) {
          onError(error);
        }
      }
    },
  });
  const ready = follower.ready.catch(() => {
    throw new Error(`The tail of '${options.streamName}' was stopped`);
  });
  // Who does not wait for it must not get an unhandled rejection.
  ready.catch(() => {});
  return {
    ready,
    shardIds: follower.shardIds,
    hasRead: follower.hasRead,
    stop: () => {
      stopped = true;
      return follower.stop();
    },
  };
}
