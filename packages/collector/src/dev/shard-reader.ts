import { GetRecordsCommand, GetShardIteratorCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { disaggregate } from '../sinks/disaggregate.js';
import type { Patience } from './patience.js';

/** A record as it lies on a shard. */
export interface TailRecord {
  data: Uint8Array;
  partitionKey: string;
  shardId: string;
  sequenceNumber: string;
  /** Position within the aggregate that was put as one record; absent for a record that was put alone. */
  subSequenceNumber?: number;
  /** When the stream took it (ApproximateArrivalTimestamp). Unit: ms since the Unix epoch. */
  arrivedAt: number;
}

/** Where on a shard to begin. */
export type Position =
  | { ShardIteratorType: 'TRIM_HORIZON' | 'LATEST' }
  | { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER'; StartingSequenceNumber: string }
  | { ShardIteratorType: 'AT_TIMESTAMP'; Timestamp: Date };

export interface ShardReaderOptions {
  client: KinesisClient;
  streamName: string;
  shardId: string;
  start: Position;
  /** The iterator is taken: nothing put from here on is missed. */
  onTaken(): void;
  onRecord(record: TailRecord): void;
  onError(error: unknown): void;
  /** A call begun at `calledAt` (ms since the Unix epoch) found nothing more: what was put before is read. */
  onEnd(calledAt: number): void;
  /** From the start of one GetRecords to the start of the next. Unit: ms. */
  pollMs: number;
  patience: Patience;
  signal: AbortSignal;
}

/** Reads one shard to its end, which a shard has only once it was split or merged. @throws Only when it is to stop. */
export async function readShard(options: ShardReaderOptions): Promise<void> {
  const { client, streamName, shardId, onTaken, onRecord, onError, onEnd, pollMs, patience, signal } = options;

  const takeIterator = (from: Position): Promise<string | undefined> =>
    patience.attempt(async () => {
      const command = new GetShardIteratorCommand({ StreamName: streamName, ShardId: shardId, ...from });
      return (await client.send(command, { abortSignal: signal })).ShardIterator;
    });

  let position = options.start;
  let iterator = await takeIterator(position);
  let readAt = Date.now();
  onTaken();
  let calledAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  while (iterator) {
    await patience.pause(calledAt + pollMs - Date.now());
    signal.throwIfAborted();
    calledAt = Date.now();
    try {
      const output = await client.send(new GetRecordsCommand({ ShardIterator: iterator }), { abortSignal: signal });
      failures = 0;
      readAt = calledAt;
      iterator = output.NextShardIterator;
      // The service can answer with nothing although more is there; then it says how far behind that is.
      if (!output.Records?.length && !output.MillisBehindLatest) onEnd(calledAt);
      for (const { Data, PartitionKey, SequenceNumber, ApproximateArrivalTimestamp } of output.Records ?? []) {
        signal.throwIfAborted();
        if (Data === undefined || PartitionKey === undefined || SequenceNumber === undefined) continue;
        position = { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: SequenceNumber };
        const arrivedAt = ApproximateArrivalTimestamp?.getTime() ?? calledAt;
        const place = { shardId, sequenceNumber: SequenceNumber, arrivedAt };
        const parts = disaggregate(Data)?.map((part, at) => ({ ...part, ...place, subSequenceNumber: at }));
        for (const record of parts ?? [{ data: Data, partitionKey: PartitionKey, ...place }]) {
          try {
            onRecord(record);
          } catch (error) {
            onError(error);
          }
        }
      }
    } catch (error) {
      if (signal.aborted) throw error;
      if ((error as Error).name === 'ExpiredIteratorException') {
        iterator = await takeIterator(position.ShardIteratorType === 'LATEST' ? latestAt(readAt) : position);
      } else {
        onError(error);
        await patience.backOff(failures++);
      }
    }
  }
}

/** Where LATEST was, once its iterator is lost. A minute early, since this clock is not the service's. */
function latestAt(readAt: number): Position {
  return { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(readAt - 60_000) };
}
