import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { EmbeddedKinesis } from '../../src/dev/embedded-kinesis.js';

export function clientFor({ endpoint, region, credentials }: EmbeddedKinesis): KinesisClient {
  const requestHandler = new NodeHttpHandler();
  return new KinesisClient({ endpoint, region, credentials, requestHandler, maxAttempts: 1 });
}

/** Puts each text as one record; with enough of them every shard gets some. */
export async function put(
  client: KinesisClient,
  StreamName: string,
  data: readonly (string | Uint8Array)[],
): Promise<void> {
  const Records = data.map((one, index) => ({ Data: Buffer.from(one as string), PartitionKey: `key-${index}` }));
  await client.send(new PutRecordsCommand({ StreamName, Records }));
}

type Found<T> = Exclude<T, false | null | undefined>;

/** Waits until `look` gives something, at most `deadlineMs`. @throws If it never does. */
export async function until<T>(look: () => T | Promise<T>, deadlineMs = 5_000): Promise<Found<T>> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found) return found as Found<T>;
    if (Date.now() > deadline) throw new Error(`Not within ${deadlineMs} ms: ${look}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
