// What the adapters of platforms have in common: how a mapping looks, how a field is read, how a plugin plays it.

import type { Consent, Order, PluginTracker, Product, Properties } from '../types.js';

/** One call of the tracker: the method, and what it gets. */
export type Call =
  | readonly [method: 'view' | 'cart' | 'removeFromCart', product: Product]
  | readonly [method: 'purchase', order: Order]
  | readonly [method: 'identify', customerId: string | null]
  | readonly [method: 'consent', decision: Consent];

/** What an adapter makes of one payload. Neither calls nor reasons: the payload tells nothing that is tracked. */
export interface Mapping {
  readonly calls: readonly Call[];
  /** What was left out, where and why: `purchase: items[1].price: "72,93" is not a decimal number`. The rest is in `calls`. */
  readonly reasons: readonly string[];
}

/** An object as it came: nothing is known of its fields. */
export type Json = Readonly<Record<string, unknown>>;

/** The object, or an empty one for anything else: fields are read without asking at each step. */
export const objectOf = (value: unknown): Json => (value && typeof value === 'object' ? (value as Json) : {});
/** The list, or an empty one for anything else. PHP writes a list that it took something out of as `{ "0": …, "2": … }`. */
export const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : Number(Object.keys(objectOf(value))[0]) >= 0 ? Object.values(objectOf(value)) : [];

export interface Reader {
  /** Says what is wrong; gives `undefined`, so that a field is left out with it. */
  refuse(path: string, why: string): undefined;
  /** Text of 1–128 characters: a string, or a whole number that a double holds exactly. Longer, or anything else, is refused. */
  id(value: unknown, path: string): string | undefined;
  /** Text for people: white space is one blank, and what is longer than `maxLength` is cut. @default maxLength 256 */
  text(value: unknown, path: string, maxLength?: number): string | undefined;
  /**
   * An amount in currency units: a number ≥ 0 or its decimal text, to 6 decimals, as the wire has it (what a page computes
   * ends in 0000000002). `"72,93"`, `"$5"` and negative amounts are refused.
   *
   * @param minorDigits For amounts in minor units (cents): how many decimals their currency has. They must be whole.
   */
  amount(value: unknown, path: string, minorDigits?: number): number | undefined;
  /** A whole number, 1–1,000,000, or its text. */
  quantity(value: unknown, path: string): number | undefined;
  /** An ISO 4217 code, in either case. */
  currency(value: unknown, path: string): string | undefined;
  /**
   * `category_code` of the names of a category and those above it, the topmost first: a dot in a name becomes `_`, since dots
   * part the levels. Names that are empty are left out.
   */
  category(names: readonly unknown[], path: string): string | undefined;
  /** The call, or why there is none: no id, no lines, more than 500 of them, or lines in several currencies. */
  purchase(order: { [Field in keyof Order]: Order[Field] | undefined }): Call[];
}

/** Enough of a value to find it by. Lists and objects may be large, or loops. */
const shown = (value: unknown): string =>
  typeof value === 'string'
    ? JSON.stringify(value.slice(0, 60))
    : typeof value === 'object'
      ? 'an object'
      : String(value);

const lost = 'has lost digits';

/**
 * @param what Name of the event, in front of each reason.
 * @param reasons Gets what is refused.
 */
export function createReader(what: string, reasons: string[]): Reader {
  const refuse = (path: string, why: string): undefined => {
    reasons.push(`${what}: ${path}${why}`);
  };
  /** Nothing is said where nothing is: pages write `null` and `''` for what they do not know. */
  const wrong = (path: string, value: unknown, why: string): undefined =>
    value == null || value === '' ? undefined : refuse(path, `: ${shown(value)} ${why}`);
  /** Text or nothing; white space is one blank. */
  const textOf = (value: unknown, path: string): string | undefined => {
    // A number beyond 2^53 has lost digits already.
    if (typeof value === 'number' ? !Number.isSafeInteger(value) : typeof value !== 'string')
      return wrong(path, value, typeof value === 'number' ? lost : 'is not text');
    // Control characters and lone surrogates count as blanks: no field may have them.
    return (
      String(value)
        .replace(/[\s\p{Cc}\p{Cs}]+/gu, ' ')
        .trim() || undefined
    );
  };
  const short = (text: string | undefined, path: string): string | undefined =>
    text && text.length > 128 ? wrong(path, text, 'is longer than 128 characters') : text;
  /** Numbers, their text, and what writes itself so, as objects of decimal libraries do. */
  const number = (value: unknown): number => (/^\s*\d+(\.\d+)?\s*$/.test(value as string) ? Number(value) : Number.NaN);
  return {
    refuse,
    id(value, path) {
      const text = short(textOf(value, path), path);
      // `1.48e+18`: through a double or a spreadsheet, as the collector says.
      return text && /^\d+([.,]\d+e\+?|e\+)\d+$/i.test(text) ? wrong(path, text, lost) : text;
    },
    text: (value, path, maxLength = 256) =>
      // Whole characters: a half of one is not text. There are no line breaks any more, so that a dot is any of them.
      textOf(value, path)?.match(RegExp(`^.{0,${maxLength}}`, 'u'))?.[0],
    amount(value, path, minorDigits = 0) {
      const found = number(value);
      const amount = found / 10 ** minorDigits;
      // Below 1e9, 6 decimals are at most 15 significant digits: those that a double holds.
      if (!(amount >= 0 && amount < 1e9) || (minorDigits && found % 1))
        return wrong(path, value, minorDigits ? 'is not a whole number of minor units' : 'is not a decimal number ≥ 0');
      return +amount.toFixed(6);
    },
    quantity(value, path) {
      const found = number(value);
      return found >= 1 && found <= 1e6 && !(found % 1) ? found : wrong(path, value, 'is not a whole number ≥ 1');
    },
    currency(value, path) {
      const code = String(value).trim().toUpperCase();
      return /^[A-Z]{3}$/.test(code) ? code : wrong(path, value, 'is not a currency code');
    },
    category: (names, path) =>
      short(
        names.flatMap((name, at) => textOf(name, `${path}[${at}]`)?.replaceAll('.', '_') ?? []).join('.') || undefined,
        path,
      ),
    purchase(order) {
      const { order_id, items } = order;
      // All that name one name the same, or no amount is certain.
      const currencies = [...new Set([order, ...(items ?? [])].flatMap(({ currency }) => currency ?? []))];
      const why = !items?.[0]
        ? 'has no lines'
        : items.length > 500
          ? 'has over 500 lines'
          : currencies[1] && `is in ${currencies.join(' and ')}`;
      if (order_id && !why) return [['purchase', { ...order, currency: currencies[0] } as Order]];
      refuse('', order_id ? `order ${order_id} ${why}` : 'no order id');
      return [];
    },
  };
}

/** Of a payload that tells nothing that is tracked. */
export const nothing: Mapping = { calls: [], reasons: [] };

/**
 * Does what a mapping says. Its reasons go to `onError` and to the debug panel, as errors `misuse`; nothing is thrown.
 *
 * @param from Name of the adapter, in front of each reason.
 */
export function play<P extends Properties>(tracker: PluginTracker<P>, from: string, { calls, reasons }: Mapping): void {
  for (const [method, argument] of calls) (tracker[method] as (argument: unknown) => void)(argument);
  for (const reason of reasons) {
    // The tracker tells of what a plugin throws: no byte of the core is needed for it.
    tracker.use({
      setup() {
        throw `${from}: ${reason}`;
      },
    });
  }
}
