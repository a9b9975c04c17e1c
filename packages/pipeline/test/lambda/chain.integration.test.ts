import { GetRecordsCommand, GetShardIteratorCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { type EmbeddedKinesis, startEmbeddedKinesis } from '@rastro/collector/dev';
import { createKinesisClient } from '@rastro/collector/kinesis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedDynamo, startEmbeddedDynamo } from '../../src/dev/embedded-dynamo.js';
import { type EmbeddedSns, startEmbeddedSns } from '../../src/dev/embedded-sns.js';
import { countsFromEnvironment, windowsFromEnvironment } from '../../src/windows/environment.js';
import { createDynamoClient, createTable, readCounts } from '../../src/windows/table.js';
import { invocation, toEvent, view } from '../windows/support.js';

let kinesis: EmbeddedKinesis;
let dynamo: EmbeddedDynamo;
let sns: EmbeddedSns;
let stream: KinesisClient;
beforeAll(async () => {
  kinesis = await startEmbeddedKinesis({ streams: [{ name: 'windows', shards: 2 }] });
  dynamo = await startEmbeddedDynamo();
  sns = await startEmbeddedSns();
  stream = createKinesisClient(kinesis);
  process.env['AWS_REGION'] ??= 'us-east-1';
});
afterAll(async () => {
  stream.destroy();
  await Promise.all([kinesis.stop(), dynamo.stop(), sns.stop()]);
});

/** All that lies on a stream, each shard in its order. */
async function readAll(name: string, shards: number): Promise<string[]> {
  const texts: string[] = [];
  for (let shard = 0; shard < shards; shard++) {
    const { ShardIterator } = await stream.send(
      new GetShardIteratorCommand({
        StreamName: name,
        ShardId: `shardId-00000000000${shard}`,
        ShardIteratorType: 'TRIM_HORIZON',
      }),
    );
    const { Records = [] } = await stream.send(new GetRecordsCommand({ ShardIterator }));
    texts.push(...Records.map(({ Data }) => Buffer.from(Data ?? []).toString()));
  }
  return texts;
}

test('events come by the second stream into the table, and a robot to the subscribers of the topic', async () => {
  const table = createDynamoClient(dynamo);
  await createTable(table, 'counts');
  const topicArn = await sns.createTopic('alerts');
  const everything = await sns.subscribe(topicArn);
  const shop = await sns.subscribe(topicArn, { site: ['shop'], rule: ['interactions'] });
  const other = await sns.subscribe(topicArn, { site: ['other'] });
  const skipped: object[] = [];
  const log = (entry: object): void => void skipped.push(entry);

  const windows = await windowsFromEnvironment({ WINDOW_STREAM: 'windows', KINESIS_ENDPOINT: kinesis.endpoint }, log);
  const counts = await countsFromEnvironment(
    {
      COUNTS_TABLE: 'counts',
      DYNAMODB_ENDPOINT: dynamo.endpoint,
      SNS_ENDPOINT: sns.endpoint,
      ALERT_TOPIC_ARN: topicArn,
    },
    log,
  );
  const robot = Array.from({ length: 180 }, (_, index) =>
    view({
      customer_id: 'robot',
      event_time: new Date(Date.parse('2026-11-20T09:30:00Z') + index * 333).toISOString(),
    }),
  );
  const values = [...robot, view(), view({ event_type: 'cart' }), '{'];
  const shards = ['shardId-000000000000', 'shardId-000000000001'];
  for (const [index, shardId] of shards.entries()) {
    const own = values.filter((_, at) => at % 2 === index);
    // The last invocation comes twice, as after an answer that was lost.
    const { state } = await windows(invocation(own, { shardId, isFinalInvokeForWindow: false }));
    for (let time = 0; time < 2; time++) await windows(invocation([], { shardId, state }));
  }
  const rows = await readAll('windows', 2);
  expect(rows).toHaveLength(8);
  for (let time = 0; time < 2; time++) expect(await counts(toEvent(rows))).toEqual({ batchItemFailures: [] });

  const countOf = async (user: string) =>
    (await readCounts(table, 'counts', { site: 'shop', user })).map((row) => [row.event_type, row.qtd_event]);
  expect(await countOf('robot')).toEqual([['view', 180]]);
  expect(await countOf('ana')).toEqual([
    ['cart', 1],
    ['view', 1],
  ]);
  expect(skipped).toMatchObject([{ message: 'not counted', reason: 'no JSON' }]);

  const messages = await everything.read(1000);
  expect(messages).toMatchObject([
    { subject: 'Too fast for a person: robot at shop', attributes: { site: 'shop', rule: 'interactions' } },
  ]);
  expect(JSON.parse(messages[0]?.message ?? '')).toMatchObject({
    alert_id: 'shop:robot:2026-11-20T09:30:00.000Z',
    interactions: 180,
    threshold: 90,
  });
  expect(await shop.read(1000)).toEqual(messages);
  expect(await other.read()).toEqual([]);
  table.destroy();
});
