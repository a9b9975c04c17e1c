import type { QueryResult } from './engine.js';

/**
 * Rows as a JSON array of objects, one to a line. Columns of the same name are numbered: `a`, `a_2`.
 *
 * @yields {string} Some lines at a time.
 */
export function* jsonOf({ columns, rows }: QueryResult): Generator<string> {
  const used = new Set<string>();
  const names = columns.map(({ name }) => {
    let unique = name;
    for (let n = 2; used.has(unique); n++) unique = `${name}_${n}`;
    used.add(unique);
    return unique;
  });
  let text = '[';
  for (const [at, row] of rows.entries()) {
    const fields = row.map((value, column) => `${JSON.stringify(names[column] ?? '')}:${JSON.stringify(value)}`);
    text += `${at === 0 ? '\n' : ',\n'}{${fields.join(',')}}`;
    if (text.length > 65_536) {
      yield text;
      text = '';
    }
  }
  yield `${text}${rows.length > 0 ? '\n' : ''}]\n`;
}
