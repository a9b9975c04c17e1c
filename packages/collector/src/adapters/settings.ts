import { parseArgs } from 'node:util';
import type { SiteOptions } from '../core/collector.js';

/** What a server or a Lambda function is started with. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  /** Nothing means the embedded stream, which only `--dev` starts. */
  readonly stream: string | undefined;
  readonly deadLetterStream: string | undefined;
  readonly region: string | undefined;
  readonly kinesisEndpoint: string | undefined;
  readonly sites: Readonly<Record<string, SiteOptions>>;
  readonly dev: boolean;
}

interface Setting {
  readonly env?: string;
  readonly value?: string;
  readonly help: string;
}

const table: Readonly<Record<string, Setting>> = {
  stream: { env: 'KINESIS_STREAM', value: 'NAME', help: 'Kinesis stream for the events' },
  'dead-letter-stream': {
    env: 'DEAD_LETTER_STREAM',
    value: 'NAME',
    help: 'stream for rejected events (default: the stream’s name and -dead-letter)',
  },
  region: { env: 'AWS_REGION', value: 'REGION', help: 'AWS region of the streams' },
  'kinesis-endpoint': { env: 'KINESIS_ENDPOINT', value: 'URL', help: 'a Kinesis emulator instead of AWS' },
  key: {
    env: 'RASTRO_KEYS',
    value: 'KEY[=SITE]',
    help: 'site key, and the name of the shop in the records; repeat it, or separate by commas (--dev: demo)',
  },
  origin: {
    env: 'RASTRO_ORIGINS',
    value: 'ORIGIN',
    help: 'origin of pages that may send, such as https://shop.example; repeat it, or separate by commas (default: any)',
  },
  port: { env: 'PORT', value: 'N', help: 'port to listen on (default: 8080)' },
  host: { env: 'HOST', value: 'ADDRESS', help: 'address to listen on (default: 127.0.0.1; 0.0.0.0 for all)' },
  dev: { help: 'without --stream an embedded Kinesis; the events as they pass at /live and /dev/events' },
  help: { help: 'show this' },
  version: { help: 'show the version' },
};

export type Parsed =
  | { readonly action: 'help' }
  | { readonly action: 'version' }
  | { readonly action: 'serve'; readonly settings: Settings };

/**
 * Reads settings from flags, else from the environment.
 *
 * @throws {TypeError} With a message that names what is wrong, for a person at a terminal.
 */
export function parseSettings(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Parsed {
  const { values } = parseArgs({
    args: [...argv],
    strict: true,
    options: {
      stream: { type: 'string' },
      'dead-letter-stream': { type: 'string' },
      region: { type: 'string' },
      'kinesis-endpoint': { type: 'string' },
      key: { type: 'string', multiple: true },
      origin: { type: 'string', multiple: true },
      port: { type: 'string' },
      host: { type: 'string' },
      dev: { type: 'boolean' },
      help: { type: 'boolean' },
      version: { type: 'boolean' },
    },
  });
  if (values.help) return { action: 'help' };
  if (values.version) return { action: 'version' };

  const read = (name: keyof typeof values & string): string | undefined => {
    const variable = table[name]?.env;
    const value = (values[name] as string | undefined) ?? (variable ? env[variable] : undefined);
    return value === '' ? undefined : value;
  };
  const list = (name: 'key' | 'origin'): string[] =>
    (values[name] ?? env[table[name]?.env ?? '']?.split(',') ?? [])
      .flatMap((value) => value.split(','))
      .map((value) => value.trim())
      .filter(Boolean);

  const dev = values.dev ?? false;
  const stream = read('stream');
  const region = read('region');
  const kinesisEndpoint = read('kinesis-endpoint');
  if (!stream && !dev)
    throw new TypeError('--stream (KINESIS_STREAM) is missing: the Kinesis stream for the events. Or try --dev.');
  if (stream && !region && !kinesisEndpoint)
    throw new TypeError('--region (AWS_REGION) is missing: where is the stream?');
  const port = read('port') ?? '8080';
  if (!/^\d+$/.test(port) || Number(port) > 65_535) throw new TypeError(`--port must be 0–65535, got ${port}`);
  if (kinesisEndpoint && !/^https?:/.test(URL.canParse(kinesisEndpoint) ? kinesisEndpoint : '')) {
    throw new TypeError(`--kinesis-endpoint must be a URL such as http://127.0.0.1:4567, got ${kinesisEndpoint}`);
  }
  const keys = list('key');
  if (keys.length === 0 && !dev) throw new TypeError('--key (RASTRO_KEYS) is missing: the key that the tracker sends.');
  const origins = list('origin');
  const sites = new Map<string, SiteOptions>();
  for (const entry of keys.length === 0 ? ['demo'] : keys) {
    const [key = '', name = key] = entry.split('=', 2);
    if (sites.has(key)) throw new TypeError(`--key: ${key} is there twice`);
    sites.set(key, { name, origins: origins.length === 0 ? '*' : origins });
  }

  return {
    action: 'serve',
    settings: {
      port: Number(port),
      host: read('host') ?? '127.0.0.1',
      stream,
      deadLetterStream: read('dead-letter-stream') ?? (stream && `${stream}-dead-letter`),
      region,
      kinesisEndpoint,
      sites: Object.fromEntries(sites),
      dev,
    },
  };
}

/** The text of `--help`. */
export function help(): string {
  const rows = Object.entries(table).map(([name, { env, value, help: text }]) => [
    `  --${name}${value ? ` ${value}` : ''}`,
    `${text}${env ? ` [${env}]` : ''}`,
  ]);
  const width = Math.max(...rows.map(([flag = '']) => flag.length)) + 2;
  return `Usage: rastro-collector [options]

Takes the events of the Rastro tracker and puts them on a Kinesis stream.

${rows.map(([flag = '', text]) => flag.padEnd(width) + text).join('\n')}

Try it:   rastro-collector --dev
On AWS:   rastro-collector --stream shop-events --region eu-west-1 --key my-shop --origin https://shop.example
`;
}
