/** `escape`: a cell that a spreadsheet would run as a formula gets an apostrophe in front. `keep`: cells are as they are. */
export type FormulaRule = 'escape' | 'keep';

/**
 * What a spreadsheet takes for the beginning of a formula, or skips on the way to one.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
const formula = /^[=+\-@\t\r\n＝＋－＠]/;
const special = /[",\r\n]/;

/** A cell by RFC 4180: in quotes only where it has to be. https://www.rfc-editor.org/rfc/rfc4180 */
export function toCell(text: string, formulas: FormulaRule): string {
  const safe = formulas === 'escape' && formula.test(text) ? `'${text}` : text;
  return special.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Cells as a line, with its CRLF. */
export const toLine = (cells: readonly string[]): string => `${cells.join(',')}\r\n`;
