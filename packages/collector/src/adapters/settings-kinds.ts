import { isIP } from 'node:net';

/** What a setting's value is, however it is given. */
export interface Kind<T> {
  /** Stands for the value in `--help`; nothing where the name alone is enough. */
  readonly placeholder: string | undefined;
  /** Several are given by repeating the flag, or separated by commas. */
  readonly many: boolean;
  /** What it must be, as in `--port must be 0–65535`. */
  readonly expects: string;
  /** Reads the text of a flag or of a variable, never empty. @returns Nothing when it is wrong. */
  read(text: string): T | undefined;
  /** JSON Schema of the value in the configuration file. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** Takes a value that fits the schema. @returns Nothing when it is wrong all the same. */
  take(value: unknown): T | undefined;
}

const kind = <T>(of: Omit<Kind<T>, 'many' | 'take'> & Partial<Pick<Kind<T>, 'many' | 'take'>>): Kind<T> => ({
  many: false,
  take: (value) => value as T,
  ...of,
});

/** Any text, or text of a form. */
export function text(placeholder: string, form?: { pattern: string; expects: string }): Kind<string> {
  const pattern = new RegExp(form?.pattern ?? '', 'u');
  return kind({
    placeholder,
    expects: form?.expects ?? 'text',
    read: (given) => (pattern.test(given) ? given : undefined),
    schema: { type: 'string', minLength: 1, ...(form ? { pattern: form.pattern } : {}) },
  });
}

/** A whole number, bounds included. */
export function integer(minimum: number, maximum: number): Kind<number> {
  return kind({
    placeholder: 'N',
    expects: `${minimum}–${maximum}`,
    read: (given) => {
      const value = /^\d{1,16}$/.test(given) ? Number(given) : Number.NaN;
      return value >= minimum && value <= maximum ? value : undefined;
    },
    schema: { type: 'integer', minimum, maximum },
  });
}

/** A whole number, or a word that stands for one which is found when it is read. */
export function integerOr(word: string, find: () => number, minimum: number, maximum: number): Kind<number> {
  const number = integer(minimum, maximum);
  return kind({
    placeholder: `N|${word}`,
    expects: `${number.expects} or ${word}`,
    read: (given) => (given === word ? find() : number.read(given)),
    schema: { anyOf: [number.schema, { const: word }] },
    take: (value) => (value === word ? find() : (value as number)),
  });
}

/** On or off. The flag alone means on; `--no-…` and `=false` mean off. */
export const onOff: Kind<boolean> = kind({
  placeholder: undefined,
  expects: 'true or false',
  read: (given) => ({ true: true, 1: true, false: false, 0: false })[given.toLowerCase()],
  schema: { type: 'boolean' },
});

/** One of some words. */
export function choice<const T extends string>(...words: readonly T[]): Kind<T> {
  return kind<T>({
    placeholder: words.join('|'),
    expects: words.join(', ').replace(/, ([^,]*)$/, ' or $1'),
    read: (given) => words.find((word) => word === given),
    schema: { enum: words },
  });
}

/** The URL of a service. Credentials have no place in it: it is printed and logged. */
export function url(example: string): Kind<string> {
  const read = (given: string): string | undefined => {
    const { protocol, username, password } = URL.canParse(given) ? new URL(given) : new URL('none:');
    return /^https?:$/.test(protocol) && !username && !password ? given : undefined;
  };
  return kind({
    placeholder: 'URL',
    expects: `a URL such as ${example}`,
    read,
    schema: { type: 'string', pattern: '^https?://' },
    take: (value) => read(value as string),
  });
}

/** Texts, in order. */
export function list(placeholder: string): Kind<readonly string[]> {
  return kind<readonly string[]>({
    placeholder,
    many: true,
    expects: 'a list',
    read: split,
    schema: { type: 'array', items: { type: 'string', minLength: 1 } },
  });
}

/** Names of ranges: https://github.com/jshttp/proxy-addr#proxyaddrcompileval */
const ranges = ['loopback', 'linklocal', 'uniquelocal'];

/** Whose `X-Forwarded-For` is believed: addresses and CIDR ranges, or the number of proxies. */
export const proxies: Kind<readonly string[] | number> = kind<readonly string[] | number>({
  placeholder: 'CIDR|N',
  many: true,
  expects: `addresses, CIDR ranges or ${ranges.join(', ')}; or the number of proxies, 1–10`,
  read: (given) => {
    if (/^\d+$/.test(given)) return integer(1, 10).read(given);
    const all = split(given);
    return all.every(isRange) ? all : undefined;
  },
  schema: {
    anyOf: [
      { type: 'array', items: { type: 'string', minLength: 1 } },
      { type: 'integer', minimum: 1, maximum: 10 },
    ],
  },
  take: (value) => (typeof value === 'number' || (value as string[]).every(isRange) ? (value as string[]) : undefined),
});

function isRange(given: string): boolean {
  if (ranges.includes(given)) return true;
  const [address = '', bits, ...more] = given.split('/');
  const most = { 4: 32, 6: 128 }[isIP(address)];
  return most !== undefined && more.length === 0 && (bits === undefined || integer(1, most).read(bits) !== undefined);
}

function split(given: string): string[] {
  return given
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}
