import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamSummaryCommand,
  type KinesisClient,
} from '@aws-sdk/client-kinesis';
import { SNSClient } from '@aws-sdk/client-sns';
import { startEmbeddedKinesis } from '@rastro/collector/dev';
import { createKinesisClient } from '@rastro/collector/kinesis';
import type { AlertChannel } from '../alerts/alert.js';
import { startEmbeddedDynamo, startEmbeddedSns } from '../dev.js';
import { createDynamoClient, createTable, snsChannel } from '../windows.js';
import { endAll } from './closing.js';
import { type Pipeline, type PipelineOptions, readTimeoutMs, startPipeline } from './pipeline.js';

export interface DevPipelineOptions
  extends Pick<PipelineOptions, 'from' | 'lake' | 'live' | 'patienceMs' | 'onError' | 'onEnd'> {
  /** Where the events are. Without an endpoint on AWS: then the second stream is embedded all the same. */
  readonly stream: {
    readonly streamName: string;
    readonly region?: string | undefined;
    readonly endpoint?: string | undefined;
  };
  /** Gets `lake/`, which stays. */
  readonly directory: string;
  /** Where alerts go beside the embedded topic. @default none */
  readonly channels?: readonly AlertChannel[] | undefined;
  /** Interactions per user and window above which an alert is given. @default 90 in a minute */
  readonly threshold?: number | undefined;
  /** How often what was counted is emitted. 1–900. Unit: seconds. @default 10 */
  readonly emitSeconds?: number | undefined;
}

/** `finish` leaves table, topic and second stream to be read; `close` ends them. */
export interface DevPipeline extends Pipeline {
  /** The table of counts: in memory, ends with the pipeline. */
  readonly dynamo: { readonly endpoint: string; readonly table: string };
  /** The topic of alerts: in memory, ends with the pipeline. */
  readonly sns: { readonly endpoint: string; readonly topicArn: string };
  /** The second stream, of the counts. */
  readonly counts: { readonly endpoint: string; readonly streamName: string };
}

const table = 'rastro-counts';
const topic = 'rastro-alerts';

/**
 * Starts a pipeline with all that it needs around the stream embedded in this process: a second stream, a DynamoDB
 * (dynalite) and an SNS (fauxqs), on 127.0.0.1. For development.
 *
 * @throws If a package is not installed, naming it. Nothing is left running.
 */
export async function startDevPipeline(options: DevPipelineOptions): Promise<DevPipeline> {
  const { stream, directory, channels = [], threshold, emitSeconds = 10, ...rest } = options;
  const stops: (() => Promise<unknown>)[] = [];
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= endAll(stops.reverse());
    return stopped;
  };
  try {
    const kinesis = stream.endpoint === undefined ? await startEmbeddedKinesis() : undefined;
    if (kinesis) stops.push(() => kinesis.stop());
    const endpoint = kinesis?.endpoint ?? stream.endpoint ?? '';
    const second = createKinesisClient({
      endpoint,
      region: kinesis?.region ?? stream.region,
      timeoutMs: readTimeoutMs,
    });
    stops.push(async () => second.destroy());
    const client = kinesis ? createKinesisClient({ region: stream.region, timeoutMs: readTimeoutMs }) : second;
    if (kinesis) stops.push(async () => client.destroy());
    // The table is new with each start: what an earlier one, or one beside it, emitted must not be added to it.
    const countsStream = `rastro-counts-${randomUUID().slice(0, 8)}`;
    await makeStream(second, countsStream, 2);
    stops.push(() => second.send(new DeleteStreamCommand({ StreamName: countsStream })).catch(() => {}));

    const dynamo = await startEmbeddedDynamo();
    stops.push(() => dynamo.stop());
    const tables = createDynamoClient({ endpoint: dynamo.endpoint, region: dynamo.region });
    stops.push(async () => tables.destroy());
    await createTable(tables, table);
    const sns = await startEmbeddedSns();
    stops.push(() => sns.stop());
    const topicArn = await sns.createTopic(topic);
    const topics = new SNSClient({
      endpoint: sns.endpoint,
      region: sns.region,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    stops.push(async () => topics.destroy());

    // The table ends with this process, and with it what is known of the way there.
    const stateDirectory = await mkdtemp(join(tmpdir(), 'rastro-state-'));
    stops.push(() => rm(stateDirectory, { recursive: true, force: true }));

    const pipeline = await startPipeline({
      ...rest,
      stateDirectory,
      client,
      streamName: stream.streamName,
      directory,
      counting: {
        streamName: countsStream,
        client: second,
        dynamo: tables,
        table,
        threshold,
        emitSeconds,
        channels: [...channels, snsChannel({ client: topics, topicArn })],
      },
    });
    stops.push(() => pipeline.close());
    stops.push(async () => {
      const { pendingAlerts } = pipeline.status();
      if (pendingAlerts > 0)
        options.onError?.(
          new Error(`${pendingAlerts} alerts were not taken by their channels, and end with the table`),
          'alerts',
        );
    });
    return {
      ...pipeline,
      dynamo: { endpoint: dynamo.endpoint, table },
      sns: { endpoint: sns.endpoint, topicArn },
      counts: { endpoint, streamName: countsStream },
      close: stop,
    };
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
}

const activeDeadlineMs = 60_000;

async function makeStream(client: KinesisClient, name: string, shards: number): Promise<void> {
  await client.send(new CreateStreamCommand({ StreamName: name, ShardCount: shards })).catch((error: unknown) => {
    if ((error as Error).name !== 'ResourceInUseException') throw error;
  });
  for (const deadline = Date.now() + activeDeadlineMs; ; ) {
    if (Date.now() > deadline)
      throw new Error(`The stream '${name}' is not ACTIVE after ${activeDeadlineMs / 1_000} s`);
    const { StreamDescriptionSummary } = await client.send(new DescribeStreamSummaryCommand({ StreamName: name }));
    if (StreamDescriptionSummary?.StreamStatus === 'ACTIVE') return;
    await sleep(20);
  }
}
