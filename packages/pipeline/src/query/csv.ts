import { toCell, toLine } from '../csv.js';
import type { QueryResult, Value, ValueType } from './engine.js';

/**
 * A table as RFC 4180 has it, with a first line of names and CRLF. Absent is an empty cell, empty text is `""`. Text that a
 * spreadsheet would run as a formula gets an apostrophe in front; numbers keep their sign.
 *
 * @yields {string} Some lines at a time: an answer can be longer than a string may be.
 */
export function* csvOf({ columns, rows }: QueryResult): Generator<string> {
  const types = columns.map(({ type }) => type);
  let text = toLine(columns.map(({ name }) => csvCell(name, 'text')));
  for (const row of rows) {
    text += toLine(row.map((value, at) => csvCell(value, types[at] ?? 'text')));
    if (text.length > 65_536) {
      yield text;
      text = '';
    }
  }
  yield text;
}

export function csvCell(value: Value, type: ValueType): string {
  if (value === null) return '';
  if (value === '') return '""';
  return toCell(String(value), type === 'text' ? 'escape' : 'keep');
}
