import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { closeOnSignal } from '@rastro/collector';
import { createKinesisClient } from '@rastro/collector/kinesis';
import type { AlertChannel } from '../alerts/alert.js';
import { createLiveSource, dashboard } from '../dashboard.js';
import { load } from '../dev/load.js';
import { createDuckDb } from '../duckdb.js';
import { LakeError, manifestName } from '../lake/manifest.js';
import { endAll } from '../run/closing.js';
import { metricsText } from '../run/metrics.js';
import {
  type CountingOptions,
  lakeBelow,
  type Pipeline,
  type PipelinePart,
  readTimeoutMs,
  startPipeline,
} from '../run/pipeline.js';
import type { CommandIo } from './command.js';
import { messageOf } from './message.js';
import { CommandError } from './options.js';
import { type Checked, topicOf, type Values } from './run.js';
import { createRunLog, type RunLog } from './run-log.js';

/** Clients that an endpoint other than AWS is given take any credentials. */
const local = { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** Loads what only some options need. */
const peer = <Module>(who: string, name: string, importIt: () => Promise<Module>): Promise<Module> =>
  load(who, name, importIt, 'npm install');

/** What is to be ended with the command, the last one first. */
type Ends = (() => Promise<unknown>)[];

/** A disk that says nothing must not keep the process: what is not durable is read again. Unit: ms. */
const closeDeadlineMs = 30_000;

/** How often it is looked whether what failed works again. Unit: ms. */
const lookMs = 1_000;

async function countingOf(
  values: Values,
  checked: Checked,
  log: RunLog,
  ends: Ends,
): Promise<CountingOptions | undefined> {
  const { region, 'counts-stream': streamName, 'counts-table': table, 'dynamodb-endpoint': endpoint } = values;
  if (streamName === undefined || table === undefined) return undefined;
  const { time, emitSeconds, threshold } = checked;

  const { createDynamoClient, createTable, snsChannel, terminalChannel, webhookChannel } = await peer(
    '--counts-table',
    '@aws-sdk/client-dynamodb',
    () => import('../windows.js'),
  );
  const channels: AlertChannel[] = [terminalChannel((line) => log.say(line.trimEnd()))];
  const topicArn = values['alert-topic'];
  if (topicArn !== undefined) {
    const at = values['sns-endpoint'];
    const { SNSClient } = await peer('--alert-topic', '@aws-sdk/client-sns', () => import('@aws-sdk/client-sns'));
    // The topic's own region, which may be another than the stream's.
    const client = new SNSClient({
      region: topicOf.exec(topicArn)?.[1] ?? '',
      ...(at ? { endpoint: at, ...local } : {}),
    });
    ends.push(async () => client.destroy());
    channels.push(snsChannel({ client, topicArn }));
  }
  const url = values['alert-webhook'];
  if (url !== undefined) channels.push(webhookChannel({ url }));

  const dynamo = createDynamoClient({ region, endpoint });
  ends.push(async () => dynamo.destroy());
  const onDenied = (error: unknown): void =>
    log.say(
      `The removal of old rows of the table '${table}' (expires_at) may not be switched on here; is it on? ${messageOf(error)}`,
    );
  await createTable(dynamo, table, { onDenied }).catch((cause: unknown) => {
    throw new Error(`The table '${table}' of DynamoDB can neither be made nor described`, { cause });
  });
  return { streamName, dynamo, table, time, emitSeconds, threshold, channels };
}

/** Serves the dashboard. @returns Its address and its end. */
async function serve(
  host: string,
  port: number,
  data: string,
  live: ReturnType<typeof createLiveSource>,
  running: () => Pipeline | undefined,
) {
  const { fastify } = await peer('--port', 'fastify', () => import('fastify'));
  const engine = await createDuckDb({ lake: lakeBelow(data) });
  const app = fastify({ forceCloseConnections: true });
  const close = (): Promise<void> => endAll([() => app.close(), () => engine.close()]);
  try {
    await app.register(dashboard, { engine, live, alerts: () => running()?.alerts() ?? [] });
    app.get('/healthz', async () => ({ status: 'running' }));
    app.get('/metrics', async (_request, reply) => {
      const status = running()?.status();
      reply.header('cache-control', 'no-store').type('text/plain; version=0.0.4; charset=utf-8');
      return status ? metricsText(status) : '';
    });
    app.get('/', async (_request, reply) => reply.redirect('/dashboard'));
    return { url: await app.listen({ host, port }), close };
  } catch (cause) {
    await close();
    if ((cause as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw new CommandError(`--port ${port} is in use: choose another`);
    throw new Error(`The dashboard cannot be served at ${host}:${port}`, { cause });
  }
}

/** @throws {CommandError} If the folder cannot be one. */
async function checkData(data: string): Promise<void> {
  const found = await stat(data).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new CommandError(`--data must be a folder, got ${JSON.stringify(data)}: ${error.message}`);
  });
  if (found && !found.isDirectory())
    throw new CommandError(`--data must be a folder, got the file ${JSON.stringify(data)}`);
}

/** Whether somebody moved or deleted the lake: what the disk says then names any file of it. */
const isGone = (data: string): boolean => !existsSync(join(lakeBelow(data), manifestName));
const gone = (data: string, cause: unknown): LakeError =>
  new LakeError(`${lakeBelow(data)} is gone or was taken over: put it back, or end this and start anew`, { cause });

/** What a part calls over the network. */
function calledBy({ endpoint, region, 'counts-stream': rows = '' }: Values, streamName: string) {
  const where = endpoint ?? `AWS${region === undefined ? '' : `, ${region}`}`;
  const called: Partial<Record<PipelinePart, string>> = {
    lake: `Kinesis of the stream '${streamName}' at ${where}`,
    windows: `Kinesis of the streams '${streamName}' and '${rows}' at ${where}`,
    counts: `Kinesis of the stream '${rows}' at ${where}, or DynamoDB`,
  };
  return (part: PipelinePart): string | undefined => called[part];
}

function hasGotFurther(pipeline: Pipeline, part: PipelinePart, since: number): boolean {
  const { failure, lagMs, counting, pendingAlerts } = pipeline.status();
  if (part === 'alerts') return pendingAlerts === 0;
  if (part === 'lake' && failure !== undefined) return false;
  const lag = part === 'lake' ? lagMs : counting?.[part].lagMs;
  return lag !== undefined && Date.now() - lag > since;
}

/** Runs a pipeline until it has ended. @returns The exit code. */
export async function start(values: Values, checked: Checked, io: CommandIo): Promise<number> {
  const { streamName, flushRecords, flushSeconds, port, from } = checked;
  const { region, endpoint, data, host = '127.0.0.1' } = values;

  const ends: Ends = [];
  const log = createRunLog({
    write: io.stderr,
    dated: !io.isTerminal,
    called: calledBy(values, streamName),
    errorsDirectory: join(lakeBelow(data), 'errors'),
  });
  ends.push(async () => log.close());
  const wrong = (error: unknown): number => {
    log.say(`rastro-pipeline run: ${messageOf(error)}`);
    return 1;
  };
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    log.closing();
    closed ??= endAll(ends.reverse());
    return closed;
  };
  const work = async (): Promise<number> => {
    await checkData(data);
    const client = createKinesisClient({ region, endpoint, timeoutMs: readTimeoutMs });
    ends.push(async () => client.destroy());
    // Before anything is made: what is most often wrong.
    await client.config.region().catch((cause: unknown) => {
      throw new CommandError('the region is missing: --region REGION or AWS_REGION says it', { cause });
    });
    const counting = await countingOf(values, checked, log, ends);
    const live = createLiveSource();
    let pipeline: Pipeline | undefined;
    const page = port === undefined ? undefined : await serve(host, port, data, live, () => pipeline);
    if (page) ends.push(page.close);
    let stop: (code: number) => void = () => {};
    const stopped = new Promise<number>((resolve) => {
      stop = resolve;
    });
    pipeline = await startPipeline({
      client,
      streamName,
      directory: data,
      from,
      lake: {
        flushRecords,
        flushMs: flushSeconds === undefined ? undefined : flushSeconds * 1_000,
        onFlush: ({ errors }) => log.putAside(errors),
      },
      counting,
      live,
      onError: (error, part) => log.failed(part === 'lake' && isGone(data) ? gone(data, error) : error, part),
      onEnd: (error, part) => {
        log.say(`${part} cannot go on: ${messageOf(error)}`);
        stop(1);
      },
    });
    const running = pipeline;
    ends.push(() => running.close());
    const timer = setInterval(() => log.look((part, since) => hasGotFurther(running, part, since)), lookMs);
    ends.push(async () => clearInterval(timer));
    const where = page ? ` The dashboard is at ${page.url}/dashboard.` : '';
    log.say(`Reading ${streamName} into ${pipeline.lakeDirectory}.${where}`);
    if (counting) {
      const { streamName: rows, table, emitSeconds = 60, time = 'event', channels = [] } = counting;
      log.say(`Counting by ${time} time into ${table} through ${rows}, every ${emitSeconds} s.`);
      log.say(`Alerts go to ${channels.map(({ channelName = '' }) => channelName).join(', ')}.`);
    }
    if (values.once) {
      await pipeline.finish();
      const { rows, errors, pendingAlerts } = pipeline.status();
      log.say(`${rows} events are in the lake, ${errors} records below errors/.`);
      if (pendingAlerts > 0) log.say(`${pendingAlerts} alerts were not taken: the next start gives them again.`);
      return pendingAlerts > 0 ? 1 : 0;
    }
    closeOnSignal(
      { close },
      {
        timeoutMs: closeDeadlineMs,
        log: {
          info() {},
          error: (details, message) => ('err' in details ? void wrong(details.err) : log.say(message)),
        },
      },
    );
    return await stopped;
  };
  let code = await work().catch(wrong);
  await close().catch((error: unknown) => {
    code = wrong(error);
  });
  return code;
}
