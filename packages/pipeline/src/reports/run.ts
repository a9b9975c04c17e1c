import type { SqlEngine } from '../query/engine.js';
import { definitions } from './catalogue.js';
import { minutesLiteral, refuse } from './literals.js';
import { checkParams, days, defaults, type ResolvedParams } from './params.js';
import { renderReport } from './render.js';
import type { ReportName, ReportParams, ReportResult } from './report.js';
import { typed } from './result.js';

export interface QueryOptions {
  readonly signal?: AbortSignal | undefined;
}

/** First and last local day of the table; null when it is empty. */
const daysOf = async (
  engine: SqlEngine,
  utcOffsetMinutes: number,
  options?: QueryOptions,
): Promise<{ first: string; last: string } | null> => {
  const offset = minutesLiteral(utcOffsetMinutes);
  const { rows } = await engine.query(
    `SELECT CAST(CAST(min(event_time) + ${offset} AS date) AS varchar) AS first_day, CAST(CAST(max(event_time) + ${offset} AS date) AS varchar) AS last_day FROM events`,
    options,
  );
  const [first, last] = rows[0] ?? [];
  return typeof first === 'string' && typeof last === 'string' ? { first, last } : null;
};

/** All given parameters with the defaults of the report, for whoever shows them. */
const withDefaults = (name: ReportName, params: ReportParams, from: string, to: string): ResolvedParams => {
  const { limit, params: heeded } = definitions[name];
  return {
    ...params,
    bots: params.bots ?? defaults.bots,
    utcOffsetMinutes: params.utcOffsetMinutes ?? defaults.utcOffsetMinutes,
    ...(limit === undefined ? {} : { limit: params.limit ?? limit }),
    ...(heeded.includes('minViews') ? { minViews: params.minViews ?? defaults.minViews } : {}),
    from,
    to,
  };
};

/**
 * Runs a report. Without `from` or `to` the table's first or last local day is asked for first. A table or range without
 * events gives a result without rows, or with zeros where a report has a fixed number of rows.
 *
 * @throws {TypeError} If there is no such report, or a parameter is not what it should be.
 * @throws {SqlError} If the engine fails.
 */
export const runReport = async (
  engine: SqlEngine,
  name: ReportName,
  params: ReportParams = {},
  options?: QueryOptions,
): Promise<ReportResult> => {
  const definition = Object.hasOwn(definitions, name)
    ? definitions[name]
    : refuse('report', 'the name of a report', name);
  checkParams(params);
  let { from, to } = params;
  if (from === undefined || to === undefined) {
    const utcOffsetMinutes = name === 'facets' ? 0 : (params.utcOffsetMinutes ?? defaults.utcOffsetMinutes);
    const table = await daysOf(engine, utcOffsetMinutes, options);
    // A range that begins after the table's end, or ends before its begin, is one day that holds nothing.
    from ??= table === null || (to !== undefined && to < table.first) ? (to ?? days.first) : table.first;
    to ??= table === null || from > table.last ? from : table.last;
  }
  const resolved = withDefaults(name, params, from, to);
  const { columns, rows } = typed(definition, await engine.query(renderReport(name, resolved), options));
  return { report: name, params: resolved, columns, rows };
};

export interface Facets {
  /** First and last UTC day with records; null when there are none. */
  readonly firstDay: string | null;
  readonly lastDay: string | null;
  /** All records. */
  readonly events: number;
  /** Those of robots. */
  readonly botEvents: number;
  /** Most frequent first, ties by name. */
  readonly sites: readonly string[];
  readonly currencies: readonly string[];
  /** At most 200, by views. */
  readonly categories: readonly string[];
}

/**
 * What the table holds, in one query.
 *
 * @param params Heeds `from`, `to` and `site`; the whole table without.
 */
export const readFacets = async (
  engine: SqlEngine,
  params: Pick<ReportParams, 'from' | 'to' | 'site'> = {},
  options?: QueryOptions,
): Promise<Facets> => {
  const { from = days.first, to = days.last, site } = params;
  const sql = renderReport('facets', { from, to, site });
  const { rows } = typed(definitions.facets, await engine.query(sql, options));
  const values = (facet: string): string[] =>
    rows.flatMap(([name, value]) => (name === facet && typeof value === 'string' ? [value] : []));
  const events = (facet: string): number => Number(rows.find(([name]) => name === facet)?.[2] ?? 0);
  return {
    firstDay: values('first_day')[0] ?? null,
    lastDay: values('last_day')[0] ?? null,
    events: events('total'),
    botEvents: events('bots'),
    sites: values('site'),
    currencies: values('currency'),
    categories: values('category'),
  };
};
