import { createHash } from 'node:crypto';
import { type KinesisClient, ListShardsCommand } from '@aws-sdk/client-kinesis';

/** Where the open shards of a stream begin: hash keys as 32 hexadecimal digits, ascending, the first all zeros. */
export type ShardStarts = readonly string[];

/**
 * Asks for the open shards of a stream.
 *
 * @throws What the client throws, such as AccessDeniedException without `kinesis:ListShards`.
 */
export async function listShardStarts(client: KinesisClient, streamName: string): Promise<ShardStarts> {
  const starts: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new ListShardsCommand(NextToken === undefined ? { StreamName: streamName } : { NextToken }),
    );
    for (const { HashKeyRange, SequenceNumberRange } of page.Shards ?? []) {
      // A shard that was split or merged has an end, and takes no more records.
      if (SequenceNumberRange?.EndingSequenceNumber === undefined && HashKeyRange?.StartingHashKey !== undefined)
        starts.push(BigInt(HashKeyRange.StartingHashKey).toString(16).padStart(32, '0'));
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return starts.sort();
}

/** As many equal ranges: lanes for a stream whose shards are not known. */
export function equalStarts(count: number): ShardStarts {
  const width = 2n ** 128n / BigInt(count);
  return Array.from({ length: count }, (_, at) => (BigInt(at) * width).toString(16).padStart(32, '0'));
}

/** Keys remembered with their shard; there are some hundred categories, and sessions without one. */
const maxKeys = 10_000;

/** Finds the shard of a key: Kinesis hashes it with MD5 (https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html). */
export function createShardFinder(starts: ShardStarts): (partitionKey: string) => number {
  const known = new Map<string, number>();
  return (partitionKey) => {
    let shard = known.get(partitionKey);
    if (shard === undefined) {
      const hash = createHash('md5').update(partitionKey).digest('hex');
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] as string) <= hash) low = middle;
        else high = middle - 1;
      }
      shard = low;
      if (known.size >= maxKeys) known.clear();
      known.set(partitionKey, shard);
    }
    return shard;
  };
}
