import { type QueryResult, SqlError, type Value, type ValueType } from '../query/engine.js';
import type { Report } from './report.js';

/** Engines give whole numbers and doubles as text where a number cannot hold them, or because they give all as text. */
const numeric = (value: Value, isExact: boolean): Value => {
  if (typeof value !== 'string') return value;
  const number = Number(value);
  return isExact && !Number.isSafeInteger(number) ? value : number;
};

const converters: Readonly<Record<ValueType, (value: Exclude<Value, null>) => Value>> = {
  integer: (value) => numeric(value, true),
  double: (value) => numeric(value, false),
  decimal: (value) => String(value),
  text: (value) => String(value),
  date: (value) => String(value).slice(0, 10),
  timestamp: (value) => String(value),
  boolean: (value) => (typeof value === 'string' ? value.toLowerCase() === 'true' : Boolean(value)),
};

/** The rows with the columns' declared types. @throws {SqlError} If the engine gave other columns. */
export const typed = (report: Report, result: QueryResult): QueryResult => {
  const expected = report.columns.map(({ name }) => name).join(', ');
  const got = result.columns.map(({ name }) => name).join(', ');
  if (got !== expected) throw new SqlError(`Report ${report.name}: expected columns ${expected}; got ${got}`);
  const convert = report.columns.map(({ type }) => converters[type]);
  return {
    columns: report.columns.map(({ name, type }) => ({ name, type })),
    rows: result.rows.map((row) =>
      row.map((value, index) => (value === null ? null : (convert[index]?.(value) ?? null))),
    ),
  };
};
