import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { type EmbeddedKinesis, startEmbeddedKinesis } from '@rastro/collector/dev';
import { createKinesisClient } from '@rastro/collector/kinesis';
import { afterEach } from 'vitest';
import { type EmbeddedDynamo, startEmbeddedDynamo } from '../../src/dev/embedded-dynamo.js';
import { type PipelineOptions, startPipeline } from '../../src/run.js';
import { type CountRow, createDynamoClient, createTable, scanCounts } from '../../src/windows.js';
import { type Fields, view } from '../windows/support.js';

const ends: (() => Promise<unknown> | unknown)[] = [];
/** Ended after the test, the last one first. */
export const atEnd = (end: () => Promise<unknown> | unknown): void => void ends.push(end);
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

export interface World {
  readonly kinesis: EmbeddedKinesis;
  readonly dynamo: EmbeddedDynamo;
  readonly client: KinesisClient;
  readonly tables: DynamoDBClient;
  readonly directory: string;
  put(records: readonly (Fields | string | Uint8Array)[]): Promise<void>;
  /** Events by user and type, of all windows. */
  counts(): Promise<Record<string, number>>;
  rows(): Promise<CountRow[]>;
}

/** A stream `events` and a stream `rows`, a table `counts`, and a folder. */
export async function createWorld({ shards = 1 } = {}): Promise<World> {
  const kinesis = await startEmbeddedKinesis({
    streams: [
      { name: 'events', shards },
      { name: 'rows', shards },
    ],
  });
  atEnd(() => kinesis.stop());
  const dynamo = await startEmbeddedDynamo();
  atEnd(() => dynamo.stop());
  const client = createKinesisClient({ ...kinesis, timeoutMs: 20_000 });
  atEnd(() => client.destroy());
  const tables = createDynamoClient(dynamo);
  atEnd(() => tables.destroy());
  await createTable(tables, 'counts');
  const directory = await mkdtemp(join(tmpdir(), 'rastro-run-'));
  atEnd(() => rm(directory, { recursive: true, force: true }));
  const rows = async (): Promise<CountRow[]> => {
    const all: CountRow[] = [];
    for await (const row of scanCounts(tables, 'counts')) all.push(row);
    return all;
  };
  return {
    kinesis,
    dynamo,
    client,
    tables,
    directory,
    async put(records) {
      for (let at = 0; at < records.length; at += 200)
        await client.send(
          new PutRecordsCommand({
            StreamName: 'events',
            Records: records.slice(at, at + 200).map((record, index) => ({
              Data:
                record instanceof Uint8Array
                  ? record
                  : Buffer.from(typeof record === 'string' ? record : JSON.stringify(record)),
              PartitionKey: `key ${at + index}`,
            })),
          }),
        );
    },
    rows,
    async counts() {
      const sums: Record<string, number> = {};
      for (const { user_id, event_type, qtd_event } of await rows())
        sums[`${user_id} ${event_type}`] = (sums[`${user_id} ${event_type}`] ?? 0) + qtd_event;
      return sums;
    },
  };
}

/** A pipeline with counting; ended after the test. */
export async function startIn(
  world: World,
  counting: Partial<NonNullable<PipelineOptions['counting']>> = {},
  options: Partial<PipelineOptions> = {},
) {
  const errors: string[] = [];
  const pipeline = await startPipeline({
    client: world.client,
    streamName: 'events',
    directory: world.directory,
    onError: (error, part) => errors.push(`${part}: ${(error as Error).message}`),
    ...options,
    counting: { streamName: 'rows', dynamo: world.tables, table: 'counts', emitSeconds: 1, ...counting },
  });
  atEnd(() => pipeline.close().catch(() => {}));
  return Object.assign(pipeline, { errors });
}

/** What a robot does in a minute. */
export const robot = (fields: Fields = {}): Fields[] =>
  Array.from({ length: 180 }, (_, index) =>
    view({
      customer_id: 'robot',
      event_time: new Date(Date.parse('2026-11-20T09:30:00Z') + index * 333).toISOString(),
      ...fields,
    }),
  );

export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}
