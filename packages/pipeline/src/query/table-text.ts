import type { QueryResult, Value } from './engine.js';

/** Longest cell of a table, in characters: CSV and JSON have all of it. */
const longest = 80;

/** A table for people: numbers to the right, text to the left. What a terminal would obey is shown, not done. */
export function tableText({ columns, rows }: QueryResult): string {
  // A plan is drawn in lines of its own.
  if (columns.at(-1)?.name === 'explain_value' || (columns.length === 1 && columns[0]?.name === 'Query Plan')) {
    return rows.map((row) => `${printable(String(row.at(-1) ?? ''), true)}\n`).join('');
  }
  const isNumber = columns.map(({ type }) => type === 'integer' || type === 'decimal' || type === 'double');
  const cells = [columns.map(({ name }) => printable(name)), ...rows.map((row) => row.map(cellText))];
  const widths = columns.map((_, at) => cells.reduce((most, row) => Math.max(most, width(row[at] ?? '')), 0));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => {
        const blank = ' '.repeat((widths[at] ?? 0) - width(cell));
        return isNumber[at] ? blank + cell : cell + blank;
      })
      .join('  ')
      .trimEnd();
  const [names = [], ...body] = cells;
  const lines = [line(names), widths.map((wide) => '-'.repeat(wide)).join('  '), ...body.map(line)];
  return lines.map((text) => `${text}\n`).join('');
}

function cellText(value: Value): string {
  if (value === null) return 'NULL';
  const characters = [...printable(String(value))];
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : characters.join('');
}

/** Control characters, and those that turn text around, as what they are. */
function printable(text: string, keepLines = false): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (character) => {
    if (keepLines && character === '\n') return character;
    const code = character.codePointAt(0) ?? 0;
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** In columns of a terminal: East Asian wide characters and emoji take two, what is combined none. */
function width(text: string): number {
  let sum = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    sum +=
      /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return sum;
}
