import type { TailRecord } from './tail.js';

/** Which stream a record came from: the events, or the dead letters. */
export type SeenList = 'good' | 'bad';

/** A record of a stream, as `/dev/events` and the feed show it. */
export interface SeenRecord {
  list: SeenList;
  /** One line of JSON: `record` or `dead_letter` parsed (or `raw` and `raw_encoding`), and where on the stream it lies. */
  json: string;
  /** What the data was, where it was JSON. */
  value: unknown;
  partitionKey: string;
  shardId: string;
  /** Unit: ms since the Unix epoch. */
  arrivedAt: number;
}

/** Data that is not JSON is shown as what it is: text, or base64 where it is not UTF-8. Never throws. */
export function seeRecord(list: SeenList, record: TailRecord): SeenRecord {
  const { partitionKey, shardId, sequenceNumber, subSequenceNumber, arrivedAt } = record;
  const place = {
    partition_key: partitionKey,
    shard_id: shardId,
    sequence_number: sequenceNumber,
    ...(subSequenceNumber === undefined ? {} : { sub_sequence_number: subSequenceNumber }),
    arrived_at: new Date(arrivedAt).toISOString(),
  };
  const seen = { list, partitionKey, shardId, arrivedAt };
  const text = decodeText(record.data);
  if (text !== undefined) {
    try {
      const value: unknown = JSON.parse(text);
      const json = JSON.stringify({ [list === 'good' ? 'record' : 'dead_letter']: value, ...place });
      return { ...seen, json, value };
    } catch {
      // Not JSON, or nested too deeply to write again.
    }
  }
  const raw =
    text === undefined
      ? { raw: Buffer.from(record.data).toString('base64'), raw_encoding: 'base64' }
      : { raw: text, raw_encoding: 'utf8' };
  return { ...seen, json: JSON.stringify({ ...raw, ...place }), value: undefined };
}

function decodeText(data: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch {
    return undefined;
  }
}
