import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { openInstance } from '../duckdb-instance.js';
import { readManifest } from '../lake/manifest.js';
import { checkInteger, checkText, wrongOption } from '../options.js';
import { literal, pattern } from '../sql-text.js';
import { prepareReading } from './duckdb-statement.js';
import { columnReader } from './duckdb-values.js';
import { clicksView, eventsView, trinoMacros } from './duckdb-views.js';
import { type QueryOptions, type QueryResult, type SqlEngine, SqlError, type Value } from './engine.js';
import { manifestMark, readLakeFiles } from './lake-files.js';
import { createLimit } from './limit.js';

export interface DuckDbOptions {
  /** Folder of the lake, with its `lake.json`. It may come into being later: until then the table is empty. */
  lake: string;
  /** Whether a folder without `lake.json` is an error at the start. @default false */
  mustExist?: boolean | undefined;
  /** Memory of all queries together; what needs more goes to the system's temporary folder. Like `512MB`, `2GB`. @default '1GB' */
  memoryLimit?: string | undefined;
  /** Threads of all queries together, 1–256. @default one per core */
  threads?: number | undefined;
  /** Most rows of an answer, which is held in memory; more are an error. 1–100,000,000. @default 1,000,000 */
  maxRows?: number | undefined;
  /** Longest a query may run. Unit: ms; 0 for no bound. @default 300,000 */
  timeoutMs?: number | undefined;
  /**
   * Queries that run side by side, 1–64; the others wait for their turn. Each holds one of the four threads that Node.js
   * reads files with. @default 2
   */
  maxConcurrent?: number | undefined;
}

export const duckDbDefaults: {
  readonly mustExist: boolean;
  readonly memoryLimit: string;
  readonly maxRows: number;
  readonly timeoutMs: number;
  readonly maxConcurrent: number;
} = { mustExist: false, memoryLimit: '1GB', maxRows: 1_000_000, timeoutMs: 300_000, maxConcurrent: 2 };

/** Time between two attempts to interrupt: one that comes before DuckDB has begun is forgotten by it. Unit: ms. */
const interruptMs = 20;

/**
 * DuckDB over the embedded lake: the table `events`, and `clicks`, the six-column CSV. Reads the files that the lake's
 * manifest names, as it is when a query begins. Nothing can be written, and nothing outside the lake read.
 *
 * @throws {TypeError} If an option is wrong.
 * @throws {LakeError} With `mustExist`, if the folder is no lake.
 */
export async function createDuckDb(options: DuckDbOptions): Promise<SqlEngine> {
  const { lake, memoryLimit, threads, maxRows, timeoutMs, maxConcurrent, mustExist } = checked(options);
  if (mustExist) await readManifest(lake);
  const spill = join(tmpdir(), `rastro-duckdb-${randomUUID()}`);
  const instance = await openInstance({ memoryLimit, spill, threads });
  const setUp = await instance.connect();
  for (const sql of [
    // A timestamp with a zone is made one without in UTC, whatever the machine's zone; for every connection.
    `SET GLOBAL TimeZone = 'UTC'`,
    // A lake of many small files: what is at their ends is read once.
    'SET parquet_metadata_cache = true',
    ...trinoMacros,
    // As it is, and as the pattern that files are named by: the files' names and the pattern are both looked up there.
    `SET allowed_directories = [${literal(`${lake}/`)}, ${literal(`${pattern(lake)}/`)}]`,
    'SET enable_external_access = false',
    'SET lock_configuration = true',
  ]) {
    await setUp.run(sql);
  }

  const limit = createLimit(maxConcurrent);
  const running = new Set<AbortController>();
  let closed = false;
  let mark: string | undefined;
  let refreshing: Promise<void> = Promise.resolve();

  /** One after another: queries that begin together share one look at the manifest's state. */
  const refresh = (): Promise<void> => {
    refreshing = refreshing.then(look, look);
    return refreshing;
  };
  const look = async (): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      const seen = await manifestMark(lake);
      if (seen === mark) return;
      const files = await readLakeFiles(lake);
      try {
        await setUp.run(eventsView(lake, files));
        await setUp.run(clicksView(lake, files));
      } catch (error) {
        // Compacted away between the two: the next manifest does not name it.
        if (attempt < 3 && isVanished(error) && (await manifestMark(lake)) !== seen) continue;
        throw error;
      }
      mark = seen;
      return;
    }
  };

  const run = async (sql: string, signal: AbortSignal, most: number | undefined): Promise<QueryResult> => {
    const connection = await instance.connect();
    let interrupting: NodeJS.Timeout | undefined;
    const interrupt = (): void => {
      connection.interrupt();
      interrupting ??= setInterval(() => connection.interrupt(), interruptMs);
    };
    signal.addEventListener('abort', interrupt, { once: true });
    try {
      return await read(connection, sql, signal, most);
    } finally {
      clearInterval(interrupting);
      signal.removeEventListener('abort', interrupt);
      connection.closeSync();
    }
  };

  const read = async (
    connection: DuckDBConnection,
    sql: string,
    signal: AbortSignal,
    most: number | undefined,
  ): Promise<QueryResult> => {
    signal.throwIfAborted();
    const prepared = await prepareReading(connection, sql);
    signal.throwIfAborted();
    const result = await prepared.stream();
    const readers = result.columnTypes().map(columnReader);
    const columns = result.columnNames().map((name, at) => ({ name, type: readers[at]?.type ?? ('text' as const) }));
    const rows: Value[][] = [];
    for (;;) {
      signal.throwIfAborted();
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) return { columns, rows };
      const cells = readers.map(({ read }, at) =>
        chunk.getColumnValues(at).map((value) => (value === null ? null : read(value))),
      );
      for (let row = 0; row < chunk.rowCount; row++) {
        if (most !== undefined && rows.length >= most) return { columns, rows, truncated: true };
        if (rows.length >= maxRows) {
          throw new SqlError(
            `The answer has more than ${maxRows.toLocaleString('en')} rows: ask for less, or add a LIMIT.`,
          );
        }
        rows.push(cells.map((column) => column[row] ?? null));
      }
    }
  };

  return {
    name: 'duckdb',
    async query(sql, { signal, maxRows: most }: QueryOptions = {}) {
      if (closed) throw new SqlError('The engine is closed.');
      const stop = new AbortController();
      const forward = (): void => stop.abort(signal?.reason);
      if (signal?.aborted) forward();
      signal?.addEventListener('abort', forward, { once: true });
      running.add(stop);
      let timer: NodeJS.Timeout | undefined;
      try {
        return await limit(async () => {
          if (timeoutMs > 0) {
            const late = new SqlError(`The query took longer than ${timeoutMs / 1000} s and was ended.`);
            timer = setTimeout(() => stop.abort(late), timeoutMs);
          }
          await refresh();
          const before = mark;
          try {
            return await run(sql, stop.signal, most);
          } catch (error) {
            if (!isVanished(error) || stop.signal.aborted) throw error;
            await refresh();
            if (mark === before) throw error;
            return await run(sql, stop.signal, most);
          }
        }, stop.signal);
      } catch (error) {
        if (stop.signal.aborted) throw stop.signal.reason;
        throw asSqlError(error);
      } finally {
        clearTimeout(timer);
        running.delete(stop);
        signal?.removeEventListener('abort', forward);
      }
    },
    async generation() {
      await refresh().catch((error) => {
        throw asSqlError(error);
      });
      return mark;
    },
    async close() {
      if (closed) return;
      closed = true;
      for (const stop of running) stop.abort(new SqlError('The engine was closed.'));
      while (running.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await refreshing.catch(() => {});
      setUp.closeSync();
      instance.closeSync();
      await rm(spill, { recursive: true, force: true });
    },
  };
}

function asSqlError(error: unknown): SqlError {
  return error instanceof SqlError ? error : new SqlError((error as Error).message, { cause: error });
}

/** A file that the manifest named is gone: "No files found that match the pattern", "Cannot open file …: No such file". */
function isVanished(error: unknown): boolean {
  return /No files found that match|No such file or directory/.test((error as Error).message);
}

function checked(options: DuckDbOptions) {
  const { lake, threads } = options;
  const memoryLimit = options.memoryLimit ?? duckDbDefaults.memoryLimit;
  const maxRows = options.maxRows ?? duckDbDefaults.maxRows;
  const timeoutMs = options.timeoutMs ?? duckDbDefaults.timeoutMs;
  const maxConcurrent = options.maxConcurrent ?? duckDbDefaults.maxConcurrent;
  const mustExist = options.mustExist ?? duckDbDefaults.mustExist;
  checkText('lake', lake);
  if (typeof mustExist !== 'boolean') throw wrongOption('mustExist', 'true or false', mustExist);
  if (!/^\d+(\.\d+)?\s*([KMGT]i?)?B$/i.test(memoryLimit)) {
    throw wrongOption('memoryLimit', "like '512MB'", memoryLimit);
  }
  if (threads !== undefined) checkInteger('threads', threads, 1, 256);
  checkInteger('maxRows', maxRows, 1, 100_000_000);
  checkInteger('timeoutMs', timeoutMs, 0, 2_147_483_647);
  checkInteger('maxConcurrent', maxConcurrent, 1, 64);
  return { lake: resolve(lake), memoryLimit, threads, maxRows, timeoutMs, maxConcurrent, mustExist };
}
