import type { KinesisClient } from '@aws-sdk/client-kinesis';

/** A record as it was put: aggregates of the Kinesis Producer Library are taken apart. */
export interface ReadRecord {
  readonly data: Uint8Array;
  readonly partitionKey: string;
  readonly shardId: string;
  readonly sequenceNumber: string;
  /** Position within an aggregate; absent for a record that was put alone. */
  readonly subSequenceNumber?: number;
  /** When the stream took it (ApproximateArrivalTimestamp). Unit: ms since the Unix epoch. */
  readonly arrivedAt: number;
}

/** What one call of GetRecords brought. Only a batch of aggregates that hold nothing has no records. */
export interface StreamBatch {
  readonly shardId: string;
  /** In the order of the shard. Those of one aggregate share a sequence number and are all here. */
  readonly records: readonly ReadRecord[];
  /** To go on after: the position that a checkpoint keeps. That of a whole Kinesis record, never within an aggregate. */
  readonly lastSequenceNumber: string;
  /** How far the shard's end is ahead. Unit: ms. */
  readonly millisBehindLatest: number;
}

/** Where a shard was read to: a sequence number, or its end. */
export type ShardPosition = string | 'END';

export interface FollowOptions {
  /** Give it `maxAttempts: 1`: retries are paced by the reader. */
  client: KinesisClient;
  streamName: string;
  /** Where shards begin that no position is known of; those of a later split or merge are read whole. @default 'TRIM_HORIZON' */
  from?: 'TRIM_HORIZON' | 'LATEST';
  /**
   * Asked before a shard is begun. With a sequence number that the stream no longer has, or never had,
   * `onError` gets a `PositionLostError`, and the shard is read from the oldest record it still has.
   *
   * @returns The position to go on after; nothing for a shard that was never read.
   */
  startAfter?(shardId: string): ShardPosition | undefined;
  /** One at a time for each shard; the next GetRecords of the shard waits for it. What it throws stops the follower. */
  onBatch(batch: StreamBatch): Promise<void>;
  /**
   * A call begun at `instant` (ms since the Unix epoch, this machine's clock) found nothing more on the shard. Never at the
   * same time as `onBatch` for that shard. What it throws stops the follower.
   */
  onCaughtUp?(shardId: string, instant: number): Promise<void>;
  /**
   * A shard that was split or merged is read to its end, or is gone with what it had. Its children are read only when this
   * has resolved. Keep `END` as its position, so that a later life neither reads it again nor waits for it.
   * What it throws stops the follower.
   */
  onShardEnd?(shardId: string): Promise<void>;
  /** What went wrong. It goes on by itself, with back-off. */
  onError?(error: unknown): void;
  /** Between two calls of GetRecords for one shard. At least 200: a shard takes 5 a second from all readers. Unit: ms. @default 200 */
  pollMs?: number;
  /** Stops it, as `stop()` does. */
  signal?: AbortSignal;
}

export interface Follower {
  /** Every shard has its iterator. Rejects when stopped before. */
  readonly ready: Promise<void>;
  /** Rejects with what a callback threw; resolves when stopped. */
  readonly ended: Promise<void>;
  /** The shards being read, in order. */
  shardIds(): string[];
  /** Whether all that was put before `instant` (ms since the Unix epoch, this machine's clock) has been handed over. */
  hasRead(instant: number): boolean;
  /** All that was put longer ago than this has been handed over, on the slowest shard; Infinity for one that has not answered yet. Unit: ms. */
  lagMs(): number;
  /** Waits for what is being handed over. When it resolves nothing is handed over any more. Never rejects. */
  stop(): Promise<void>;
}

/** What lay between the position and the oldest record that the shard still has may be lost. */
export class PositionLostError extends Error {
  override readonly name = 'PositionLostError';
  readonly shardId: string;
  /** The sequence number to go on after. */
  readonly position: string;

  constructor(shardId: string, position: string, why: string, options?: ErrorOptions) {
    super(
      `${shardId}: cannot go on after ${position}: ${why}. It is read from the oldest record it has; what lay between may be lost`,
      options,
    );
    this.shardId = shardId;
    this.position = position;
  }
}
