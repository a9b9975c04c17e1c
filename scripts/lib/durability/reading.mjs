// @ts-check
// Reads both streams along with what is written, into the ledger.
import { tailStream } from '@rastro/collector/dev';
import { createKinesisClient } from '@rastro/collector/kinesis';
import kinesisAggregation from 'aws-kinesis-agg';

const { deaggregateSync } = kinesisAggregation;
/** How an aggregate begins: https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md */
const aggregateMark = Buffer.from('f3899ac2', 'hex');

/**
 * @param {object} options
 * @param {string} options.endpoint Of the stream itself: reading meets no faults.
 * @param {string} options.region
 * @param {string} options.streamName
 * @param {string} options.deadLetterStreamName
 * @param {import('./ledger.mjs').Ledger} options.ledger
 */
export function startReading({ endpoint, region, streamName, deadLetterStreamName, ledger }) {
  const client = createKinesisClient({ endpoint, region });
  /** @param {string} name @param {(value: any, partitionKey: string) => void} onValue */
  const read = (name, onValue) =>
    tailStream({
      client,
      streamName: name,
      from: 'TRIM_HORIZON',
      onRecord({ data, partitionKey }) {
        for (const one of unpack(data, partitionKey)) {
          let value;
          try {
            value = JSON.parse(one.text);
          } catch {
            ledger.sawOther();
            continue;
          }
          onValue(value, one.partitionKey);
        }
      },
    });
  const tails = [
    read(streamName, (record, partitionKey) => {
      const order = record.event_type === 'purchase';
      ledger.saw({
        id: order ? record.order_id : record.event_id,
        line: order ? record.line : 1,
        session: record.session_id,
        product: record.product_id,
        partitionKey,
      });
    }),
    read(deadLetterStreamName, (letter) => {
      // A body that is no envelope has its id where the events would be.
      ledger.sawLetter(letter.index === undefined ? eventsOf(letter.raw) : idOf(letter));
    }),
  ];
  return {
    ready: Promise.all(tails.map((tail) => tail.ready)),
    /** @param {number} instant ms since the Unix epoch */
    hasRead: (instant) => tails.every((tail) => tail.hasRead(instant)),
    async stop() {
      await Promise.all(tails.map((tail) => tail.stop()));
      client.destroy();
    },
  };
}

/**
 * The records of which a record was made, where a collector puts several into one.
 *
 * @param {Uint8Array} data
 * @param {string} partitionKey
 * @returns {{ text: string, partitionKey: string }[]} What cannot be unpacked comes as it is.
 */
export function unpack(data, partitionKey) {
  const bytes = Buffer.from(data);
  /** @type {{ text: string, partitionKey: string }[]} */
  let records = [{ text: bytes.toString(), partitionKey }];
  if (!bytes.subarray(0, aggregateMark.length).equals(aggregateMark)) return records;
  const kinesis = {
    data: bytes.toString('base64'),
    partitionKey,
    sequenceNumber: '',
    approximateArrivalTimestamp: 0,
    kinesisSchemaVersion: '1.0',
  };
  deaggregateSync(kinesis, true, (error, found) => {
    if (!error && found)
      records = found.map((one) => ({
        text: Buffer.from(one.data, 'base64').toString(),
        partitionKey: one.partitionKey,
      }));
  });
  return records;
}

/** @param {string} raw */
function eventsOf(raw) {
  return String(JSON.parse(raw).events);
}

/** @param {{ event_id?: string, raw: string }} letter */
function idOf({ event_id, raw }) {
  const { order_id } = JSON.parse(raw);
  return String(order_id ?? event_id);
}
