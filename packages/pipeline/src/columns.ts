import { fields, type JsonSchema } from '@rastro/schema';

/** Types that DuckDB, Athena (Trino) and Glue share under these names. */
export type ColumnType = 'varchar' | 'timestamp' | 'bigint' | 'double' | 'boolean' | 'decimal(21,6)';

export interface LakeColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly description: string;
}

const typeOf = (field: JsonSchema): ColumnType => {
  if (field.format === 'date-time') return 'timestamp';
  // 15 significant digits with at most 6 decimals: no amount is rounded.
  if (field['x-kind'] === 'decimal') return 'decimal(21,6)';
  if (field.type === 'integer') return 'bigint';
  if (field.type === 'number') return 'double';
  if (field.type === 'boolean') return 'boolean';
  // Ids are text; objects and arrays are kept as their JSON text.
  return 'varchar';
};

/**
 * Columns of the table `events`: the fields of a record, in their order, under their names. Instants are UTC without a
 * zone, `properties` and `flags` are JSON text. The partition columns come after them.
 */
export const eventColumns: readonly LakeColumn[] = Object.entries(fields).map(([name, field]) => ({
  name,
  type: typeOf(field),
  description: field.description ?? '',
}));

/** Folders of the lake, from event time in UTC: `year=2026/month=11/day=21`. All text, two digits for month and day. */
export const partitionColumns: readonly LakeColumn[] = [
  { name: 'year', type: 'varchar', description: 'Year of `event_time`, UTC: `2026`.' },
  { name: 'month', type: 'varchar', description: 'Month of `event_time`, UTC: `01`–`12`.' },
  { name: 'day', type: 'varchar', description: 'Day of `event_time`, UTC: `01`–`31`.' },
];
