/**
 * What the reports share, as text. A table expression that is named twice is read twice by Athena, so that each text names
 * `events` once per kind of record and folds from there.
 */

/**
 * Only the folders of the days that are read. The comparisons of single columns reach partition projection and the
 * metastore as bounds; the last one is exact, and both engines apply it to the folders' names before they open a file.
 */
export const partitions = `year BETWEEN :firstYear AND :lastYear
      AND month BETWEEN :firstMonth AND :lastMonth
      AND year || '-' || month || '-' || day BETWEEN :firstPartition AND :lastPartition`;

/** Records are of a shop, and of people unless robots are asked for. */
const shop = `(:site IS NULL OR site = :site)
      AND (:bots OR is_bot IS NULL OR NOT is_bot)`;

/** First part of the path, else the id: what a shop calls a department. */
export const productCategory = `coalesce(split_part(category_code, '.', 1), category_id, 'unknown')`;
const products = `(:category IS NULL OR ${productCategory} = :category)`;
const amounts = `(:currency IS NULL OR price IS NULL OR currency = :currency)`;

/** The category as rankings name it. */
export const category = `coalesce(category_code, category_id, 'unknown')`;

/** \`site\` belongs to each of the two: shops share no visitors. */
export const visitor = `coalesce(customer_id, device_id, session_id)`;
/** A record without a session belongs to its visitor's day; one without anybody to none. */
export const session = `coalesce(session_id, coalesce(customer_id, device_id) || chr(31) || CAST(CAST(event_time + :utcOffset AS date) AS varchar))`;

/** Text that no id holds stands between, so that no two pairs look the same. */
export const perSite = (column: string): string => `site || chr(31) || ${column}`;

export const localDay = `CAST(event_time + :utcOffset AS date)`;
/** Monday = 0. Both engines number days of the week differently: days since a Monday are the same. */
export const weekdayOf = (date: string): string => `date_diff('day', DATE '1900-01-01', ${date}) % 7`;
/** How often a weekday occurs in the range: whole weeks up to its end less those before its begin. */
export const daysOf = (weekday: string): string =>
  `CAST(floor(CAST(date_diff('day', DATE '1900-01-01', :to) - ${weekday} AS double) / 7e0)
      - floor(CAST(date_diff('day', DATE '1900-01-01', :from) - ${weekday} - 1 AS double) / 7e0) AS bigint)`;

/** Exact: 15 digits times at most 7. */
export const amount = `price * CAST(coalesce(quantity, 1) AS decimal(7,0))`;
export const sumOf = (expression: string, where?: string): string =>
  `CAST(coalesce(sum(${expression})${where === undefined ? '' : ` FILTER (WHERE ${where})`}, 0) AS decimal(38,6))`;
/** A sum of counts: engines widen them differently. */
export const total = (column: string, where?: string): string =>
  `CAST(coalesce(sum(${column})${where === undefined ? '' : ` FILTER (WHERE ${where})`}, 0) AS bigint)`;
export const ratio = (part: string, whole: string): string =>
  `CAST(${part} AS double) / nullif(CAST(${whole} AS double), 0e0)`;

export interface Selection {
  readonly types: readonly string[];
  /** What is selected, as \`expression AS name\` or a column's name. */
  readonly columns: readonly string[];
  /** Placeholders of the instants. @default [':begin', ':end'] */
  readonly range?: readonly [string, string];
  readonly where?: readonly string[];
  /** Whether the category and the currency narrow it. @default true */
  readonly ofProducts?: boolean;
  /** A type that is of no product: a category leaves it out, also where it says `unknown`. */
  readonly ofNoProduct?: string;
}

const inRange = ([begin, end]: readonly [string, string]): string => `event_time >= ${begin} AND event_time < ${end}`;
const filters = ({ range = [':begin', ':end'], where = [], ofProducts = true, ofNoProduct }: Selection): string =>
  [
    inRange(range),
    shop,
    ...(ofProducts ? [products, amounts] : []),
    ...(ofNoProduct ? [`(:category IS NULL OR event_type <> '${ofNoProduct}')`] : []),
    ...where,
  ].join('\n      AND ');
const list = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(', ');

/** Records as the lake has them: what the reader and the compaction left is not looked for again. */
export const records = (selection: Selection): string => `
    SELECT ${selection.columns.join(', ')}
    FROM events
    WHERE ${partitions}
      AND event_type IN (${list(selection.types)})
      AND ${filters(selection)}`;

/** Records of money, each counted once, as it arrived first: a thank-you page that is opened again is the same order. */
export const onceOnly = (selection: Selection): string => `
    SELECT ${selection.columns.join(', ')}
    FROM (
      SELECT *, row_number() OVER (
        PARTITION BY site, event_type, event_id ORDER BY received_at NULLS LAST, event_time, txn_timestamp NULLS LAST
      ) AS copy
      FROM events
      WHERE ${partitions}
      AND event_type IN (${list(selection.types)})
    ) AS copies
    WHERE copy = 1
      AND ${filters(selection)}`;

/** What visitors did to products: purchases once, the rest as it is. */
export const acts = (selection: Omit<Selection, 'types'> & { types?: readonly string[] }): string =>
  `${records({ types: ['view', 'cart', 'remove_from_cart'], ...selection })}
    UNION ALL${onceOnly({ ...selection, types: ['purchase'] })}`;

export const whenType = (type: string): string => `count(*) FILTER (WHERE event_type = '${type}')`;
