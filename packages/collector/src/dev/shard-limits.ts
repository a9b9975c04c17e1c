import { createHash } from 'node:crypto';
import { type KinesisClient, ListShardsCommand } from '@aws-sdk/client-kinesis';

/** An open shard, and the hash keys that are its own. */
export interface ShardRange {
  readonly shardId: string;
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * What a shard takes per second: 1,000 records and 1 MiB, partition keys included.
 * https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html (2026-11)
 */
export const shardLimits: { readonly records: number; readonly bytes: number } = { records: 1_000, bytes: 1_048_576 };

/** The shard of a key is where the MD5 of the key lies, as a number of 128 bits; `ExplicitHashKey` is that number itself. */
export function shardOf(
  shards: readonly ShardRange[],
  partitionKey: string,
  explicitHashKey?: string,
): string | undefined {
  const hash = explicitHashKey
    ? BigInt(explicitHashKey)
    : BigInt(`0x${createHash('md5').update(partitionKey, 'utf8').digest('hex')}`);
  return shards.find(({ first, last }) => hash >= first && hash <= last)?.shardId;
}

/** Lists the open shards of a stream. */
export async function openShards(client: KinesisClient, streamName: string): Promise<ShardRange[]> {
  const shards: ShardRange[] = [];
  let next: string | undefined;
  do {
    // The service refuses the two together.
    const page = next ? { NextToken: next } : { StreamName: streamName };
    const output = await client.send(new ListShardsCommand(page));
    for (const { ShardId: shardId, HashKeyRange: range, SequenceNumberRange } of output.Shards ?? []) {
      if (shardId === undefined || !range || SequenceNumberRange?.EndingSequenceNumber) continue;
      shards.push({ shardId, first: BigInt(range.StartingHashKey ?? 0), last: BigInt(range.EndingHashKey ?? 0) });
    }
    next = output.NextToken;
  } while (next);
  return shards;
}

/** A bucket per shard that a second fills, and records empty. */
export interface ShardBuckets {
  /** Takes a record out of its shard's bucket. @returns Whether there was room for it. */
  take(shard: string, bytes: number, scale: number): boolean;
}

/** @param now Clock, ms. */
export function createShardBuckets(now: () => number): ShardBuckets {
  const buckets = new Map<string, { records: number; bytes: number; at: number }>();
  return {
    take(shard, bytes, scale) {
      const most = { records: shardLimits.records * scale, bytes: shardLimits.bytes * scale };
      const bucket = buckets.get(shard) ?? { ...most, at: now() };
      buckets.set(shard, bucket);
      const seconds = (now() - bucket.at) / 1_000;
      bucket.at = now();
      bucket.records = Math.min(most.records, bucket.records + seconds * most.records);
      bucket.bytes = Math.min(most.bytes, bucket.bytes + seconds * most.bytes);
      // One record always fits into a full bucket, however small the scale: otherwise it could never be put.
      const fits = bucket.records >= Math.min(1, most.records) && bucket.bytes >= Math.min(bytes, most.bytes);
      if (!fits) return false;
      bucket.records -= 1;
      bucket.bytes -= bytes;
      return true;
    },
  };
}
