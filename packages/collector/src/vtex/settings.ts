import type { ProducerOptions } from '../adapters/assemble.js';
import { nearest } from '../adapters/nearest.js';
import { parseSettings, type Settings, SettingsError } from '../adapters/settings.js';
import { integer, type Kind, list, onOff, text, url } from '../adapters/settings-kinds.js';
import type { VtexOrdersOptions } from './orders.js';

/** What the command, or the function, is started with. */
export interface VtexSettings {
  readonly stream: string;
  readonly deadLetterStream: string;
  readonly region: string | undefined;
  readonly kinesisEndpoint: string | undefined;
  readonly producer: ProducerOptions;
  readonly salt: number;
  readonly logLevel: Settings['logLevel'];
  readonly key: string;
  /** Name of the shop in the records. */
  readonly site: string;
  readonly orderChanges: boolean;
  readonly vtex: Pick<
    VtexOrdersOptions,
    | 'account'
    | 'baseUrl'
    | 'appKey'
    | 'appToken'
    | 'statuses'
    | 'timeoutMs'
    | 'maxAttempts'
    | 'throttledMs'
    | 'pollIntervalMs'
    | 'concurrency'
    | 'giveUpAfterMs'
  >;
}

interface Own {
  readonly kind: Kind<unknown>;
  readonly env: string;
  readonly help: string;
  readonly fallback?: unknown;
}
const own = <T>(kind: Kind<T>, env: string, help: string, fallback?: T): Own => ({
  kind: kind as Kind<unknown>,
  env,
  help,
  fallback,
});

/** Flags of this command alone. Keys of VTEX are no flags: other users of the machine see a command line. */
const flags: Readonly<Record<string, Own>> = {
  account: own(text('NAME'), 'VTEX_ACCOUNT', 'VTEX account'),
  'base-url': own(url('https://shop.example'), 'VTEX_BASE_URL', 'another address than that of the account'),
  statuses: own(
    list('STATUS,…'),
    'VTEX_STATUSES',
    'statuses in which an order is a purchase (default: from payment-approved on)',
  ),
  'order-changes': own(onOff, 'VTEX_ORDER_CHANGES', 'tell cancellations and refunds, too', false),
  'poll-interval-ms': own(
    integer(100, 3_600_000),
    'VTEX_POLL_INTERVAL_MS',
    'wait after the feed was empty, in ms (default: 5000)',
    5_000,
  ),
  concurrency: own(integer(1, 10), 'VTEX_CONCURRENCY', 'orders at a time (default: 5)', 5),
  'timeout-ms': own(integer(100, 120_000), 'VTEX_TIMEOUT_MS', 'longest call of VTEX, in ms (default: 15000)', 15_000),
  'max-attempts': own(integer(1, 20), 'VTEX_MAX_ATTEMPTS', 'tries of a call that fails (default: 5)', 5),
  'throttled-ms': own(
    integer(0, 600_000),
    'VTEX_THROTTLED_MS',
    'wait after a 429 that does not say how long, in ms (default: 60000)',
    60_000,
  ),
  'give-up-after-ms': own(
    integer(60_000, 1_209_600_000),
    'VTEX_GIVE_UP_AFTER_MS',
    'an update that is older, and whose order VTEX fails to give, is a dead letter, in ms (default: 3 days)',
    259_200_000,
  ),
};

/** Flags of the collector's command that mean the same here. */
const shared: Readonly<Record<string, readonly [env: string, placeholder: string, help: string]>> = {
  stream: ['KINESIS_STREAM', 'NAME', 'Kinesis stream for the orders'],
  'dead-letter-stream': [
    'DEAD_LETTER_STREAM',
    'NAME',
    'stream for what is rejected (default: the stream’s name and -dead-letter)',
  ],
  region: ['AWS_REGION', 'REGION', 'AWS region of the streams'],
  'kinesis-endpoint': ['KINESIS_ENDPOINT', 'URL', 'a Kinesis emulator instead of AWS'],
  key: ['RASTRO_KEYS', 'KEY[=SITE]', 'site key of the shop, the one of its pages'],
  salt: ['RASTRO_SALT', 'N', 'keys per category, as in the collector'],
  aggregate: ['RASTRO_AGGREGATE', '', 'several events in one Kinesis record'],
  'log-level': ['RASTRO_LOG_LEVEL', 'LEVEL', 'info, warn, error or silent'],
};
/** What follows none of them. */
const withoutValue = new Set(['aggregate', 'no-aggregate', 'order-changes']);

export type Command = 'run' | 'once' | 'check' | 'help' | 'version';

export type ParsedVtex =
  | { readonly command: 'help' | 'version' }
  | {
      readonly command: 'run' | 'once' | 'check';
      readonly settings: VtexSettings;
      readonly warnings: readonly string[];
    };

/**
 * Reads flags, else variables of the environment, else defaults.
 *
 * @param needsStream Whether records are written: to look at the feed takes no stream. @default true, but for `check`
 * @throws {SettingsError} With all that is wrong.
 */
export function parseVtexSettings(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  style: 'command' | 'environment' = 'command',
): ParsedVtex {
  const problems: string[] = [];
  const rest: string[] = [];
  const given = new Map<string, string>();
  let command: Command = 'run';
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    const [, name = '', inline] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const bare = withoutValue.has(name);
    const value = inline ?? (bare ? 'true' : argv[at + 1]);
    if (name === 'help' || name === 'version') return { command: name };
    if (/^(app-?key|app-?token|token)$/.test(name)) {
      problems.push(
        `--${name}: keys do not go on the command line, which others see. Set VTEX_APP_KEY and VTEX_APP_TOKEN`,
      );
      if (inline === undefined) at++;
    } else if (Object.hasOwn(flags, name) || Object.hasOwn(shared, name) || name === 'no-aggregate') {
      if (value === undefined || (inline === undefined && !bare && value.startsWith('--'))) {
        problems.push(`--${name} needs a value`);
        continue;
      }
      if (Object.hasOwn(flags, name)) given.set(name, value);
      else rest.push(...(inline === undefined && !bare ? [word, value] : [word]));
      if (inline === undefined && !bare) at++;
    } else if (at === 0 && (word === 'run' || word === 'once' || word === 'check' || word === 'help')) command = word;
    else if (word.startsWith('-')) {
      const known = nearest(name || word, [...Object.keys(flags), ...Object.keys(shared), 'help', 'version']);
      problems.push(`Unknown option '${word.split('=', 1)}'${known ? `: did you mean --${known}?` : ''}`);
      if (inline === undefined && argv[at + 1]?.startsWith('-') === false) at++;
    } else problems.push(`Unexpected argument '${word}'`);
  }
  if (command === 'help') return { command };

  const values: Record<string, unknown> = {};
  for (const [name, { kind, env: variable, fallback }] of Object.entries(flags)) {
    const told = given.get(name) ?? (env[variable] || undefined);
    const value = told === undefined ? fallback : kind.read(told);
    if (told !== undefined && value === undefined)
      problems.push(`${given.has(name) ? `--${name}` : variable} must be ${kind.expects}, got ${told}`);
    values[name] = value;
  }
  if (!values['account'] && !values['base-url']) problems.push('--account (VTEX_ACCOUNT) is missing: the VTEX account');
  const { VTEX_APP_KEY: appKey = '', VTEX_APP_TOKEN: appToken = '' } = env;
  if (!appKey) problems.push('VTEX_APP_KEY is missing: the app key');
  if (!appToken) problems.push('VTEX_APP_TOKEN is missing: the token of the app key');

  // The feed alone is looked at: what would be written, and where, does not matter.
  const needed = command === 'check' ? { KINESIS_STREAM: 'none', AWS_REGION: 'none', RASTRO_KEYS: 'none' } : {};
  const base = baseSettings(rest, { ...needed, ...env }, style, problems);
  if (problems.length > 0 || !base) throw new SettingsError(problems);
  const { settings, warnings } = base;
  const [first, ...others] = Object.entries(settings.sites);
  if (!first || others.length > 0)
    throw new SettingsError([`--key (RASTRO_KEYS): one site key is needed, got ${others.length + 1}`]);
  const [key, { name: site = key }] = first;
  const { maxInFlight, maxQueueBytes, putDeadlineMs, aggregate, strictOrder, lingerMs } = settings;
  return {
    command,
    warnings,
    settings: {
      stream: settings.stream ?? '',
      deadLetterStream: settings.deadLetterStream ?? '',
      region: settings.region,
      kinesisEndpoint: settings.kinesisEndpoint,
      producer: { maxInFlight, maxQueueBytes, deadlineMs: putDeadlineMs, aggregate, strictOrder, lingerMs },
      salt: settings.salt,
      logLevel: settings.logLevel,
      key,
      site,
      orderChanges: values['order-changes'] === true,
      vtex: {
        account: values['account'] as string | undefined,
        baseUrl: values['base-url'] as string | undefined,
        appKey,
        appToken,
        statuses: values['statuses'] as readonly string[] | undefined,
        timeoutMs: values['timeout-ms'] as number,
        maxAttempts: values['max-attempts'] as number,
        throttledMs: values['throttled-ms'] as number,
        pollIntervalMs: values['poll-interval-ms'] as number,
        concurrency: values['concurrency'] as number,
        giveUpAfterMs: values['give-up-after-ms'] as number,
      },
    },
  };
}

function baseSettings(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  style: 'command' | 'environment',
  problems: string[],
): { settings: Settings; warnings: readonly string[] } | undefined {
  try {
    // A function reads the environment alone.
    const parsed = parseSettings(argv, env, { style });
    return 'settings' in parsed ? parsed : undefined;
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    problems.push(...error.problems.map((problem) => problem.replace(' Or try --dev.', '')));
    return undefined;
  }
}

/** The text of `--help`. */
export function vtexHelp(): string {
  const rows = [
    ...Object.entries(flags).map(([name, { kind, env, help }]) => [
      `--${name}${kind.placeholder ? ` ${kind.placeholder}` : ''}`,
      `${help} [${env}]`,
    ]),
    ...Object.entries(shared).map(([name, [env, placeholder, help]]) => [
      `--${name}${placeholder ? ` ${placeholder}` : ''}`,
      `${help} [${env}]`,
    ]),
    ['--help, --version', 'show this, or the version'],
  ];
  const width = Math.max(...rows.map(([flag = '']) => flag.length)) + 2;
  return `Usage: rastro-vtex [run | once | check] [options]

Carries orders from the order feed of a VTEX account to a Kinesis stream. Each option has a variable of the environment, here
in [brackets]. The keys are VTEX_APP_KEY and VTEX_APP_TOKEN, in the environment alone.

  run     reads the feed until it is asked to end (default)
  once    reads the feed until it is empty
  check   shows how the feed is configured, and what of it will be missed

${rows.map(([flag = '', help]) => `  ${flag.padEnd(width)}${help}`).join('\n')}

  VTEX_APP_KEY=… VTEX_APP_TOKEN=… rastro-vtex --account my-shop --stream shop-events --region eu-west-1 --key my-shop
`;
}
