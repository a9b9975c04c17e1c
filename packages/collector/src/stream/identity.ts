import { DescribeStreamSummaryCommand, type KinesisClient } from '@aws-sdk/client-kinesis';

/**
 * Tells a stream from another of its name, made after it was deleted: positions on the one mean nothing on the other.
 *
 * @returns Name and instant of creation: `shop-events@2026-11-21T06:42:00.000Z`.
 * @throws What the service throws, such as ResourceNotFoundException.
 */
export async function identifyStream(
  client: KinesisClient,
  streamName: string,
  abortSignal?: AbortSignal,
): Promise<string> {
  const command = new DescribeStreamSummaryCommand({ StreamName: streamName });
  const { StreamDescriptionSummary } = await client.send(command, abortSignal ? { abortSignal } : {});
  const createdAt = StreamDescriptionSummary?.StreamCreationTimestamp;
  return `${streamName}@${createdAt === undefined ? 'unknown' : createdAt.toISOString()}`;
}
