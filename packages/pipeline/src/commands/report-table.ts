import type { QueryResult, Value, ValueType } from '../query/engine.js';

/** Decimals that people read of a number that is counted in parts. */
const decimals = 4;

/** A report as a table for people: fractions are rounded, and what has no brand says so. */
export function forPeople({ columns, rows, ...rest }: QueryResult): QueryResult {
  return {
    ...rest,
    columns,
    rows: rows.map((row) => row.map((value, at) => cell(value, columns[at]?.type, columns[at]?.name))),
  };
}

function cell(value: Value, type: ValueType | undefined, name: string | undefined): Value {
  if (name === 'brand' && value === '') return '(no brand)';
  if (type !== 'double' || typeof value !== 'number') return value;
  // Of what is small, its first digits.
  return Number(Math.abs(value) < 1 ? value.toPrecision(decimals) : value.toFixed(decimals));
}
