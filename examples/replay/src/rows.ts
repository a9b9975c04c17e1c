import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Parser, parse } from 'csv-parse';
import type { SourceFile } from './source.js';
import { parseTime } from './time.js';

/** The columns that are read, found by their name in the header, in any order. Others are ignored. */
export const columns = [
  'event_time',
  'event_type',
  'product_id',
  'category_id',
  'category_code',
  'brand',
  'price',
  'user_id',
  'user_session',
] as const;
export type Column = (typeof columns)[number];
const required: readonly Column[] = ['event_time', 'event_type', 'product_id', 'user_id'];

/** Read at a time: little, so that the progress shown by bytes is not far ahead of the rows. Unit: bytes. */
const chunkBytes = 16_384;
/** Longest row. Unit: characters. A quotation mark that is never closed would otherwise collect the whole file. */
const maxRowLength = 1_000_000;

export interface Row {
  /** From 1; the header is not counted. */
  readonly number: number;
  /** All fields of the row as they stand in the file, for its identity. */
  readonly text: string;
  /** What is not empty, as text: an identifier that became a number would lose digits. */
  readonly values: Readonly<Partial<Record<Column, string>>>;
  /** Unit: ms since the Unix epoch. Absent when the time is empty or cannot be read. */
  readonly timeMs?: number;
  /** The row has more or fewer fields than the header. */
  readonly uneven: boolean;
}

export interface RowStream extends AsyncIterable<Row> {
  /** How far the file is read. Unit: bytes on disk, compressed where the file is. */
  bytesRead(): number;
}

/**
 * Reads the rows of a CSV file, plain or gzip, no faster than they are taken.
 *
 * @throws {Error} While iterating: a required column is missing, or the file cannot be read to its end.
 */
export function readRows(source: SourceFile): RowStream {
  const file = createReadStream(source.path, { highWaterMark: chunkBytes });
  return {
    bytesRead: () => file.bytesRead,
    async *[Symbol.asyncIterator]() {
      const parser: Parser = parse({
        bom: true,
        record_delimiter: ['\r\n', '\n'],
        relax_column_count: true,
        relax_quotes: true,
        skip_empty_lines: true,
        max_record_size: maxRowLength,
      });
      // The callback keeps an early end from being an unhandled error; errors reach the loop through the parser.
      if (source.gzip) pipeline(file, createGunzip(), parser, () => undefined);
      else pipeline(file, parser, () => undefined);

      let number = 0;
      try {
        let at: Map<Column, number> | undefined;
        let width = 0;
        let last = { text: '', ms: undefined as number | undefined };
        for await (const fields of parser as AsyncIterable<string[]>) {
          if (at === undefined) {
            at = findColumns(fields);
            width = fields.length;
            continue;
          }
          const values: Partial<Record<Column, string>> = {};
          for (const [name, index] of at) if (fields[index]) values[name] = fields[index];
          // Many rows share a second: the text is read once.
          const text = values.event_time ?? '';
          if (text !== last.text) last = { text, ms: parseTime(text) };
          number += 1;
          yield {
            number,
            text: fields.join('\u001f'),
            values,
            ...(last.ms !== undefined && { timeMs: last.ms }),
            uneven: fields.length !== width,
          };
        }
        if (at === undefined) throw new Error('it is empty: not even a header');
      } catch (cause) {
        const where = number > 0 ? ` after row ${number}` : '';
        throw new Error(`${source.path}: cannot be read${where}: ${(cause as Error).message}`, { cause });
      } finally {
        parser.destroy();
      }
    },
  };
}

function findColumns(header: readonly string[]): Map<Column, number> {
  const names = header.map((name) => name.trim().toLowerCase());
  const missing = required.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    const found = header.join(',').slice(0, 200);
    throw new Error(`the header has no column ${missing.join(', ')}. It is: ${found}`);
  }
  return new Map(columns.map((name) => [name, names.indexOf(name)] as const).filter(([, index]) => index >= 0));
}
