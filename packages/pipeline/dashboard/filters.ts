import { addDays, dayCount, isDay, toDay } from './days.js';
import type { Facets } from './report.js';

export type Preset = '7' | '28' | 'all';

/** What the page is asked to show. All of it stands in the address, so that a view can be sent to a colleague. */
export interface Filters {
  /** The last 7 or 28 days that have data, all of them, the two days below, or what suits the data. */
  readonly range: 'auto' | Preset | 'custom';
  readonly from: string;
  readonly to: string;
  readonly site: string;
  readonly currency: string;
  readonly category: string;
  readonly bots: boolean;
  /** Whose clock decides where a day begins. */
  readonly zone: 'utc' | 'local';
}

export const defaults: Filters = {
  range: 'auto',
  from: '',
  to: '',
  site: '',
  currency: '',
  category: '',
  bots: false,
  zone: 'utc',
};

/** Longest text of a filter that is taken from the address. Unit: characters. */
const mostText = 128;

/** Reads the query of an address; what it does not understand is the default. */
export function readFilters(search: string): Filters {
  const query = new URLSearchParams(search);
  const text = (name: string): string => (query.get(name) ?? '').slice(0, mostText);
  const [from, to] = [text('from'), text('to')];
  const range = text('range');
  const custom = isDay(from) && isDay(to) && from <= to;
  return {
    range: custom ? 'custom' : range === '7' || range === '28' || range === 'all' ? range : defaults.range,
    from: custom ? from : '',
    to: custom ? to : '',
    site: text('site'),
    currency: text('currency'),
    category: text('category'),
    bots: text('bots') === 'true',
    zone: text('zone') === 'local' ? 'local' : 'utc',
  };
}

/** The query of an address, without what is the default. */
export function writeFilters(filters: Filters): string {
  const query = new URLSearchParams();
  const set = (name: keyof Filters): void => {
    if (filters[name] !== defaults[name]) query.set(name, String(filters[name]));
  };
  if (filters.range === 'custom') {
    query.set('from', filters.from);
    query.set('to', filters.to);
  } else set('range');
  for (const name of ['site', 'currency', 'category', 'bots', 'zone'] as const) set(name);
  const text = query.toString();
  return text && `?${text}`;
}

export interface DayRange {
  readonly from: string;
  readonly to: string;
}

/** Who has no more than that sees all of it before choosing anything. Unit: days. */
const mostUnasked = 31;

/** The preset of these filters; `undefined` where days were chosen by hand. */
export function presetOf({ range }: Filters, { firstDay, lastDay }: Facets): Preset | undefined {
  if (range !== 'auto') return range === 'custom' ? undefined : range;
  return firstDay && lastDay && dayCount(firstDay, lastDay) <= mostUnasked ? 'all' : '28';
}

/** The days a preset means, by what there is; `undefined` where there is nothing. */
export function daysOf(filters: Filters, whole: Facets): DayRange | undefined {
  const { firstDay, lastDay } = whole;
  const preset = presetOf(filters, whole);
  if (filters.range === 'custom') return { from: filters.from, to: filters.to };
  if (!firstDay || !lastDay) return undefined;
  // By the visitor's clock the first and the last event may lie in the day before or after.
  const offset = offsetOf(filters);
  const first = offset < 0 ? addDays(firstDay, -1) : firstDay;
  const today = toDay(new Date(Date.now() + offset * 60_000));
  const last = offset > 0 && today > lastDay ? addDays(lastDay, 1) : lastDay;
  return { from: preset === 'all' ? first : addDays(last, 1 - Number(preset)), to: last };
}

/** Minutes to add to UTC. The clock has one offset at a time: that of today. */
export const offsetOf = ({ zone }: Filters): number => (zone === 'local' ? browserOffset() : 0);
export const browserOffset = (): number => -new Date().getTimezoneOffset() || 0;

/** `UTC−03:00`. */
export function offsetName(minutes: number): string {
  const pad = (n: number): string => String(n).padStart(2, '0');
  const size = Math.abs(minutes);
  return minutes === 0 ? 'UTC' : `UTC${minutes < 0 ? '−' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

/** What a report is asked for. */
export function reportParams(filters: Filters, days: DayRange | undefined): URLSearchParams {
  const query = new URLSearchParams(days ? { from: days.from, to: days.to } : {});
  for (const name of ['site', 'currency', 'category'] as const) if (filters[name]) query.set(name, filters[name]);
  if (filters.bots) query.set('bots', 'true');
  const offset = offsetOf(filters);
  if (offset) query.set('utcOffsetMinutes', String(offset));
  return query;
}

export const rangeLength = ({ from, to }: DayRange): number => dayCount(from, to);
export const isFiltered = ({ site, currency, category }: Filters): boolean => Boolean(site || currency || category);
