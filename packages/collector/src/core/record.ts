import { fields } from '@rastro/schema';
import type { SinkRecord } from './types.js';

const order = Object.keys(fields);

/**
 * Chooses the shard: records of one category stay in order.
 *
 * @returns 1–256 characters: Kinesis refuses an empty key and a longer one
 *   (https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html). Ids have at most 128.
 */
export function partitionKey(record: Readonly<Record<string, unknown>>): string {
  const key = chooseKey(record);
  // Ids are bounded by characters, of which each may take two places here.
  return key.length > 256 ? [...key].slice(0, 128).join('') : key;
}

function chooseKey(record: Readonly<Record<string, unknown>>): string {
  const { category_id, category_code, product_id, session_id, device_id, customer_id } = record;
  if (category_id !== undefined) return String(category_id);
  if (category_code !== undefined) return String(category_code);
  if (product_id !== undefined) return `p:${product_id}`;
  if (session_id !== undefined) return `s:${session_id}`;
  if (device_id !== undefined) return `d:${device_id}`;
  return `c:${customer_id}`;
}

/** Writes a flat record as the stream carries it: fields in the order of the contract, absent ones left out. */
export function toRecord(flat: Readonly<Record<string, unknown>>, putAt: string): SinkRecord {
  const record: Record<string, unknown> = {};
  for (const name of order) {
    const value = name === 'txn_timestamp' ? putAt : flat[name];
    if (value !== undefined) record[name] = value;
  }
  const { site, event_type, event_id } = record;
  return {
    id: `${site}\n${event_type}\n${event_id}`,
    partitionKey: partitionKey(record),
    data: JSON.stringify(record),
  };
}
