import { type KinesisClient, PutRecordsCommand, type PutRecordsResultEntry } from '@aws-sdk/client-kinesis';
import type { Sink, SinkFailure, SinkRecord } from '../core/types.js';

export interface KinesisSinkOptions {
  /** Client to call with; `createKinesisClient` makes one that keeps its connections. */
  client: KinesisClient;
  streamName: string;
  /** Most calls for one record, the first included. @default 5 */
  maxAttempts?: number | undefined;
  /** No call for a record begins later than this after the first. Unit: ms. @default 5_000 */
  deadlineMs?: number | undefined;
  /** Longest wait before the second call; it doubles with each further one, with full jitter. Unit: ms. @default 50 */
  baseDelayMs?: number | undefined;
  /** Chance in [0, 1). @default Math.random */
  random?: (() => number) | undefined;
  /** Clock, ms. @default Date.now */
  now?: (() => number) | undefined;
  /** Waits. @default setTimeout */
  sleep?: ((ms: number) => Promise<void>) | undefined;
}

/**
 * Bounds of one PutRecords call: 500 records; 10 MiB of data and keys, of which we use less than half, as emulators and
 * proxies take less. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html (2026-11)
 */
export const putRecordsLimits: { readonly records: number; readonly bytes: number } = {
  records: 500,
  bytes: 4_000_000,
};

/** Answers that do not get better by asking again: the record or the call itself is wrong. */
const final = new Set(['ValidationException', 'InvalidArgumentException', 'SerializationException']);

/**
 * Puts records on a Kinesis stream. Only the records that failed are put again, so that after a failure the records of
 * one key can stand in another order: `session_seq` has theirs.
 *
 * @throws {TypeError} If the stream name is none.
 */
export function createKinesisSink(options: KinesisSinkOptions): Sink {
  const { client, streamName, maxAttempts = 5, deadlineMs = 5_000, baseDelayMs = 50 } = options;
  const { random = Math.random, now = Date.now } = options;
  if (!/^[\w.-]{1,128}$/.test(streamName)) {
    throw new TypeError(`streamName: 1–128 letters, digits, _ . or - are needed, got ${JSON.stringify(streamName)}`);
  }
  const sleep = options.sleep ?? ((ms) => new Promise<void>((resolve) => setTimeout(resolve, ms)));

  const call = async (entries: readonly Entry[]): Promise<Outcome[]> => {
    try {
      const { Records: results = [] } = await client.send(
        new PutRecordsCommand({
          StreamName: streamName,
          Records: entries.map(({ data, partitionKey }) => ({ Data: data, PartitionKey: partitionKey })),
        }),
      );
      return entries.map((_, at) => toOutcome(results[at]));
    } catch (error) {
      const { name, message } = error as Error;
      // One wrong record fails the whole call: alone, it fails alone.
      if (final.has(name) && entries.length > 1) {
        const half = entries.length >> 1;
        return [...(await call(entries.slice(0, half))), ...(await call(entries.slice(half)))];
      }
      return entries.map(() => ({
        retryable: !final.has(name),
        message: `PutRecords on ${streamName}: ${name}: ${message}`,
      }));
    }
  };

  const putBatch = async (batch: readonly Entry[], deadlineAt: number): Promise<SinkFailure[]> => {
    const failures: SinkFailure[] = [];
    let pending = batch;
    for (let attempt = 1; ; attempt++) {
      const outcomes = await call(pending);
      const again: Entry[] = [];
      for (const [at, entry] of pending.entries()) {
        const outcome = outcomes[at];
        if (outcome === undefined) continue;
        if (outcome.retryable && attempt < maxAttempts && now() < deadlineAt) again.push(entry);
        else failures.push({ index: entry.index, ...outcome });
      }
      if (again.length === 0) return failures;
      pending = again;
      await sleep(random() * baseDelayMs * 2 ** (attempt - 1));
    }
  };

  return {
    async put(records) {
      const failures: SinkFailure[] = [];
      const deadlineAt = now() + deadlineMs;
      for (const batch of split(records)) failures.push(...(await putBatch(batch, deadlineAt)));
      return failures.sort((a, b) => a.index - b.index);
    },
  };
}

interface Entry {
  readonly index: number;
  readonly data: Uint8Array;
  readonly partitionKey: string;
}
/** Nothing when the record is on the stream. */
type Outcome = Omit<SinkFailure, 'index'> | undefined;

function toOutcome(result: PutRecordsResultEntry | undefined): Outcome {
  if (result?.SequenceNumber) return undefined;
  const code = result?.ErrorCode ?? 'no answer for the record';
  return { retryable: !final.has(code), message: `${code}: ${result?.ErrorMessage ?? ''}` };
}

/** One call after the other: only the records of the running one are held as bytes. */
function* split(records: readonly SinkRecord[]): Generator<Entry[]> {
  const encoder = new TextEncoder();
  let batch: Entry[] = [];
  let bytes = 0;
  for (const [index, { data, partitionKey }] of records.entries()) {
    const entry = { index, data: encoder.encode(data), partitionKey };
    const size = entry.data.byteLength + encoder.encode(partitionKey).byteLength;
    if (batch.length === putRecordsLimits.records || (batch.length > 0 && bytes + size > putRecordsLimits.bytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(entry);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
