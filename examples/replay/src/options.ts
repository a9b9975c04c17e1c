import { parseArgs } from 'node:util';

export interface Options {
  readonly files: readonly string[];
  readonly endpoint: URL;
  readonly key: string;
  /** Rows per second; `undefined` means as fast as the collector takes them. */
  readonly rate: number | undefined;
  /** Most requests at a time. */
  readonly concurrency: number;
  readonly currency: string;
  /** Only the first rows of each file; `undefined` means all. */
  readonly limit: number | undefined;
  /** Seconds without any success after which the replay stops; 0 means never. */
  readonly giveUpAfter: number;
  readonly stateDir: string;
  readonly restart: boolean;
  readonly json: boolean;
}

export const defaults = {
  endpoint: 'http://127.0.0.1:8080/e',
  key: 'demo',
  concurrency: 4,
  currency: 'USD',
  giveUpAfter: 60,
  stateDir: '.replay',
} as const;

export const help: string = `Sends REES46 CSV files, plain or gzip, through a Rastro collector.

Usage: npm run replay -- FILE.csv[.gz] ... [options]

  --endpoint URL           The collector's endpoint.  [${defaults.endpoint}]
  --key KEY                The site key.  [${defaults.key}]
  --rate N                 Rows per second.  [as fast as the collector takes them]
  --concurrency N          Requests in flight, 1 to 64.  [${defaults.concurrency}]
  --currency CODE          Currency of all prices, ISO 4217.  [${defaults.currency}]
  --limit N                Only the first N rows of each file, and the rest of an order begun in them.  [all]
  --give-up-after SECONDS  Stop when nothing got through for so long; 0 means never.  [${defaults.giveUpAfter}]
  --state-dir DIR          Where progress is kept.  [${defaults.stateDir}]
  --restart                Send from the first row, whatever was sent before.
  --json                   Print the summary as JSON.
  --version                Print the version.
  --help                   Print this.

Stopped by Ctrl-C or an error, the same command goes on where it stopped.
Exit status: 0 sent, 1 stopped by an error, 2 wrong options, 130 stopped by Ctrl-C.
`;

/** Something is wrong with the command line; the message names it. */
export class OptionsError extends Error {}

/**
 * Reads the command line.
 *
 * @returns The text to print instead of sending, or the options.
 * @throws {OptionsError} An option is unknown or has a wrong value, or no file is named.
 */
export function parseOptions(argv: readonly string[]): 'help' | 'version' | Options {
  const { values, positionals } = readArguments(argv);
  if (values.help) return 'help';
  if (values.version) return 'version';
  if (positionals.length === 0) throw new OptionsError('No file is named.');
  if (values.key === '') throw new OptionsError('--key must not be empty.');
  const currency = values.currency ?? defaults.currency;
  if (!/^[A-Z]{3}$/.test(currency)) throw wrong('currency', 'three capital letters, such as USD', currency);
  return {
    files: positionals,
    endpoint: toEndpoint(values.endpoint ?? defaults.endpoint),
    key: values.key ?? defaults.key,
    rate: toNumber('rate', values.rate, { above: 0 }),
    concurrency:
      toNumber('concurrency', values.concurrency, { above: 0, most: 64, whole: true }) ?? defaults.concurrency,
    currency,
    limit: toNumber('limit', values.limit, { above: 0, whole: true }),
    giveUpAfter: toNumber('give-up-after', values['give-up-after'], {}) ?? defaults.giveUpAfter,
    stateDir: values['state-dir'] ?? defaults.stateDir,
    restart: values.restart ?? false,
    json: values.json ?? false,
  };
}

function readArguments(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        endpoint: { type: 'string' },
        key: { type: 'string' },
        rate: { type: 'string' },
        concurrency: { type: 'string' },
        currency: { type: 'string' },
        limit: { type: 'string' },
        'give-up-after': { type: 'string' },
        'state-dir': { type: 'string' },
        restart: { type: 'boolean' },
        json: { type: 'boolean' },
        version: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (cause) {
    // Node.js adds advice that does not fit here: its first sentence is enough.
    const [sentence = ''] = (cause as Error).message.split('. ', 1);
    throw new OptionsError(`${sentence.replace(/\.$/, '')}.`, { cause });
  }
}

function toEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw wrong('endpoint', 'an http or https URL', text);
}

function toNumber(
  name: string,
  text: string | undefined,
  { above = -1, most = Number.MAX_SAFE_INTEGER, whole = false }: { above?: number; most?: number; whole?: boolean },
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value > above && value <= most && (!whole || Number.isInteger(value))) return value;
  const form = whole ? 'a whole number' : 'a number';
  const bounds = most < Number.MAX_SAFE_INTEGER ? ` from 1 to ${most}` : above === 0 ? ' above 0' : ' from 0';
  throw wrong(name, form + bounds, text);
}

const wrong = (name: string, form: string, got: string): OptionsError =>
  new OptionsError(`--${name} must be ${form}. It is "${got}".`);
