import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance, type Json } from '@duckdb/node-api';
import { type LakeFile, type LakeOptions, type LakeWriter, openLakeWriter, readManifest } from '../../src/lake.js';
import type { ReadRecord, StreamBatch } from '../../src/reader/follow.js';
import { afterwards, scratch } from '../support/scratch.js';

export { afterwards, scratch };

export const stream = 'clicks@2026-11-20T00:00:00.000Z';
/** 2026-11-21, after all events of the tests. */
export const noon = Date.parse('2026-11-21T12:00:00Z');

/** A writer of which nothing happens by itself, unless asked for. */
export async function open(directory: string, options: Partial<LakeOptions> = {}): Promise<LakeWriter> {
  const writer = await openLakeWriter({
    directory,
    stream,
    flushMs: 900_000,
    autoCompact: false,
    now: () => noon,
    onError(error) {
      throw error;
    },
    ...options,
  });
  afterwards(() => writer.close().catch(() => {}));
  return writer;
}

export const uuid = (number: number): string => `01936d2e-7c1a-7e3b-9f60-${number.toString(16).padStart(12, '0')}`;

/** A record of the stream, as the collector writes it. */
export const event = (number: number, given: Record<string, unknown> = {}): Record<string, unknown> => ({
  event_id: uuid(number),
  event_type: 'view',
  event_time: '2026-11-20T09:30:00.123Z',
  event_time_raw: 1795253400123,
  received_at: '2026-11-20T09:30:01.004Z',
  txn_timestamp: '2026-11-20T09:30:01.005Z',
  site: 'demo',
  source: 'web',
  device_id: `d-${number}`,
  product_id: '44600062',
  category_id: '2053013552326770905',
  category_code: 'appliances.environment.water_heater',
  price: 35.79,
  currency: 'USD',
  is_bot: false,
  ...given,
});

let nextSequence = 1;
/** A batch of one shard; sequence numbers go on from call to call. What is no text or bytes becomes JSON. */
export function batch(records: readonly unknown[], shardId = 'shardId-000000000000'): StreamBatch {
  const read = records.map((record): ReadRecord => {
    const data =
      record instanceof Uint8Array ? record : Buffer.from(typeof record === 'string' ? record : JSON.stringify(record));
    const sequenceNumber = String(nextSequence++).padStart(56, '4');
    return { data, partitionKey: 'p', shardId, sequenceNumber, arrivedAt: Date.parse('2026-11-20T23:59:59.5Z') };
  });
  return { shardId, records: read, lastSequenceNumber: read.at(-1)?.sequenceNumber ?? '', millisBehindLatest: 0 };
}

/** Asks a DuckDB that knows nothing of the lake's code. Cells are JSON: 64-bit numbers and decimals are text. */
export async function sql(query: string): Promise<Json[][]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(query)).getRowsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Paths of the files that the manifest names, as a list in SQL. */
export async function pathsOf(directory: string, dataset: LakeFile['dataset']): Promise<string> {
  const { files } = await readManifest(directory);
  const paths = files.filter((file) => file.dataset === dataset).map(({ path }) => `'${join(directory, path)}'`);
  return `[${paths.join(', ')}]`;
}

/** For `read_csv`: RFC 4180, and nothing guessed. */
export const csvOptions: string = `header = true, delim = ',', quote = '"', escape = '"', nullstr = 'no such text', all_varchar = true, auto_detect = false, hive_partitioning = false, columns = {customerid: 'varchar', deviceid: 'varchar', productid: 'varchar', productcategory: 'varchar', productsubcategory: 'varchar', activitytype: 'varchar'}`;

/** The folder of genuine rows, where it is there. */
export const data: string = join(import.meta.dirname, '../../../../../shared/data');
export const hasData: boolean = existsSync(data);
