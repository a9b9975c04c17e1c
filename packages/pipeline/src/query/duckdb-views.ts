import { join } from 'node:path';
import { eventColumns, type LakeColumn, partitionColumns } from '../columns.js';
import { clickColumns } from '../lake/clicks.js';
import type { LakeFile } from '../lake/manifest.js';
import { emptyTable, identifier, readPath } from '../sql-text.js';

const columns: readonly LakeColumn[] = [...eventColumns, ...partitionColumns];

/** Trino's names for what DuckDB calls otherwise: what people type who know Athena. */
export const trinoMacros: readonly string[] = [
  'day_of_week(t) AS isodow(t)',
  'approx_distinct(x) AS approx_count_distinct(x)',
  // DuckDB answers in the type of x, and gives a decimal as a whole number (HUGEINT).
  'approx_percentile(x, p) AS approx_quantile(CAST(x AS double), p)',
  'regexp_like(s, p) AS regexp_matches(s, p)',
  'json_extract_scalar(j, p) AS json_extract_string(j, p)',
  'from_iso8601_timestamp(s) AS CAST(s AS timestamptz)',
  'to_unixtime(t) AS epoch(t)',
].map((macro) => `CREATE MACRO ${macro}`);

/**
 * The view `events` over the lake's Parquet files.
 *
 * The types of the partitions are told: left to itself DuckDB guesses them from the values, and `month` may become a
 * number while `day` stays text. A column that some file, or every file, does not have yet is NULL there.
 */
export function eventsView(lake: string, files: readonly LakeFile[]): string {
  const names = columns.map(({ name }) => identifier(name)).join(', ');
  const empty = emptyTable(columns);
  const paths = pathsOf(lake, files, 'events');
  const types = partitionColumns.map(({ name, type }) => `${name}: ${type}`).join(', ');
  const scan = `read_parquet([${paths.join(', ')}], hive_partitioning = true, hive_types = {${types}}, union_by_name = true)`;
  const all = paths.length === 0 ? empty : `${empty} UNION ALL BY NAME SELECT * FROM ${scan}`;
  return `CREATE OR REPLACE VIEW events AS SELECT ${names} FROM (${all})`;
}

/** The view `clicks` over the six-column CSV files, with or without a first line of names. */
export function clicksView(lake: string, files: readonly LakeFile[]): string {
  const paths = pathsOf(lake, files, 'clicks');
  if (paths.length === 0) {
    const empty = emptyTable(clickColumns.map((name) => ({ name, type: 'varchar' })));
    return `CREATE OR REPLACE VIEW clicks AS ${empty}`;
  }
  const types = clickColumns.map((name) => `${name}: 'varchar'`).join(', ');
  const format = `header = false, auto_detect = false, delim = ',', quote = '"', escape = '"', nullstr = '', strict_mode = true`;
  const scan = `read_csv([${paths.join(', ')}], columns = {${types}}, ${format}, hive_partitioning = false)`;
  const names = clickColumns.map((name) => `${name} IS NOT DISTINCT FROM '${name}'`).join(' AND ');
  return `CREATE OR REPLACE VIEW clicks AS SELECT * FROM ${scan} WHERE NOT (${names})`;
}

function pathsOf(lake: string, files: readonly LakeFile[], dataset: LakeFile['dataset']): string[] {
  return files
    .filter((file) => file.dataset === dataset && file.rows > 0)
    .map(({ path }) => readPath(join(lake, path)));
}
