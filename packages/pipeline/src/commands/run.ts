import { parseArgs } from 'node:util';
import { load } from '../dev/load.js';
import type { WindowTime } from '../windows/row.js';
import type { Command } from './command.js';
import { messageOf } from './message.js';
import { numberOf, UsageError } from './options.js';

const help = `Usage: rastro-pipeline run --stream NAME [options]

Reads a Kinesis stream into a lake of Parquet and CSV files, and goes on until Ctrl-C. Killed at any moment, it goes on where
it was at the next start.

  --stream NAME            the stream of events (required, or KINESIS_STREAM)
  --region NAME            AWS region (default: what the SDK finds, such as AWS_REGION)
  --endpoint URL           of a Kinesis other than AWS
  --data DIR               gets lake/ and state/ (default: .rastro)
  --from WHERE             TRIM_HORIZON or LATEST: where the lake begins when it is new (default: TRIM_HORIZON)
  --flush-records N        write files after so many records, 1–1,000,000 (default: 10,000)
  --flush-seconds N        and after so long, 1–900 (default: 5)
  --port N                 serve the dashboard, /healthz and /metrics (Prometheus), 0 for a free port (default: not served)
  --host ADDR              where (default: 127.0.0.1)

Counts per user, event type and minute:
  --counts-stream NAME     the second stream; turns counting on
  --counts-table NAME      the DynamoDB table, made when missing (required with it)
  --dynamodb-endpoint URL  of a DynamoDB other than AWS
  --window-time WHICH      event or arrival: which minute an event counts in (default: event)
  --emit-seconds N         emit counts so often, 1–900; with --window-time arrival 60 (default: 60)

Alerts on users that are faster than people, with counting:
  --alert-topic ARN        an SNS topic
  --sns-endpoint URL       of an SNS other than AWS
  --alert-webhook URL      gets each alert as JSON
  --alert-threshold N      interactions per user and minute, 1–1,000,000 (default: 90)

  --once                   read what is there, count it with its windows finished, and end: with 0 when all is done, alerts
                           included
  --help                   show this
`;

const options = {
  stream: { type: 'string' },
  region: { type: 'string' },
  endpoint: { type: 'string' },
  data: { type: 'string', default: '.rastro' },
  from: { type: 'string' },
  'flush-records': { type: 'string' },
  'flush-seconds': { type: 'string' },
  port: { type: 'string' },
  host: { type: 'string' },
  'counts-stream': { type: 'string' },
  'counts-table': { type: 'string' },
  'dynamodb-endpoint': { type: 'string' },
  'window-time': { type: 'string' },
  'emit-seconds': { type: 'string' },
  'alert-topic': { type: 'string' },
  'sns-endpoint': { type: 'string' },
  'alert-webhook': { type: 'string' },
  'alert-threshold': { type: 'string' },
  once: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

type TextOption = Exclude<keyof typeof options, 'data' | 'once' | 'help'>;
export interface Values extends Readonly<Partial<Record<TextOption, string | undefined>>> {
  readonly data: string;
  readonly once: boolean;
  readonly help: boolean;
}

function read(argv: readonly string[]): Values {
  try {
    return parseArgs({ args: [...argv], options }).values;
  } catch (cause) {
    // Node.js adds advice that does not fit here: its first sentence is enough.
    const [sentence = ''] = (cause as Error).message.split('. ', 1);
    throw new UsageError(sentence.replace(/\.$/, ''), { cause });
  }
}

const oneOf = <Choice extends string>(name: string, given: string | undefined, choices: readonly Choice[]) => {
  if (given === undefined || (choices as readonly string[]).includes(given)) return given as Choice | undefined;
  throw new UsageError(`--${name} must be ${choices.join(' or ')}, got ${JSON.stringify(given)}`);
};

/** What a name needs that means nothing without another. */
const needed = [
  [
    'counts-stream',
    'the stream that the counts go to',
    [
      'counts-table',
      'dynamodb-endpoint',
      'window-time',
      'emit-seconds',
      'alert-topic',
      'alert-webhook',
      'alert-threshold',
    ],
  ],
  ['counts-table', 'the DynamoDB table that the counts go to', ['counts-stream']],
  ['alert-topic', 'the SNS topic', ['sns-endpoint']],
  ['port', 'the port of the dashboard', ['host']],
] as const;

/** https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
export const topicOf: RegExp = /^arn:[\w-]+:sns:([\w-]+):\d{12}:[\w-]{1,256}$/;

/** What the command line says beside texts. */
export interface Checked {
  readonly streamName: string;
  readonly flushRecords: number | undefined;
  readonly flushSeconds: number | undefined;
  readonly port: number | undefined;
  readonly from: 'TRIM_HORIZON' | 'LATEST' | undefined;
  readonly threshold: number | undefined;
  readonly time: WindowTime | undefined;
  readonly emitSeconds: number | undefined;
}

/** @throws {UsageError} Before anything is opened. */
function check(values: Values, streamName: string | undefined): Checked {
  if (!streamName) throw new UsageError('--stream is missing: the Kinesis stream of the events');
  for (const [name, value] of Object.entries(values))
    if (value === '') throw new UsageError(`--${name} must not be empty`);
  for (const [name, what, others] of needed) {
    const given = others.find((other) => values[other] !== undefined);
    if (given && values[name] === undefined) throw new UsageError(`--${given} needs --${name}: ${what}`);
  }
  for (const name of ['endpoint', 'dynamodb-endpoint', 'sns-endpoint', 'alert-webhook'] as const) {
    const url = values[name];
    if (url !== undefined && !(URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)))
      throw new UsageError(`--${name} must be an absolute URL of http or https, got ${JSON.stringify(url)}`);
  }
  const { region, 'alert-topic': topic } = values;
  if (region !== undefined && !/^[a-z\d]+(-[a-z\d]+)*$/.test(region))
    throw new UsageError(`--region must be a region such as eu-west-1, got ${JSON.stringify(region)}`);
  if (topic !== undefined && !topicOf.test(topic))
    throw new UsageError(`--alert-topic must be the ARN of a standard topic, got ${JSON.stringify(topic)}`);
  if (values['counts-stream'] === streamName)
    throw new UsageError(
      '--counts-stream must be another stream than --stream: each reads what the other puts otherwise',
    );
  for (const name of ['stream', 'counts-stream', 'counts-table'] as const) {
    const given = name === 'stream' ? streamName : values[name];
    // https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html and
    // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
    const [least, most] = name === 'counts-table' ? [3, 255] : [1, 128];
    if (given !== undefined && !(/^[\w.-]+$/.test(given) && given.length >= least && given.length <= most))
      throw new UsageError(
        `--${name} must be a name of ${least} to ${most} letters, digits, _, . and -, got ${JSON.stringify(given)}`,
      );
  }
  const time = oneOf<WindowTime>('window-time', values['window-time'], ['event', 'arrival']);
  const emitSeconds = numberOf('emit-seconds', values['emit-seconds'], { least: 1, most: 900 });
  if (time === 'arrival' && (emitSeconds ?? 60) !== 60)
    throw new UsageError('--emit-seconds must be 60 with --window-time arrival: there a window is what arrived in it');
  return {
    streamName,
    flushRecords: numberOf('flush-records', values['flush-records'], { least: 1, most: 1_000_000 }),
    flushSeconds: numberOf('flush-seconds', values['flush-seconds'], { least: 1, most: 900 }),
    port: numberOf('port', values.port, { least: 0, most: 65_535 }),
    from: oneOf('from', values.from, ['TRIM_HORIZON', 'LATEST'] as const),
    threshold: numberOf('alert-threshold', values['alert-threshold'], { least: 1, most: 1_000_000 }),
    time,
    emitSeconds,
  };
}

export const runCommand: Command = {
  help,
  async run(argv, io) {
    try {
      const values = read(argv);
      if (values.help) {
        io.stdout(help);
        return 0;
      }
      const checked = check(values, values.stream ?? io.env['KINESIS_STREAM']);
      // Loaded when there is something to run: `--help` needs none of the packages that a pipeline is made of.
      const { start } = await load(
        'rastro-pipeline run',
        '@aws-sdk/client-kinesis',
        () => import('./run-work.js'),
        'npm install',
      );
      return await start(values, checked, io);
    } catch (error) {
      const usage = error instanceof UsageError;
      io.stderr(`rastro-pipeline run: ${messageOf(error)}${usage ? '. See rastro-pipeline run --help.' : ''}\n`);
      return usage ? 2 : 1;
    }
  },
};
