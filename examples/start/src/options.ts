import { parseArgs } from 'node:util';
import type { StreamNames } from '@rastro/collector/dev';

export const help = `Usage: npm start -- [options]

Runs a small shop, the collector, a Kinesis stream, a page that shows the events as they arrive on it, and what becomes of
them: a lake of files, counts per minute, alerts, and a dashboard.

  --demo-data FILE   fill the dashboard: send a REES46 CSV file, plain or gzip, through the collector; may be repeated
  --port N           port to listen on, 0 for a free one (default: 8080, or PORT)
  --host ADDR        address to listen on (default: 127.0.0.1)
  --shoppers N       N headless shoppers walk the shop (needs Chromium)
  --data DIR         where lake and tables are kept from one start to the next (default: .rastro)
  --fresh            forget what an earlier start left in the lake
  --help             show this

The stream is embedded and ends with the command. To use your own on AWS, set KINESIS_STREAM and AWS_REGION
(and DEAD_LETTER_STREAM, by default the stream's name and -dead-letter).
`;

export interface Options {
  readonly port: number;
  readonly host: string;
  readonly shoppers: number;
  readonly demoData: readonly string[];
  readonly data: string;
  readonly fresh: boolean;
}

/** @throws {TypeError} Naming the option that is wrong. */
export function readOptions(argv: string[], env: NodeJS.ProcessEnv): Options | undefined {
  const { values } = parseArgs({
    args: argv,
    options: {
      port: { type: 'string' },
      host: { type: 'string', default: '127.0.0.1' },
      shoppers: { type: 'string', default: '0' },
      'demo-data': { type: 'string', multiple: true, default: [] },
      data: { type: 'string', default: '.rastro' },
      fresh: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return undefined;
  const count = (name: string, text: string, most: number): number => {
    if (!/^\d+$/.test(text) || Number(text) > most) throw new TypeError(`--${name} must be 0–${most}, got ${text}`);
    return Number(text);
  };
  if (values.data === '') throw new TypeError('--data must name a folder');
  return {
    port: count('port', values.port ?? (env['PORT'] || '8080'), 65_535),
    host: values.host,
    shoppers: count('shoppers', values.shoppers, 50),
    demoData: values['demo-data'],
    data: values.data,
    fresh: values.fresh,
  };
}

export function readStreams(env: NodeJS.ProcessEnv): StreamNames | undefined {
  const streamName = env['KINESIS_STREAM'];
  if (!streamName) return undefined;
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  const endpoint = env['KINESIS_ENDPOINT'];
  if (!region && !endpoint) throw new TypeError('KINESIS_STREAM is set, but AWS_REGION is not: where is the stream?');
  return {
    streamName,
    deadLetterStreamName: env['DEAD_LETTER_STREAM'] ?? `${streamName}-dead-letter`,
    region,
    endpoint,
  };
}
