import { availableParallelism } from 'node:os';
import type { SiteOptions } from '../core/collector.js';
import { choice, integer, integerOr, type Kind, list, onOff, proxies, text, url } from './settings-kinds.js';

/** What a server, or a Lambda function, is started with. The table below says what each means. */
export interface Settings {
  /** Nothing means the embedded stream, which only `dev` starts. */
  readonly stream: string | undefined;
  readonly deadLetterStream: string | undefined;
  readonly region: string | undefined;
  readonly kinesisEndpoint: string | undefined;
  readonly sites: Readonly<Record<string, SiteOptions>>;
  readonly config: string | undefined;
  readonly port: number;
  readonly host: string;
  readonly trustedProxies: readonly string[] | number;
  readonly maxConnections: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly maxBodyBytes: number;
  readonly rateLimitPerClient: number;
  readonly rateLimitPerKey: number;
  readonly deviceCookie: boolean;
  readonly deviceCookieDomain: string | undefined;
  readonly lingerMs: number;
  readonly maxInFlight: number;
  readonly maxQueueBytes: number;
  readonly putDeadlineMs: number;
  readonly aggregate: boolean;
  readonly strictOrder: boolean;
  readonly salt: number;
  readonly spoolDirectory: string | undefined;
  readonly spoolMaxBytes: number;
  readonly spoolMode: 'fallback' | 'first';
  readonly workers: number;
  readonly drainDelayMs: number;
  readonly drainTimeoutMs: number;
  readonly metrics: boolean;
  readonly metricsPort: number | undefined;
  readonly logLevel: LogLevel;
  readonly dev: boolean;
}
export type LogLevel = 'info' | 'warn' | 'error' | 'silent';

/** Settings as they are given. Only the file has whole sites; flags and the environment have keys, and origins for all. */
export interface Given extends Omit<Settings, 'sites'> {
  readonly key: readonly string[];
  readonly origin: readonly string[];
  readonly sites: Settings['sites'] | undefined;
}

export interface Setting<T> {
  readonly group: Group;
  /** Without the dashes; nothing where only the file has it. */
  readonly flag: string | undefined;
  readonly env: string | undefined;
  /** Whether it stands in the configuration file, by the name it has here. */
  readonly file: boolean;
  readonly kind: Kind<NonNullable<T>>;
  readonly default: T;
  /** One line, with the unit. */
  readonly help: string;
  /** What the default is, in words, where the value does not say it. */
  readonly defaultText: string | undefined;
  /** What it means for a Lambda function: the same, nothing, or something that it cannot keep. */
  readonly inFunction: 'same' | 'ignored' | 'refused';
}

export const groups = {
  stream: 'Where events go',
  sites: 'Who may send',
  server: 'The server',
  requests: 'Requests',
  delivery: 'Delivery to the stream',
  spool: 'Disk for when the stream is down',
  process: 'Processes and their end',
  operation: 'Operation',
} as const;
export type Group = keyof typeof groups;

type Rest<T> = { readonly help: string } & Partial<Omit<Setting<T>, 'group' | 'kind' | 'help'>>;

const define =
  (group: Group, inFunction: Setting<unknown>['inFunction']) =>
  <T>(kind: Kind<NonNullable<T>>, fallback: T, rest: Rest<T>): Setting<T> => ({
    group,
    kind,
    default: fallback,
    flag: undefined,
    env: undefined,
    file: true,
    defaultText: undefined,
    inFunction,
    ...rest,
  });
const stream = define('stream', 'same');
const sites = define('sites', 'same');
const server = define('server', 'ignored');
const requests = define('requests', 'same');
const delivery = define('delivery', 'same');
const spool = define('spool', 'refused');
const processes = define('process', 'ignored');
const operation = define('operation', 'same');

const site: Kind<Settings['sites']> = {
  placeholder: undefined,
  many: false,
  expects: 'sites by key',
  read: () => undefined,
  schema: {
    type: 'object',
    minProperties: 1,
    propertyNames: { $ref: '#/$defs/name' },
    additionalProperties: { $ref: '#/$defs/site' },
  },
  take: (value) => value as Settings['sites'],
};

const mebibyte = 1_048_576;
const optional = <T>(): T | undefined => undefined;

/**
 * Every setting: `--help`, the parser, docs/configuration.md and config.schema.json are made of this. Flag and variable
 * are `--kebab-case` and `RASTRO_UPPER_CASE` of the name where nothing else stands here.
 */
const table: { readonly [Name in keyof Given]: Setting<Given[Name]> } = {
  stream: stream(text('NAME'), optional<string>(), { env: 'KINESIS_STREAM', help: 'Kinesis stream for the events' }),
  deadLetterStream: stream(text('NAME'), optional<string>(), {
    env: 'DEAD_LETTER_STREAM',
    help: 'stream for rejected events',
    defaultText: 'the stream’s name and -dead-letter',
  }),
  region: stream(text('REGION'), optional<string>(), { env: 'AWS_REGION', help: 'AWS region of the streams' }),
  kinesisEndpoint: stream(url('http://127.0.0.1:4567'), optional<string>(), {
    env: 'KINESIS_ENDPOINT',
    help: 'a Kinesis emulator instead of AWS',
  }),

  key: sites(list('KEY[=SITE]'), [] as readonly string[], {
    env: 'RASTRO_KEYS',
    file: false,
    help: 'site key, and the name of the shop in the records; repeat it, or separate by commas',
    defaultText: 'demo with --dev',
  }),
  origin: sites(list('ORIGIN'), [] as readonly string[], {
    env: 'RASTRO_ORIGINS',
    file: false,
    help: 'origin of pages that may send, such as https://shop.example, of all keys; repeat it, or separate by commas',
    defaultText: 'any',
  }),
  sites: sites(site, optional<Settings['sites']>(), {
    flag: '',
    env: '',
    help: 'shops by site key, each with its own name and origins; replaced while the collector runs when the file changes',
  }),
  config: sites(text('FILE'), optional<string>(), { file: false, help: 'configuration file, JSON' }),

  port: server(integer(0, 65_535), 8080, { env: 'PORT', help: 'port to listen on; 0 takes a free one' }),
  host: server(text('ADDRESS'), '127.0.0.1', { env: 'HOST', help: 'address to listen on; 0.0.0.0 for all' }),
  trustedProxies: server(proxies, [] as readonly string[] | number, {
    inFunction: 'same',
    help: 'proxies whose X-Forwarded-For names the visitor: addresses, CIDR ranges, loopback, linklocal, uniquelocal; or how many stand in front, where nobody can go around them',
    defaultText: 'none',
  }),
  maxConnections: server(integer(1, 1_000_000), 10_000, {
    help: 'most connections open at once, per worker; more are closed at once',
  }),
  requestTimeoutMs: server(integer(1_000, 600_000), 30_000, {
    help: 'longest time for a request to arrive whole, in ms; the default is 500,000 bytes at 134 kbit/s. Headers have at most 10,000 of it',
  }),
  keepAliveTimeoutMs: server(integer(1_000, 7_200_000), 75_000, {
    help: 'how long an idle connection stays open, in ms: longer than a load balancer in front keeps its own, which is 60,000 for an AWS ALB',
  }),

  maxBodyBytes: requests(integer(1_000, 600_000), 500_000, {
    help: 'largest body, before and after decompression, in bytes',
  }),
  rateLimitPerClient: requests(integer(0, 1_000_000), 0, {
    help: 'requests per second of one client address, in bursts of twice as many; 0 is no limit',
  }),
  rateLimitPerKey: requests(integer(0, 1_000_000), 0, {
    help: 'requests per second of one site key, in bursts of twice as many; 0 is no limit',
  }),
  deviceCookie: requests(onOff, false, { help: 'keep the device id in a cookie that the collector sets' }),
  deviceCookieDomain: requests(
    text('DOMAIN', {
      pattern: String.raw`^\.?([a-zA-Z0-9]([a-zA-Z0-9\-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z0-9]([a-zA-Z0-9\-]{0,61}[a-zA-Z0-9])?$`,
      expects: 'a domain such as shop.example',
    }),
    optional<string>(),
    { help: 'domain of that cookie, to share it among subdomains', defaultText: 'the collector’s host alone' },
  ),

  lingerMs: delivery(integer(0, 1_000), 5, {
    help: 'how long the first record of a call to Kinesis waits for others, in ms; four times as long while a call is in flight',
    inFunction: 'ignored',
  }),
  maxInFlight: delivery(integer(1, 64), 8, { help: 'most calls to one stream at the same time, per worker' }),
  maxQueueBytes: delivery(integer(mebibyte, 64 * 1024 * mebibyte), 64 * mebibyte, {
    help: 'most bytes of records that wait for a stream, per worker; beyond it requests are answered 503',
  }),
  putDeadlineMs: delivery(integer(100, 60_000), 3_000, {
    help: 'no try to put a record begins later than this after it came, in ms; a try takes 3,000 at most',
  }),
  strictOrder: delivery(onOff, false, {
    help: 'at most one record of a partition key in a call: keeps its order even when Kinesis takes a part of a call',
  }),
  aggregate: delivery(onOff, false, {
    help: 'put several events into one Kinesis record, in the format of the KPL: for readers that take it apart',
  }),
  salt: delivery(integer(0, 256), 0, {
    help: 'spread the records of a category over this many partition keys, by session: for one that brings more than a shard takes; 0 keeps it together, in order',
  }),

  spoolDirectory: spool(text('DIR'), optional<string>(), {
    help: 'folder for events that Kinesis does not take; it outlives the process',
    defaultText: 'none: such requests are answered 503',
  }),
  spoolMaxBytes: spool(integer(mebibyte, 1024 * 1024 * mebibyte), 1024 * mebibyte, {
    help: 'most bytes on the disk, per worker',
  }),
  spoolMode: spool(choice('fallback', 'first'), 'fallback' as 'fallback' | 'first', {
    help: 'when it is used: fallback, when Kinesis fails; first, always, and the answer comes when the disk has it',
  }),

  workers: processes(
    integerOr('auto', () => availableParallelism(), 1, 256),
    1,
    { help: 'processes that share the port; auto: one per CPU' },
  ),
  drainDelayMs: processes(integer(0, 600_000), 0, {
    help: 'how long /readyz says 503 before no more connections are taken, in ms; 5,000 behind a load balancer or in Kubernetes',
  }),
  drainTimeoutMs: processes(integer(0, 600_000), 20_000, {
    help: 'longest time to finish what is in flight after that, in ms',
  }),

  metrics: operation(onOff, true, { help: 'serve /metrics to Prometheus' }),
  metricsPort: operation(integer(0, 65_535), optional<number>(), {
    help: 'port of its own for /metrics, /readyz and /healthz; /metrics is then nowhere else',
    defaultText: 'that of the events',
    inFunction: 'ignored',
  }),
  logLevel: operation(choice('info', 'warn', 'error', 'silent'), 'info' as LogLevel, {
    help: 'the least that is logged',
  }),
  dev: operation(onOff, false, {
    help: 'without a stream an embedded Kinesis; the events as they pass at /live and /dev/events',
    inFunction: 'refused',
  }),
};

/** A setting with its names. */
export interface NamedSetting extends Setting<unknown> {
  readonly name: keyof Given;
}

/** In the order of `--help`. */
export const allSettings: readonly NamedSetting[] = Object.entries(table as Record<string, Setting<unknown>>).map(
  ([name, setting]) => ({
    ...setting,
    name: name as keyof Given,
    flag: setting.flag === '' ? undefined : (setting.flag ?? kebab(name)),
    env: setting.env === '' ? undefined : (setting.env ?? `RASTRO_${kebab(name).toUpperCase().replaceAll('-', '_')}`),
  }),
);

/** Parts of the file's schema that stand in it more than once. */
export const definitions: Readonly<Record<string, unknown>> = {
  name: { type: 'string', pattern: '^[^\\p{Cc}\\p{Cs}]{1,64}$' },
  site: {
    type: 'object',
    description: 'A shop. Its key is the one that the tracker sends.',
    additionalProperties: false,
    properties: {
      name: { $ref: '#/$defs/name', description: 'Name of the shop in the records. Default: the site key.' },
      origins: {
        description:
          'Origins of pages that may send, such as `https://shop.example`. `*` is every page, sandboxed frames left out: their origin is `null`, and it is allowed where it is listed. Default: `*`.',
        anyOf: [
          { const: '*' },
          { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', minLength: 1 } },
        ],
      },
      orderChanges: {
        type: 'boolean',
        description:
          'Whether events `cancel` and `refund` are taken. A site key is public: give servers a key of their own. Default: false.',
      },
    },
  },
};

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
