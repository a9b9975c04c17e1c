import { isDay } from '../day.js';
import { refuse } from './literals.js';
import type { ReportParams } from './report.js';

/** Days that a range may name: event times begin at the Unix epoch, and years have four digits. */
export const days = { first: '1970-01-01', last: '9999-12-31' } as const;

/** What is taken where a parameter is absent; `from`, `to` and `limit` depend on the table and the report. */
export const defaults = { bots: false, utcOffsetMinutes: 0, minViews: 100 } as const;

/** Parameters with which a text can be rendered. */
export type ResolvedParams = ReportParams & { readonly from: string; readonly to: string };

const checkDay = (name: string, value: unknown): void => {
  const day =
    typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)
      ? value
      : refuse(name, 'a day like 2026-11-20', value);
  if (!isDay(day)) refuse(name, 'a day of the calendar', value);
  if (day < days.first || day > days.last) refuse(name, `a day from ${days.first}`, value);
};

const checkInteger = (name: string, value: unknown, min: number, max: number): void => {
  if (!Number.isInteger(value) || (value as number) < min || (value as number) > max)
    refuse(name, `an integer from ${min} to ${max}`, value);
};

/**
 * @throws {TypeError} If a parameter is not what it should be; the message names it and what it got.
 */
export const checkParams = (params: ReportParams): void => {
  const { from, to, currency, bots, utcOffsetMinutes, limit, windowHours, minViews } = params;
  if (from !== undefined) checkDay('from', from);
  if (to !== undefined) checkDay('to', to);
  if (from !== undefined && to !== undefined && from > to) refuse('to', `no day before ${from}`, to);
  if (currency !== undefined && (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)))
    refuse('currency', 'an ISO 4217 code like BRL', currency);
  if (bots !== undefined && typeof bots !== 'boolean') refuse('bots', 'true or false', bots);
  if (utcOffsetMinutes !== undefined) checkInteger('utcOffsetMinutes', utcOffsetMinutes, -840, 840);
  if (limit !== undefined) checkInteger('limit', limit, 1, 100_000);
  if (minViews !== undefined) checkInteger('minViews', minViews, 0, 1_000_000_000);
  if (windowHours !== undefined && !(typeof windowHours === 'number' && windowHours > 0 && windowHours <= 8784))
    refuse('windowHours', 'hours above 0, up to 8784 (a year)', windowHours);
};
