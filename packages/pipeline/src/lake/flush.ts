import type { DuckDBConnection } from '@duckdb/node-api';
import { eventColumns } from '../columns.js';
import { identifier, literal, readPath } from '../sql-text.js';
import type { Chunk } from './chunk.js';
import { csvHeader } from './clicks.js';
import { parquetOptions } from './duckdb.js';
import type { LakeFiles } from './files.js';
import { dayFolder, filePath, temporary, workFolder } from './layout.js';
import type { LakeFile } from './manifest.js';
import type { LakeStore } from './store.js';

export interface FlushContext {
  readonly store: LakeStore;
  readonly files: LakeFiles;
  readonly connection: DuckDBConnection;
  readonly rowGroupSize: number;
}

const columns = `{${eventColumns.map(({ name, type }) => `${identifier(name)}: ${literal(type)}`).join(', ')}}`;
/** DuckDB reads JSON into buffers of twice the longest object. Unit: bytes. */
const leastObjectBytes = 1 << 20;

/**
 * Writes the files of a chunk and makes them durable. They are not part of the lake yet. What is left of a try that
 * failed is replaced by the next, which has the same number.
 */
export async function writeChunk(chunk: Chunk, flush: number, context: FlushContext): Promise<LakeFile[]> {
  const { store, files } = context;
  const written: Omit<LakeFile, 'bytes'>[] = [];
  const each = async (
    dataset: LakeFile['dataset'],
    days: ReadonlyMap<string, readonly string[]>,
    write: (path: string, lines: readonly string[]) => Promise<void>,
  ): Promise<void> => {
    for (const [day, lines] of days) {
      const path = filePath(dataset, day, flush);
      await files.makeFolder(store.path(dayFolder(dataset, day)));
      await write(temporary(store.path(path)), lines);
      const paired = dataset === 'clicks' && chunk.events.has(day);
      written.push({ path, dataset, day, rows: lines.length, flush, compacted: false, ...(paired && { paired }) });
    }
  };
  try {
    await each('events', chunk.events, (path, lines) => writeParquet(path, lines, flush, context));
    await each('clicks', chunk.clicks, (path, lines) => files.write(path, withHeader(lines)));
    await each('errors', chunk.errors, (path, lines) => files.write(path, lines));
    const done: LakeFile[] = [];
    for (const file of written) done.push({ ...file, bytes: await store.publish(file.path) });
    await store.syncFolders(written.map(({ path }) => path));
    return done;
  } catch (error) {
    // A full disk needs the room. What cannot be removed now is removed at the next start.
    for (const { path } of written) await files.remove(temporary(store.path(path))).catch(() => {});
    throw error;
  }
}

function* withHeader(lines: readonly string[]): Generator<string> {
  yield csvHeader;
  yield* lines;
}

/**
 * By way of a file of JSON: DuckDB reads it in its own thread, while the appender's calls, one per value, hold this one for
 * 80 ms for 10,000 rows.
 */
async function writeParquet(
  path: string,
  lines: readonly string[],
  flush: number,
  { store, files, connection, rowGroupSize }: FlushContext,
): Promise<void> {
  const rows = store.path(`${workFolder}/flush-${flush}.ndjson`);
  const longest = lines.reduce((most, line) => Math.max(most, line.length), 0);
  try {
    await files.makeFolder(store.path(workFolder));
    await files.write(rows, lines);
    // A UTF-16 unit is at most three bytes.
    const objectBytes = Math.max(leastObjectBytes, longest * 3);
    const source = `read_json(${readPath(rows)}, format = 'newline_delimited', columns = ${columns}, maximum_object_size = ${objectBytes})`;
    await connection.run(`COPY (SELECT * FROM ${source}) TO ${literal(path)} (${parquetOptions(rowGroupSize)})`);
  } catch (error) {
    await files.remove(path).catch(() => {});
    throw error;
  } finally {
    await files.remove(rows).catch(() => {});
  }
}
