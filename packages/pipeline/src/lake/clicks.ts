import { athena, project } from '@rastro/schema';
import { type FormulaRule, toCell, toLine } from '../csv.js';

/** Of the six-column table. */
export const clickColumns: readonly string[] = athena.columns.map(({ name }) => name);

/** First line of every file, with its CRLF. */
export const csvHeader: string = toLine(clickColumns);

/** What `toCsvLine` reads of a record. */
export const csvSources: readonly string[] = [...new Set(athena.columns.flatMap(({ from }) => from))];

/** The line of a record in the six-column table, with its CRLF; nothing for a web vital, which is no click. */
export function toCsvLine(record: Readonly<Record<string, unknown>>, formulas: FormulaRule): string | undefined {
  if (record['event_type'] === 'web_vitals') return undefined;
  return toLine(Object.values(project(record, athena)).map((value) => toCell(value, formulas)));
}
