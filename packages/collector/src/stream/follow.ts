import { setMaxListeners } from 'node:events';
import type { Shard } from '@aws-sdk/client-kinesis';
import { listShards } from './list-shards.js';
import { createPatience } from './patience.js';
import { readShard, type ShardReaderOptions } from './shard-reader.js';
import type { Follower, FollowOptions } from './types.js';

/** 5 GetRecords per second and shard: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
const minPollMs = 200;
const relistMs = 10_000;

/**
 * Reads every shard of a stream until stopped, and shards that a split or a merge adds once their parents are read: what
 * one partition key has comes in its order. A parent that the stream no longer lists counts as read.
 *
 * @throws {TypeError} If `pollMs` is below 200.
 */
export function followStream(options: FollowOptions): Follower {
  const { client, streamName, from = 'TRIM_HORIZON', onBatch, onError = () => {}, pollMs = minPollMs } = options;
  if (!(pollMs >= minPollMs)) throw new TypeError(`pollMs must be at least ${minPollMs}, got ${pollMs}`);
  const stopping = new AbortController();
  const { signal } = stopping;
  // Each shard listens, however many there are.
  setMaxListeners(0, signal);
  const abort = (): void => stopping.abort(new Error(`The follower of '${streamName}' was stopped`));
  if (options.signal?.aborted) abort();
  options.signal?.addEventListener('abort', abort, { once: true });
  const patience = createPatience(signal, pollMs, onError);

  const reading = new Map<string, Reading>();
  const finished = new Set<string>();
  /** Shards that have ended, and how many of them had when the shards were last listed: what came later has children yet unknown. */
  let ends = 0;
  let listedEnds = -1;
  /** When the last list of shards was asked for, and how many of its shards wait for their parents. */
  let listedAt = Number.NEGATIVE_INFINITY;
  let waiting = 0;
  let relist = (): void => {};
  let failure: { readonly error: unknown } | undefined;

  const fail = (error: unknown): void => {
    failure ??= { error };
    abort();
  };

  /** @returns When the shard has its iterator, or needs none. */
  const startReading = (shardId: string, start: ShardReaderOptions['start']): Promise<void> =>
    new Promise((onTaken) => {
      const never = Number.NEGATIVE_INFINITY;
      const state: Reading = { caughtUpAt: never, readTo: never, end: Promise.resolve() };
      const read = async (): Promise<void> => {
        await readShard({
          client,
          streamName,
          shardId,
          start,
          onTaken,
          onBatch,
          onError,
          // On a busy shard no call finds nothing: one that had all there was says as much.
          onReadTo: (instant, complete = false) => {
            state.readTo = instant;
            if (complete) state.caughtUpAt = instant;
          },
          onCaughtUp: async (calledAt) => {
            await options.onCaughtUp?.(shardId, calledAt);
          },
          isGone: async () => {
            const shards = await listShards(client, streamName, signal).catch(() => []);
            return shards.length > 0 && !shards.some(({ ShardId }) => ShardId === shardId);
          },
          pollMs,
          patience,
          signal,
        });
        // Its children are not read yet.
        state.caughtUpAt = never;
        await options.onShardEnd?.(shardId);
        finished.add(shardId);
        ends++;
      };
      state.end = read()
        .catch((error: unknown) => {
          // A callback may fail while it is being stopped, and that is to be known.
          if (!signal.aborted || error !== signal.reason) fail(error);
        })
        .finally(() => {
          reading.delete(shardId);
          onTaken();
          relist();
        });
      reading.set(shardId, state);
    });

  const startNew = (shards: readonly Shard[], first: boolean): Promise<void>[] => {
    const started: Promise<void>[] = [];
    const parentsOf = ({ ParentShardId, AdjacentParentShardId }: Shard): string[] =>
      [ParentShardId, AdjacentParentShardId].filter((parent) => parent !== undefined);
    const byId = new Map(shards.map((shard) => [shard.ShardId, shard]));
    const isRead = (shardId: string): boolean => finished.has(shardId) || (!byId.has(shardId) && !reading.has(shardId));
    /** Whether the shard, or one it came from, was read in an earlier life: then all of it is new, not only what comes. */
    const wasFollowed = (shardId: string): boolean => {
      if (options.startAfter?.(shardId) !== undefined) return true;
      const shard = byId.get(shardId);
      return shard !== undefined && parentsOf(shard).some(wasFollowed);
    };
    // What ended in an earlier life, or before the reader came, is known before its children are looked at.
    const starts = new Map<string, ShardReaderOptions['start']>();
    for (const { ShardId: shardId, SequenceNumberRange } of shards) {
      if (shardId === undefined || reading.has(shardId) || finished.has(shardId)) continue;
      const position = options.startAfter?.(shardId);
      const latest = first && from === 'LATEST' && !wasFollowed(shardId);
      if (position === 'END') finished.add(shardId);
      else if (position !== undefined) starts.set(shardId, { after: position });
      else if (latest && SequenceNumberRange?.EndingSequenceNumber) finished.add(shardId);
      else starts.set(shardId, latest ? 'LATEST' : 'TRIM_HORIZON');
    }
    for (const shard of shards) {
      const { ShardId: shardId = '' } = shard;
      const start = starts.get(shardId);
      // A key moves from the parent to a child: first what the parent has of it.
      if (start === undefined || !parentsOf(shard).every(isRead)) continue;
      started.push(startReading(shardId, start));
    }
    waiting = starts.size - started.length;
    return started;
  };

  const run = async (becomeReady: () => void): Promise<void> => {
    for (let first = true; !signal.aborted; ) {
      const shardEnded = new Promise<void>((resolve) => {
        relist = resolve;
      });
      const endsBefore = ends;
      let calledAt = 0;
      const shards = await patience.attempt(() => {
        calledAt = Date.now();
        return listShards(client, streamName, signal);
      });
      const started = startNew(shards, first);
      listedEnds = endsBefore;
      listedAt = calledAt;
      if (first && shards.length > 0) {
        first = false;
        void Promise.all(started).then(() => {
          if (!signal.aborted) becomeReady();
        });
      }
      await Promise.race([patience.pause(first ? pollMs : relistMs), shardEnded]);
    }
  };

  let ended: Promise<void> = Promise.resolve();
  const ready = new Promise<void>((resolve, reject) => {
    ended = run(resolve)
      .catch((error: unknown) => {
        if (!signal.aborted) fail(error);
      })
      .then(async () => {
        await Promise.all([...reading.values()].map(({ end }) => end));
        options.signal?.removeEventListener('abort', abort);
        reject(failure ? failure.error : signal.reason);
        if (failure) throw failure.error;
      });
  });
  // Who does not wait for them must not get an unhandled rejection.
  ready.catch(() => {});
  ended.catch(() => {});

  return {
    ready,
    ended,
    shardIds: () => [...reading.keys()].sort(),
    hasRead: (instant) => {
      const read =
        listedEnds === ends &&
        waiting === 0 &&
        reading.size > 0 &&
        [...reading.values()].every(({ caughtUpAt }) => caughtUpAt >= instant);
      // A shard may have been split before the instant: what was put then lies in shards that are not known yet.
      if (read && listedAt < instant) relist();
      return read && listedAt >= instant;
    },
    lagMs: () => Math.max(0, ...[...reading.values()].map(({ readTo }) => Date.now() - readTo)),
    stop: async () => {
      abort();
      await ended.catch(() => {});
    },
  };
}

interface Reading {
  /** When the last call began whose answer had all that there was. */
  caughtUpAt: number;
  /** What was put before this instant is handed over. */
  readTo: number;
  /** Never rejects. */
  end: Promise<void>;
}
