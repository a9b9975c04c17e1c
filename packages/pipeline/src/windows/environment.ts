import type { AlertChannel } from '../alerts/alert.js';
import { snsChannel } from '../alerts/sns.js';
import { webhookChannel } from '../alerts/webhook.js';
import type { KinesisHandler, WindowHandler } from '../lambda-event.js';
import { createCountsHandler } from './counts.js';
import { createWindowHandler } from './handler.js';
import { createRowPut } from './put.js';
import type { WindowTime } from './row.js';
import { createDynamoClient } from './table.js';

/** Variables of a function. */
export type Environment = Readonly<Record<string, string | undefined>>;
type Log = (entry: object) => void;

/**
 * The function with the tumbling window, from WINDOW_STREAM, and optionally WINDOW_TIME, WINDOW_SECONDS, MAX_STATE_BYTES,
 * MAX_INTERACTIONS and KINESIS_ENDPOINT.
 *
 * @throws {TypeError} If a variable is missing or wrong, with its name and what it holds.
 */
export async function windowsFromEnvironment(environment: Environment, log: Log): Promise<WindowHandler> {
  const streamName = required(environment, 'WINDOW_STREAM');
  const time = optional(environment, 'WINDOW_TIME') ?? 'event';
  if (time !== 'event' && time !== 'arrival') throw wrong('WINDOW_TIME', "'event' or 'arrival'", time);
  const windowSeconds = integer(environment, 'WINDOW_SECONDS', 1, 900);
  const maxStateBytes = integer(environment, 'MAX_STATE_BYTES', 4096, 1_000_000);
  const maxInteractions = integer(environment, 'MAX_INTERACTIONS', 1, 10_000);
  const endpoint = optional(environment, 'KINESIS_ENDPOINT');
  // Loaded here: the other function has no use for it.
  const [{ KinesisClient }, { NodeHttpHandler }] = await Promise.all([
    import('@aws-sdk/client-kinesis'),
    import('@smithy/node-http-handler'),
  ]);
  const client = new KinesisClient({
    ...(endpoint !== undefined && { endpoint, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
    maxAttempts: 1,
    // Its default speaks HTTP/2 and opens a session for each call (https://github.com/aws/aws-sdk-js-v3/issues/8279).
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 1_000,
      requestTimeout: 3_000,
      throwOnRequestTimeout: true,
    }),
  });
  return createWindowHandler({
    put: createRowPut({ client, streamName }),
    time: time satisfies WindowTime,
    windowSeconds,
    maxStateBytes,
    maxInteractions,
    onSkip: (reason, sequenceNumber) => log({ level: 'warn', message: 'not counted', reason, sequenceNumber }),
  });
}

/**
 * The function behind the second stream, from COUNTS_TABLE, and optionally TTL_DAYS, ALERT_TOPIC_ARN, ALERT_WEBHOOK_URL,
 * ALERT_WEBHOOK_SECRET, ALERT_THRESHOLD, ALERT_MAX_ROWS and DYNAMODB_ENDPOINT, SNS_ENDPOINT. Without a topic and a webhook
 * nothing is judged.
 *
 * @throws {TypeError} If a variable is missing or wrong, with its name and what it holds.
 */
export async function countsFromEnvironment(environment: Environment, log: Log): Promise<KinesisHandler> {
  const table = required(environment, 'COUNTS_TABLE');
  const ttlDays = integer(environment, 'TTL_DAYS', 1, 36_500);
  const threshold = integer(environment, 'ALERT_THRESHOLD', 1, 1_000_000);
  const maxRows = integer(environment, 'ALERT_MAX_ROWS', 1, 1_000_000_000);
  const channels = await channelsOf(environment);
  for (const name of ['ALERT_THRESHOLD', 'ALERT_MAX_ROWS'])
    if (channels.length === 0 && optional(environment, name) !== undefined)
      throw new TypeError(`${name} needs ALERT_TOPIC_ARN or ALERT_WEBHOOK_URL: there is nowhere to send an alert`);
  return createCountsHandler({
    client: createDynamoClient({ endpoint: optional(environment, 'DYNAMODB_ENDPOINT') }),
    table,
    ttlDays,
    ...(channels.length > 0 && { alerts: { channels, threshold, maxRows } }),
    onSkip: (reason, sequenceNumber) => log({ level: 'warn', message: 'no row', reason, sequenceNumber }),
    onError: (error, sequenceNumber) =>
      log({
        level: 'error',
        message: 'a row failed and is tried again',
        reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
        sequenceNumber,
      }),
  });
}

async function channelsOf(environment: Environment): Promise<AlertChannel[]> {
  const channels: AlertChannel[] = [];
  const topicArn = optional(environment, 'ALERT_TOPIC_ARN');
  if (topicArn !== undefined) {
    if (!/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]{1,256}$/.test(topicArn))
      throw wrong('ALERT_TOPIC_ARN', 'the ARN of a standard topic', topicArn);
    const endpoint = optional(environment, 'SNS_ENDPOINT');
    const { SNSClient } = await import('@aws-sdk/client-sns');
    const local = { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
    // The topic's own region, which may be another than the function's.
    const client = new SNSClient({
      region: topicArn.split(':')[3] ?? '',
      ...(endpoint !== undefined && { endpoint, ...local }),
    });
    channels.push(snsChannel({ client, topicArn }));
  }
  const url = optional(environment, 'ALERT_WEBHOOK_URL');
  const secret = optional(environment, 'ALERT_WEBHOOK_SECRET');
  if (url !== undefined) {
    if (!URL.canParse(url)) throw wrong('ALERT_WEBHOOK_URL', 'an absolute URL', url);
    channels.push(webhookChannel({ url, secret }));
  }
  return channels;
}

const optional = (environment: Environment, name: string): string | undefined => environment[name] || undefined;

function required(environment: Environment, name: string): string {
  const value = optional(environment, name);
  if (value === undefined) throw new TypeError(`${name} is not set`);
  return value;
}

function integer(environment: Environment, name: string, least: number, most: number): number | undefined {
  const value = optional(environment, name);
  if (value === undefined) return undefined;
  const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= least && number <= most)) throw wrong(name, `a whole number from ${least} to ${most}`, value);
  return number;
}

const wrong = (name: string, expected: string, value: string): TypeError =>
  new TypeError(`${name} must be ${expected}, got ${JSON.stringify(value)}`);
