import {
  type _Record,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  type KinesisClient,
} from '@aws-sdk/client-kinesis';
import { disaggregate } from '../sinks/disaggregate.js';
import type { Patience } from './patience.js';
import { PositionLostError, type ReadRecord, type StreamBatch } from './types.js';

/** Where on a shard to begin. */
export type Start =
  | { ShardIteratorType: 'TRIM_HORIZON' | 'LATEST' }
  | { ShardIteratorType: 'AT_SEQUENCE_NUMBER' | 'AFTER_SEQUENCE_NUMBER'; StartingSequenceNumber: string }
  | { ShardIteratorType: 'AT_TIMESTAMP'; Timestamp: Date };

/**
 * Most records of one GetRecords. A shard takes 1,000 a second, and five such calls: whoever is behind catches up at five
 * times the pace, and never holds more than 1,000 of a shard. An emulator in this process takes seconds over 10,000.
 */
const pageRecords = 1_000;

export interface ShardReaderOptions {
  client: KinesisClient;
  streamName: string;
  shardId: string;
  /** `after` is a position that was kept: whether the stream still has it is looked at. */
  start: 'TRIM_HORIZON' | 'LATEST' | { after: string };
  /** The iterator is taken: nothing put from here on is missed. */
  onTaken(): void;
  onBatch(batch: StreamBatch): Promise<void>;
  onError(error: unknown): void;
  /**
   * What was put before `instant` (ms since the Unix epoch) is handed over.
   *
   * @param complete By an answer that had all that there was when the call began, at `instant` by this machine's clock.
   */
  onReadTo(instant: number, complete?: boolean): void;
  /** A call begun at `calledAt` found nothing more: what was put before is handed over. */
  onCaughtUp(calledAt: number): Promise<void>;
  /** Whether the stream no longer lists the shard. */
  isGone(): Promise<boolean>;
  /** From the start of one GetRecords to the start of the next. Unit: ms. */
  pollMs: number;
  patience: Patience;
  signal: AbortSignal;
}

/**
 * Reads one shard to its end, which a shard has only once it was split or merged.
 *
 * @throws What a callback threw, and when it is to stop.
 */
export async function readShard(options: ShardReaderOptions): Promise<void> {
  const { client, streamName, shardId, onTaken, onBatch, onError, onReadTo, onCaughtUp, pollMs, patience } = options;
  const { signal } = options;
  let start = firstStart(options.start);
  /** A kept position, until the shard has shown whether it still has it. */
  let unproved = typeof options.start === 'object' ? options.start.after : undefined;
  let failures = 0;

  /** @returns Whether to go on: not if the shard is gone. */
  const failed = async (error: unknown): Promise<boolean> => {
    if (signal.aborted) throw signal.reason;
    onError(error);
    if (nameOf(error) === 'ResourceNotFoundException' && (await options.isGone())) {
      onError(new Error(`${shardId} is gone from the stream '${streamName}': it is read no further`, { cause: error }));
      return false;
    }
    await patience.backOff(failures++);
    return true;
  };

  const takeIterator = async (): Promise<string | undefined> => {
    for (;;) {
      signal.throwIfAborted();
      try {
        const command = new GetShardIteratorCommand({ StreamName: streamName, ShardId: shardId, ...start });
        return (await client.send(command, { abortSignal: signal })).ShardIterator;
      } catch (error) {
        const position = 'StartingSequenceNumber' in start ? start.StartingSequenceNumber : undefined;
        if (position !== undefined && !signal.aborted && isRefused(error)) {
          onError(new PositionLostError(shardId, position, (error as Error).message, { cause: error }));
          start = { ShardIteratorType: 'TRIM_HORIZON' };
          unproved = undefined;
        } else if (!(await failed(error))) return undefined;
      }
    }
  };

  /** Takes away the record at the kept position, which was handed over in an earlier life. */
  const prove = (records: readonly Whole[]): readonly Whole[] => {
    const position = unproved;
    const [first] = records;
    if (position === undefined || !first) return records;
    unproved = undefined;
    if (first.SequenceNumber === position) return records.slice(1);
    onError(new PositionLostError(shardId, position, 'the stream no longer has that record'));
    return records;
  };

  let iterator = await takeIterator();
  failures = 0;
  let readAt = Date.now();
  onTaken();
  let calledAt = Number.NEGATIVE_INFINITY;
  while (iterator) {
    await patience.pause(calledAt + pollMs - Date.now());
    signal.throwIfAborted();
    calledAt = Date.now();
    let output: GetRecordsCommandOutput;
    try {
      output = await client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: pageRecords }), {
        abortSignal: signal,
      });
    } catch (error) {
      const expired = nameOf(error) === 'ExpiredIteratorException';
      if (!expired && !(await failed(error))) return;
      if (!expired && !isRefused(error)) continue;
      if (start.ShardIteratorType === 'LATEST') start = latestAt(readAt);
      iterator = await takeIterator();
      continue;
    }
    failures = 0;
    readAt = calledAt;
    iterator = output.NextShardIterator;
    const millisBehindLatest = output.MillisBehindLatest ?? 0;
    const whole = prove((output.Records ?? []).filter(isWhole));
    const last = whole.at(-1);
    if (last) {
      const records = whole.flatMap((record) => takeApart(record, shardId, calledAt));
      onReadTo(records[0]?.arrivedAt ?? calledAt - millisBehindLatest);
      await onBatch({ shardId, records, lastSequenceNumber: last.SequenceNumber, millisBehindLatest });
      start = { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: last.SequenceNumber };
    }
    // An emulator that has more may say that it has not.
    const full = (output.Records?.length ?? 0) >= pageRecords;
    if (full && last) onReadTo(arrivalOf(last, calledAt));
    else onReadTo(calledAt - millisBehindLatest, millisBehindLatest === 0);
    signal.throwIfAborted();
    // The service can answer with nothing although more is there; then it says how far behind that is.
    if (!output.Records?.length && millisBehindLatest === 0) await onCaughtUp(calledAt);
  }
}

type Whole = _Record & { Data: Uint8Array; PartitionKey: string; SequenceNumber: string };
const isWhole = (record: _Record): record is Whole =>
  record.Data !== undefined && record.PartitionKey !== undefined && record.SequenceNumber !== undefined;

function takeApart(record: Whole, shardId: string, calledAt: number): ReadRecord[] {
  const { Data: data, PartitionKey: partitionKey, SequenceNumber: sequenceNumber } = record;
  const arrivedAt = arrivalOf(record, calledAt);
  const place = { shardId, sequenceNumber, arrivedAt };
  const parts = disaggregate(data)?.map((part, at) => ({ ...part, ...place, subSequenceNumber: at }));
  return parts ?? [{ data, partitionKey, ...place }];
}

/**
 * A kept position is read again, not only what is after it: of a sequence number that is too old the service says
 * nothing and gives what it still has. The record that lies there tells the two apart.
 */
function firstStart(start: ShardReaderOptions['start']): Start {
  return typeof start === 'object'
    ? { ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber: start.after }
    : { ShardIteratorType: start };
}

/** Where LATEST was, once its iterator is lost. A minute early, since this clock is not the service's. */
function latestAt(readAt: number): Start {
  return { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(readAt - 60_000) };
}

const nameOf = (error: unknown): string => (error as Error).name;
/** What was asked for will not do, however often it is asked for. */
const isRefused = (error: unknown): boolean =>
  ['InvalidArgumentException', 'ValidationException', 'SerializationException'].includes(nameOf(error));

const arrivalOf = ({ ApproximateArrivalTimestamp }: _Record, calledAt: number): number =>
  ApproximateArrivalTimestamp?.getTime() ?? calledAt;
