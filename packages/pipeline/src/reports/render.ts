import { dayAt, dayMs, startOf } from '../day.js';
import { definitions } from './catalogue.js';
import type { Definition } from './definition.js';
import {
  dateLiteral,
  minutesLiteral,
  missingText,
  refuse,
  secondsLiteral,
  textLiteral,
  timestampLiteral,
} from './literals.js';
import { checkParams, days, defaults, type ResolvedParams } from './params.js';
import type { ReportName } from './report.js';

/** Within what both engines can write as a day or an instant. */
const bounded = (ms: number): number =>
  Math.min(Math.max(ms, startOf('0001-01-02')), startOf(days.last) + dayMs - 1000);

/** How far a session may reach beyond the range. The tracker's end after half an hour; in published data they last up to 12 days. */
const sessionMs = 14 * dayMs;

/** First and last instant that a report reads beyond its range; the last one is exclusive. */
const reachOf = ({ reach }: Definition, begin: number, end: number, windowHours: number): [number, number] => {
  if (reach === 'previous') return [begin - (end - begin), end];
  if (reach === 'purchases') return [begin - sessionMs, end + Math.max(sessionMs, Math.round(windowHours * 3_600_000))];
  return [begin, end];
};

const literals = (definition: Definition, params: ResolvedParams): Record<string, string> => {
  const { from, to, site, currency, category, windowHours } = params;
  const utcOffsetMinutes = params.utcOffsetMinutes ?? defaults.utcOffsetMinutes;
  const length = startOf(to) - startOf(from) + dayMs;
  const begin = startOf(from) - utcOffsetMinutes * 60_000;
  const end = begin + length;
  const [readBegin, readEnd] = reachOf(definition, begin, end, windowHours ?? 0).map(bounded) as [number, number];
  const first = dayAt(readBegin);
  const last = dayAt(readEnd - 1);
  // Months and days bound something only within one year or month.
  const sameYear = first.slice(0, 4) === last.slice(0, 4);
  return {
    from: dateLiteral(from),
    to: dateLiteral(to),
    begin: timestampLiteral(bounded(begin)),
    end: timestampLiteral(bounded(end)),
    previousFrom: dateLiteral(dayAt(bounded(startOf(from) - length))),
    previousTo: dateLiteral(dayAt(bounded(startOf(from) - dayMs))),
    readBegin: timestampLiteral(readBegin),
    readEnd: timestampLiteral(readEnd),
    firstYear: `'${first.slice(0, 4)}'`,
    lastYear: `'${last.slice(0, 4)}'`,
    firstMonth: sameYear ? `'${first.slice(5, 7)}'` : `'01'`,
    lastMonth: sameYear ? `'${last.slice(5, 7)}'` : `'12'`,
    firstPartition: `'${first}'`,
    lastPartition: `'${last}'`,
    utcOffset: minutesLiteral(utcOffsetMinutes),
    site: site === undefined ? missingText : textLiteral('site', site, 64),
    currency: currency === undefined ? missingText : textLiteral('currency', currency, 3),
    category: category === undefined ? missingText : textLiteral('category', category, 128),
    bots: String(params.bots ?? defaults.bots),
    limit: String(params.limit ?? definition.limit ?? 1),
    minViews: String(params.minViews ?? defaults.minViews),
    // A purchase is never a second before the cart after which it is looked for: without hours none is found this way.
    window: secondsLiteral(windowHours === undefined ? -1 : Math.round(windowHours * 3600)),
  };
};

/**
 * The text of a report as an engine takes it, every parameter written as a literal of its type. Values are written once,
 * in one pass: what stands within one is never read as another parameter.
 *
 * @throws {TypeError} If there is no such report, or a parameter is not what it should be.
 */
export const renderReport = (name: ReportName, params: ResolvedParams): string => {
  const definition = Object.hasOwn(definitions, name)
    ? definitions[name]
    : refuse('report', 'the name of a report', name);
  if (params.from === undefined) refuse('from', 'a day like 2026-11-20', params.from);
  if (params.to === undefined) refuse('to', 'a day like 2026-11-20', params.to);
  checkParams(params);
  const values = literals(definition, params);
  return definition.sql.replace(/:([a-z][A-Za-z]*)/g, (placeholder, key: string) => values[key] ?? placeholder);
};
