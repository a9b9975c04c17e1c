// How fields of VTEX's answers are read: what cannot be read is left out, and said in a reason.

/** An object as it came: nothing is known of its fields. */
export type Json = Readonly<Record<string, unknown>>;

/** The object, or an empty one for anything else: fields are read without asking at each step. */
export const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
/** The list, or an empty one for anything else. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
/** Text that is there, or nothing. */
export const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

export interface Reader {
  /** Says what is wrong; gives `undefined`, so that the field is left out. */
  refuse(path: string, why: string): undefined;
  /** Text of 1–128 characters, or a whole number that a double holds exactly. */
  id(value: unknown, path: string): string | undefined;
  /** Text for people: white space is one blank, control characters none, and what is longer than `maxLength` is cut. */
  text(value: unknown, path: string, maxLength: number): string | undefined;
  /** An amount in cents, as VTEX writes them in every currency. @returns Currency units. */
  cents(value: unknown, path: string): number | undefined;
  /** A whole number, 1–1,000,000. */
  quantity(value: unknown, path: string): number | undefined;
  currency(value: unknown, path: string): string | undefined;
  /** An instant of ISO 8601, such as `2024-02-04T20:09:43.899958+00:00`. @returns ms since the Unix epoch. */
  instant(value: unknown, path: string): number | undefined;
}

const absent = (value: unknown): boolean => value === undefined || value === null || value === '';
/** What was found, short: ids, amounts and codes are read here, nothing of a person. */
function shown(value: unknown): string {
  if (typeof value === 'object' || typeof value === 'function') return Array.isArray(value) ? 'a list' : 'an object';
  return JSON.stringify(value)?.slice(0, 60) ?? String(value);
}
const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cs}\s]+/gu, ' ').trim();

/** @param reasons Gets what is refused. */
export function createReader(reasons: string[]): Reader {
  const refuse = (path: string, why: string): undefined => {
    reasons.push(`${path}: ${why}`);
  };
  const wrong = (path: string, value: unknown, why: string): undefined => refuse(path, `${shown(value)} ${why}`);
  const textOf = (value: unknown, path: string): string | undefined => {
    if (absent(value)) return undefined;
    if (typeof value === 'number')
      return Number.isSafeInteger(value) ? String(value) : wrong(path, value, 'is a number that has lost digits');
    return typeof value === 'string' ? printable(value) || undefined : wrong(path, value, 'is not text');
  };
  return {
    refuse,
    id(value, path) {
      const text = textOf(value, path);
      return text && [...text].length > 128 ? wrong(path, text, 'is longer than 128 characters') : text;
    },
    text(value, path, maxLength) {
      const text = textOf(value, path);
      return text && [...text].slice(0, maxLength).join('');
    },
    cents(value, path) {
      if (absent(value)) return undefined;
      // Beyond, a double does not hold both decimals.
      if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 99_999_999_999_999)
        return wrong(path, value, 'is not a whole number of cents ≥ 0');
      return value / 100;
    },
    quantity(value, path) {
      if (absent(value)) return undefined;
      return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 1_000_000
        ? value
        : wrong(path, value, 'is not a whole number from 1 to 1000000');
    },
    currency(value, path) {
      if (absent(value)) return undefined;
      const code = typeof value === 'string' ? value.trim().toUpperCase() : '';
      return /^[A-Z]{3}$/.test(code) ? code : wrong(path, value, 'is not a currency code');
    },
    instant(value, path) {
      if (absent(value)) return undefined;
      // A time without a zone would be read as the server's.
      const zoned =
        typeof value === 'string' && /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(value);
      const found = zoned ? Date.parse((value as string).replace(' ', 'T')) : Number.NaN;
      return found >= 0 ? found : wrong(path, value, 'is not an instant with a time zone');
    },
  };
}
