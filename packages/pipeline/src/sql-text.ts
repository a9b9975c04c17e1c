import type { LakeColumn } from './columns.js';

/** A text in SQL. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** A path as a pattern of itself alone: its `*`, `?` and `[` are meant as they stand. */
export const pattern = (path: string): string => path.replace(/[*?[]/g, '[$&]');
/** A path that DuckDB reads. */
export const readPath = (path: string): string => literal(pattern(path));
/** A table of these columns without rows. `UNION ALL BY NAME` gives files of an earlier version what they lack. */
export const emptyTable = (columns: readonly Pick<LakeColumn, 'name' | 'type'>[]): string =>
  `SELECT ${columns.map(({ name, type }) => `CAST(NULL AS ${type}) AS ${identifier(name)}`).join(', ')} WHERE false`;
