import { disaggregate } from '@rastro/collector/aggregates';
import type { KinesisEvent, KinesisEventRecord } from '../lambda-event.js';
import type { ReadRecord } from './follow.js';
import { parseRecord } from './record.js';

/** What is the same in all records of a function's events. */
export interface EventSource {
  readonly awsRegion: string;
  readonly eventSourceARN: string;
  readonly invokeIdentityArn: string;
}

/** A record as Lambda hands it over. https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html */
export function toEventRecord(record: ReadRecord, source: EventSource): KinesisEventRecord {
  const { data, partitionKey, sequenceNumber, shardId, arrivedAt } = record;
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey,
      sequenceNumber,
      data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
      approximateArrivalTimestamp: arrivedAt / 1_000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${shardId}:${sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    ...source,
  };
}

/**
 * Takes aggregates of the Kinesis Producer Library apart, which Lambda hands over as they are: each user record becomes a
 * record of its own, with the sequence number of its aggregate. What fails of an aggregate fails with all of it.
 *
 * @returns The same event when there is nothing to take apart, as in one from the embedded reader.
 */
export function expandAggregates<Event extends KinesisEvent>(event: Event): Event {
  let found = false;
  const records = event.Records.flatMap((record) => {
    const parts = disaggregate(Buffer.from(record.kinesis.data, 'base64'));
    if (!parts) return [record];
    found = true;
    return parts.map(({ partitionKey, data }) => ({
      ...record,
      kinesis: { ...record.kinesis, partitionKey, data: Buffer.from(data).toString('base64') },
    }));
  });
  return found ? { ...event, Records: records } : event;
}

interface Place {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  /** Unit: ms since the Unix epoch. */
  readonly arrivedAt: number;
}

/** A record's JSON object, or why it is none and what it is. */
export type DecodedRecord =
  | (Place & { readonly value: Readonly<Record<string, unknown>>; readonly error?: undefined })
  | (Place & { readonly value?: undefined; readonly error: string; readonly data: Uint8Array });

/**
 * What a handler works on. Aggregates are taken apart.
 *
 * @returns In the order of the event. A record that cannot be read is there with its `error`, and costs the others nothing.
 */
export function decodeRecords(event: KinesisEvent): DecodedRecord[] {
  return expandAggregates(event).Records.map(({ kinesis }) => {
    const { sequenceNumber, partitionKey, approximateArrivalTimestamp } = kinesis;
    const place = { sequenceNumber, partitionKey, arrivedAt: Math.round(approximateArrivalTimestamp * 1_000) };
    const data = Buffer.from(kinesis.data, 'base64');
    const { value, error } = parseRecord(data);
    return value === undefined ? { ...place, error, data } : { ...place, value };
  });
}
