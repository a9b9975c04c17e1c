import type {
  KinesisStreamEvent,
  KinesisStreamHandler,
  KinesisStreamTumblingWindowEvent,
  KinesisStreamTumblingWindowHandler,
} from 'aws-lambda';
import { expect, expectTypeOf, test } from 'vitest';
import { aggregate } from '../../../collector/src/sinks/aggregate.js';
import type { KinesisEvent, KinesisHandler, TumblingWindowEvent, WindowHandler } from '../../src/lambda-event.js';
import { decodeRecords, expandAggregates, toEventRecord } from '../../src/reader/lambda-records.js';

/** https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html, "Example event" */
const sample: KinesisEvent = {
  Records: [
    {
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey: '1',
        sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
        data: 'SGVsbG8sIHRoaXMgaXMgYSB0ZXN0Lg==',
        approximateArrivalTimestamp: 1545084650.987,
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: 'shardId-000000000006:49590338271490256608559692538361571095921575989136588898',
      eventName: 'aws:kinesis:record',
      invokeIdentityArn: 'arn:aws:iam::123456789012:role/lambda-role',
      awsRegion: 'us-east-2',
      eventSourceARN: 'arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream',
    },
  ],
};
const source = {
  awsRegion: 'us-east-2',
  eventSourceARN: 'arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream',
  invokeIdentityArn: 'arn:aws:iam::123456789012:role/lambda-role',
};
const withData = (data: Uint8Array): KinesisEvent => {
  const [record] = sample.Records;
  if (!record) throw new Error('no sample');
  return { Records: [{ ...record, kinesis: { ...record.kinesis, data: Buffer.from(data).toString('base64') } }] };
};

test("a record becomes what AWS's own example shows", () => {
  const record = toEventRecord(
    {
      data: new TextEncoder().encode('Hello, this is a test.'),
      partitionKey: '1',
      shardId: 'shardId-000000000006',
      sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
      arrivedAt: 1_545_084_650_987,
    },
    source,
  );
  expect(record).toEqual(sample.Records[0]);
});

test("events and handlers fit AWS's types", () => {
  expectTypeOf<KinesisStreamEvent>().toExtend<KinesisEvent>();
  expectTypeOf<Omit<KinesisStreamTumblingWindowEvent, 'state'>>().toExtend<
    Omit<TumblingWindowEvent, 'state' | 'shardId' | 'eventSourceARN'>
  >();
  const plain = (async () => ({ batchItemFailures: [{ itemIdentifier: '1' }] })) satisfies KinesisHandler;
  const windowed = (async () => ({ state: { a: 1 } })) satisfies WindowHandler<{ a: number }>;
  expectTypeOf(plain).toExtend<KinesisStreamHandler>();
  expectTypeOf(windowed).toExtend<KinesisStreamTumblingWindowHandler>();
});

test('an aggregate from AWS is taken apart, its records keep its number', () => {
  const data = aggregate([
    { partitionKey: 'a', data: Buffer.from('{"n":1}') },
    { partitionKey: 'b', data: Buffer.from('{"n":2}') },
  ]);
  const event = { ...withData(data), shardId: 'kept' };
  const expanded = expandAggregates(event);
  expect(expanded.shardId).toBe('kept');
  expect(
    expanded.Records.map(({ kinesis, eventID }) => [kinesis.partitionKey, kinesis.sequenceNumber, eventID]),
  ).toEqual([
    ['a', event.Records[0]?.kinesis.sequenceNumber, event.Records[0]?.eventID],
    ['b', event.Records[0]?.kinesis.sequenceNumber, event.Records[0]?.eventID],
  ]);
  expect(decodeRecords(event).map(({ value }) => value)).toEqual([{ n: 1 }, { n: 2 }]);
  expect(expandAggregates(expanded)).toBe(expanded);
});

test('what cannot be read says why, beside what can', () => {
  const texts = ['{"a":"19 digits: 2103807459595387724"}', '[1]', 'null', '{', ''];
  const event = { Records: texts.flatMap((text) => withData(Buffer.from(text)).Records) };
  const [first, ...rest] = decodeRecords(event);
  expect(first).toEqual({
    sequenceNumber: sample.Records[0]?.kinesis.sequenceNumber,
    partitionKey: '1',
    arrivedAt: 1_545_084_650_987,
    value: { a: '19 digits: 2103807459595387724' },
  });
  expect(rest.map(({ error }) => error)).toEqual([
    'JSON, but not an object',
    'JSON, but not an object',
    expect.stringContaining('not JSON: '),
    expect.stringContaining('not JSON: '),
  ]);
  const [binary] = decodeRecords(withData(Uint8Array.of(0x7b, 0xff)));
  expect(binary).toMatchObject({ error: 'not UTF-8', data: Buffer.from([0x7b, 0xff]) });
});
