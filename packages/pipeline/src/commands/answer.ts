import { csvOf } from '../query/csv.js';
import type { QueryResult } from '../query/engine.js';
import { jsonOf } from '../query/json-text.js';
import { tableText } from '../query/table-text.js';
import type { CommandIo } from './command.js';
import { UsageError } from './options.js';

/** Options that say how an answer is written. For `parseArgs`. */
export const formatOptions = {
  table: { type: 'boolean' },
  csv: { type: 'boolean' },
  json: { type: 'boolean' },
  bom: { type: 'boolean' },
} as const;

export const formatHelp: string = `  --table                  aligned, for people; the default
  --csv                    RFC 4180; text that a spreadsheet would run gets an apostrophe
  --bom                    with --csv: begin with a byte order mark; Excel takes the text for UTF-8 by it alone
  --json                   an array of objects; whole numbers beyond 2^53 and decimals as text
`;

export type Format = 'table' | 'csv' | 'json';

/** @throws {UsageError} If several are asked for, or a mark for what is no CSV. */
export function formatOf(flags: { readonly [Name in Format | 'bom']?: boolean | undefined }): Format {
  const [format = 'table', ...more] = (['table', 'csv', 'json'] as const).filter((name) => flags[name]);
  if (more.length > 0) throw new UsageError(`--${format} and --${more[0]}: one of them`);
  if (flags.bom && format !== 'csv') throw new UsageError('--bom: needs --csv');
  return format;
}

export interface WriteOptions {
  /** What stands behind the count of rows of a table. */
  readonly about?: readonly string[] | undefined;
  /** Begin CSV with a byte order mark. @default false */
  readonly bom?: boolean | undefined;
}

/** Writes an answer. */
export function write(
  io: CommandIo,
  result: QueryResult,
  format: Format,
  { about = [], bom = false }: WriteOptions = {},
): void {
  if (format === 'csv') {
    if (bom) io.stdout('\ufeff');
    for (const text of csvOf(result)) io.stdout(text);
  } else if (format === 'json') for (const text of jsonOf(result)) io.stdout(text);
  else {
    const { length } = result.rows;
    const count = `${length.toLocaleString('en')} ${length === 1 ? 'row' : 'rows'}`;
    const rows = result.truncated ? `the first ${count}; --limit for more` : count;
    io.stdout(`${tableText(result)}(${[rows, ...about].join(', ')})\n`);
  }
  if (result.truncated && format !== 'table') io.stderr(`Only the first ${result.rows.length} rows: there are more.\n`);
}
