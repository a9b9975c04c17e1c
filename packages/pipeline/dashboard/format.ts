/** Numbers and days as the visitor's browser writes them. */

type Exact = number | `${number}`;
const formats = new Map<string, Intl.NumberFormat>();

function format(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  let found = formats.get(key);
  if (!found) {
    found = new Intl.NumberFormat(undefined, options);
    formats.set(key, found);
  }
  return found;
}
/** Decimals come as text and are never rounded on the way: the browser reads the text. */
const write = (value: Exact, options: Intl.NumberFormatOptions): string => format(options).format(value as number);

export const absent = '–';
/** From here on figures are written like `1.2M`. */
const compactFrom = 1_000_000;

export const count = (n: number): string => write(n, { maximumFractionDigits: 0 });
export const decimal = (n: number, digits = 1): string => write(n, { maximumFractionDigits: digits });
export const compact = (n: number): string =>
  Math.abs(n) < compactFrom ? count(n) : write(n, { notation: 'compact', maximumFractionDigits: 2 });
/** For the ticks of an axis. */
export const tick = (n: number): string => write(n, { notation: 'compact', maximumFractionDigits: 1 });

/** `3.8%`; with two digits where one would hide what is there. */
export const percent = (ratio: number): string =>
  write(ratio, { style: 'percent', maximumFractionDigits: Math.abs(ratio) < 0.01 ? 2 : 1 });
export const signedPercent = (ratio: number): string =>
  write(ratio, {
    style: 'percent',
    maximumFractionDigits: Math.abs(ratio) < 0.1 ? 1 : 0,
    signDisplay: 'exceptZero',
  });
/** @param ratio A difference of two ratios. */
export const signedPoints = (ratio: number): string =>
  `${write(ratio * 100, { maximumFractionDigits: 2, signDisplay: 'exceptZero' })} pp`;

/** `1 order`, `2 orders`. */
export const counted = (n: number, noun: string): string => `${count(n)} ${noun}${n === 1 ? '' : 's'}`;

function currencyOptions(currency: string, options: Intl.NumberFormatOptions): Intl.NumberFormatOptions {
  return /^[A-Za-z]{3}$/.test(currency) ? { ...options, style: 'currency', currency } : options;
}

/** To the last digit that the amount has. */
export const money = (amount: Exact, currency: string): string =>
  write(amount, currencyOptions(currency, decimalsOf(amount) > 2 ? { maximumFractionDigits: 6 } : {}));

const decimalsOf = (amount: Exact): number => (/\.(\d*?)0*$/.exec(String(amount))?.[1] ?? '').length;

/** As short as a figure in large type has to be. */
export function shortMoney(amount: number, currency: string): string {
  const size = Math.abs(amount);
  if (size >= compactFrom) {
    return write(amount, currencyOptions(currency, { notation: 'compact', maximumFractionDigits: 2 }));
  }
  return write(amount, currencyOptions(currency, size >= 10_000 ? { maximumFractionDigits: 0 } : {}));
}
export const tickMoney = (amount: number, currency: string): string =>
  write(amount, currencyOptions(currency, { notation: 'compact', maximumFractionDigits: 1 }));

const dayFormat = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(undefined, { timeZone: 'UTC', ...options });
const shortDay = dayFormat({ day: 'numeric', month: 'short' });
const wholeDay = dayFormat({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
const plainDay = dayFormat({ day: 'numeric', month: 'short', year: 'numeric' });
const weekday = dayFormat({ weekday: 'short' });
const longWeekday = dayFormat({ weekday: 'long' });

export const tickDay = (date: Date): string => shortDay.format(date);
/** For the ticks of an axis over these days: with the year where there are two of them. */
export const dayTick = (from: string, to: string): ((date: Date) => string) =>
  from.slice(0, 4) === to.slice(0, 4) ? tickDay : (date) => plainDay.format(date);
export const longDay = (date: Date): string => wholeDay.format(date);
export const dayRange = (from: Date, to: Date): string => plainDay.formatRange(from, to);
// 1 January 2024 was a Monday.
const monday = Date.UTC(2024, 0, 1);
const onWeekday = (n: number): Date => new Date(monday + n * 86_400_000);
/** @param n Monday is 0. */
export const weekdayName = (n: number): string => weekday.format(onWeekday(n));
export const weekdayLongName = (n: number): string => longWeekday.format(onWeekday(n));
export const hourName = (n: number): string => `${String(n).padStart(2, '0')}:00`;

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
/** Local time of day. */
export const clockTime = (at: Date): string => (Number.isNaN(at.getTime()) ? absent : clock.format(at));

const otherDay = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
/** Local time of day; the day instead where that is not today: data of other years may be played back. */
export const momentOf = (at: Date): string =>
  Number.isNaN(at.getTime()) || at.toDateString() === new Date().toDateString() ? clockTime(at) : otherDay.format(at);

/** @param ms At least 0. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${count(ms)} ms`;
  if (ms < 60_000) return `${decimal(ms / 1_000, ms < 10_000 ? 1 : 0)} s`;
  if (ms < 3_600_000) return `${count(ms / 60_000)} min`;
  if (ms < 48 * 3_600_000) return `${count(ms / 3_600_000)} h`;
  return `${count(ms / 86_400_000)} d`;
}
