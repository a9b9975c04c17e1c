import { type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { checkText } from '../options.js';
import { createBackOff, mayPass, type RetryOptions, retryDefaults } from './retry.js';
import type { WindowRow } from './row.js';

export interface RowPutOptions extends RetryOptions {
  /** Give it `maxAttempts: 1`: the SDK repeats whole calls, this repeats the records that failed. */
  client: KinesisClient;
  /** The second stream. */
  streamName: string;
}

/** 500 records and 5 MiB of data and keys: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
const maxRecords = 500;
const maxBytes = 4_500_000;
/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html */
const maxKeyLength = 256;

interface Entry {
  readonly Data: Uint8Array;
  readonly PartitionKey: string;
}

/**
 * Makes what puts rows on the second stream, each one record of JSON, by `user_id`: all rows of a user come to one shard,
 * so that one reader judges them.
 *
 * @throws {TypeError} If an option is missing.
 * @returns Rejects when rows are not on the stream after the last try. Others may be: put them all again.
 */
export function createRowPut(options: RowPutOptions): (rows: readonly WindowRow[]) => Promise<void> {
  const { client, streamName, signal } = options;
  checkText('streamName', streamName);
  const maxAttempts = options.maxAttempts ?? retryDefaults.maxAttempts;
  const backOff = createBackOff(options);

  const putAll = async (entries: readonly Entry[]): Promise<void> => {
    let left = entries;
    for (let attempt = 1; ; attempt++) {
      let why: unknown;
      signal?.throwIfAborted();
      try {
        const { Records = [] } = await client.send(
          new PutRecordsCommand({ StreamName: streamName, Records: [...left] }),
          signal ? { abortSignal: signal } : {},
        );
        const failed = left.filter((_, index) => !Records[index]?.SequenceNumber);
        if (failed.length === 0) return;
        const { ErrorCode = 'no answer', ErrorMessage = '' } = Records.find(({ ErrorCode }) => ErrorCode) ?? {};
        why = new Error(`${ErrorCode}: ${ErrorMessage}`);
        left = failed;
      } catch (error) {
        if (!mayPass(error)) throw new Error(describe(left.length, streamName, attempt), { cause: error });
        why = error;
      }
      if (attempt >= maxAttempts) throw new Error(describe(left.length, streamName, attempt), { cause: why });
      await backOff(attempt);
    }
  };

  return async (rows) => {
    for (const entries of split(rows)) await putAll(entries);
  };
}

const describe = (rows: number, streamName: string, tries: number): string =>
  `${rows} rows of counts could not be put on the stream '${streamName}' (tries: ${tries})`;

function* split(rows: readonly WindowRow[]): Generator<Entry[]> {
  let entries: Entry[] = [];
  let bytes = 0;
  for (const row of rows) {
    const entry = { Data: Buffer.from(JSON.stringify(row)), PartitionKey: keyOf(row.user_id) };
    const size = entry.Data.byteLength + Buffer.byteLength(entry.PartitionKey);
    if (entries.length === maxRecords || (entries.length > 0 && bytes + size > maxBytes)) {
      yield entries;
      entries = [];
      bytes = 0;
    }
    entries.push(entry);
    bytes += size;
  }
  if (entries.length > 0) yield entries;
}

/** A character may take two places, and is not cut in half. */
const keyOf = (user: string): string =>
  user.length <= maxKeyLength ? user : [...user].slice(0, maxKeyLength / 2).join('');
