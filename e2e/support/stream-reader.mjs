// Reads a whole Kinesis stream with the plain AWS SDK, as a reader who knows nothing of Rastro: a line of JSON per record.
// Usage: node stream-reader.mjs ENDPOINT REGION STREAM
import { GetRecordsCommand, GetShardIteratorCommand, KinesisClient, ListShardsCommand } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';

const [endpoint, region, StreamName] = process.argv.slice(2);
const client = new KinesisClient({
  endpoint,
  region,
  credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  requestHandler: new NodeHttpHandler(),
});
const { Shards } = await client.send(new ListShardsCommand({ StreamName }));
for (const { ShardId } of Shards) {
  const start = await client.send(
    new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
  );
  for (let iterator = start.ShardIterator; iterator; ) {
    const { Records, NextShardIterator } = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
    if (Records.length === 0) break;
    for (const { PartitionKey, Data } of Records) {
      const record = JSON.parse(new TextDecoder().decode(Data));
      process.stdout.write(`${JSON.stringify({ shard: ShardId, partitionKey: PartitionKey, record })}\n`);
    }
    iterator = NextShardIterator;
  }
}
client.destroy();
