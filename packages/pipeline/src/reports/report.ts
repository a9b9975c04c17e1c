import type { QueryResult, ValueType } from '../query/engine.js';

/** What a report is asked for. Days are UTC, `YYYY-MM-DD`. */
export interface ReportParams {
  /** First day, inclusive. @default the first day of the table */
  readonly from?: string | undefined;
  /** Last day, inclusive. @default the last day of the table */
  readonly to?: string | undefined;
  /** Only events of this site. @default all */
  readonly site?: string | undefined;
  /** Only amounts of this currency, ISO 4217; events without an amount stay. @default all */
  readonly currency?: string | undefined;
  /** Only products of this category: the first part of `category_code`, else `category_id`, else `unknown`. @default all */
  readonly category?: string | undefined;
  /** Whether visitors that say they are robots count. @default false */
  readonly bots?: boolean | undefined;
  /** Minutes to add to UTC before an event gets its day, hour and weekday: -180 in Brasília. −840–840. @default 0 */
  readonly utcOffsetMinutes?: number | undefined;
  /** Most rows of a ranking. 1–100,000. @default that of the report */
  readonly limit?: number | undefined;
  /** `abandoned`: hours after the first cart in which a purchase by the same visitor counts, in any session. @default the session alone */
  readonly windowHours?: number | undefined;
  /** `brands`: views below which a brand is not judged. @default 100 */
  readonly minViews?: number | undefined;
}

export type ReportName =
  | 'facets'
  | 'kpis'
  | 'visitors'
  | 'funnel'
  | 'revenue'
  | 'revenue_by_day'
  | 'heatmap'
  | 'categories_by_hour'
  | 'categories_by_weekday'
  | 'abandoned'
  | 'brands'
  | 'vitals';

export interface ReportColumn {
  readonly name: string;
  readonly type: ValueType;
  /** Meaning, unit, bounds. */
  readonly description: string;
}

export interface Report {
  readonly name: ReportName;
  /** For people: `Carts not bought`. */
  readonly title: string;
  /** What is counted, and what is not. One or two sentences. */
  readonly description: string;
  /** The parameters it heeds beside `from`, `to`, `site` and `bots`. */
  readonly params: readonly (keyof ReportParams)[];
  readonly columns: readonly ReportColumn[];
  /** One text for DuckDB and Athena, with `:names` where parameters go. */
  readonly sql: string;
}

export interface ReportResult extends QueryResult {
  readonly report: ReportName;
  /** With the defaults that were taken. */
  readonly params: ReportParams & { readonly from: string; readonly to: string };
}
