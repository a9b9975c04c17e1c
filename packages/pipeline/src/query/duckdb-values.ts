import {
  type DuckDBTimestampMillisecondsValue,
  type DuckDBTimestampNanosecondsValue,
  type DuckDBTimestampSecondsValue,
  type DuckDBTimestampTZValue,
  type DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
  JsonDuckDBValueConverter,
} from '@duckdb/node-api';
import type { Value, ValueType } from './engine.js';
import { double, formatInstant, isDate, wholeNumber } from './instant.js';

/** How a column of DuckDB's becomes cells. */
export interface ColumnReader {
  readonly type: ValueType;
  /** @param value Not null. */
  read(value: DuckDBValue): Value;
}

const text: ColumnReader = { type: 'text', read: (value) => String(value) };
const small: ColumnReader = { type: 'integer', read: (value) => value as number };
const whole: ColumnReader = { type: 'integer', read: (value) => wholeNumber(value as bigint) };
const floating: ColumnReader = { type: 'double', read: (value) => double(value as number) };

/** @param nanos Of what DuckDB's value counts. */
const instant = (nanos: (value: DuckDBValue) => bigint): ColumnReader => ({
  type: 'timestamp',
  read(value) {
    // `infinity`, and years that no ISO 8601 text without agreement has, stay as DuckDB writes them.
    const count = nanos(value);
    return (value as DuckDBTimestampValue).isFinite && isDate(count) ? formatInstant(count) : String(value);
  },
});
const micros = instant((value) => (value as DuckDBTimestampValue | DuckDBTimestampTZValue).micros * 1000n);

const readers: Partial<Record<DuckDBTypeId, ColumnReader>> = {
  [DuckDBTypeId.BOOLEAN]: { type: 'boolean', read: (value) => value as boolean },
  [DuckDBTypeId.TINYINT]: small,
  [DuckDBTypeId.SMALLINT]: small,
  [DuckDBTypeId.INTEGER]: small,
  [DuckDBTypeId.UTINYINT]: small,
  [DuckDBTypeId.USMALLINT]: small,
  [DuckDBTypeId.UINTEGER]: small,
  [DuckDBTypeId.BIGINT]: whole,
  [DuckDBTypeId.UBIGINT]: whole,
  // What sums of whole numbers are.
  [DuckDBTypeId.HUGEINT]: whole,
  [DuckDBTypeId.UHUGEINT]: whole,
  [DuckDBTypeId.BIGNUM]: whole,
  [DuckDBTypeId.FLOAT]: floating,
  [DuckDBTypeId.DOUBLE]: floating,
  [DuckDBTypeId.DECIMAL]: { type: 'decimal', read: (value) => String(value) },
  [DuckDBTypeId.DATE]: { type: 'date', read: (value) => String(value) },
  [DuckDBTypeId.TIMESTAMP]: micros,
  // Not its own text: that is in the time zone of the process.
  [DuckDBTypeId.TIMESTAMP_TZ]: micros,
  [DuckDBTypeId.TIMESTAMP_S]: instant((value) => (value as DuckDBTimestampSecondsValue).seconds * 1_000_000_000n),
  [DuckDBTypeId.TIMESTAMP_MS]: instant((value) => (value as DuckDBTimestampMillisecondsValue).millis * 1_000_000n),
  [DuckDBTypeId.TIMESTAMP_NS]: instant((value) => (value as DuckDBTimestampNanosecondsValue).nanos),
};

const nested = new Set<DuckDBTypeId>([
  DuckDBTypeId.LIST,
  DuckDBTypeId.STRUCT,
  DuckDBTypeId.MAP,
  DuckDBTypeId.ARRAY,
  DuckDBTypeId.UNION,
  DuckDBTypeId.VARIANT,
]);

/** Types without a reader of their own (UUID, BLOB, TIME, INTERVAL, ENUM, BIT …) are DuckDB's text; nested ones are JSON. */
export function columnReader(type: DuckDBType): ColumnReader {
  if (nested.has(type.typeId)) {
    return {
      type: 'text',
      read: (value) => JSON.stringify(JsonDuckDBValueConverter(value, type, JsonDuckDBValueConverter)),
    };
  }
  return readers[type.typeId] ?? text;
}
