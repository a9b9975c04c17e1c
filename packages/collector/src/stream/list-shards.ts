import { type KinesisClient, ListShardsCommand, type Shard } from '@aws-sdk/client-kinesis';

/** Every shard the stream still has something of, closed ones too. */
export async function listShards(
  client: KinesisClient,
  streamName: string,
  abortSignal: AbortSignal,
): Promise<Shard[]> {
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
