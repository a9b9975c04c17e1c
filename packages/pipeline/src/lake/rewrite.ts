import { createReadStream } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { eventColumns } from '../columns.js';
import type { FormulaRule } from '../csv.js';
import { emptyTable, identifier, literal, readPath } from '../sql-text.js';
import { csvHeader, csvSources, toCsvLine } from './clicks.js';
import { parquetOptions } from './duckdb.js';
import type { LakeFiles } from './files.js';
import { filePath, temporary } from './layout.js';
import { LakeError, type LakeFile } from './manifest.js';
import type { LakeStore } from './store.js';

export interface CompactContext {
  readonly store: LakeStore;
  readonly files: LakeFiles;
  readonly connection: DuckDBConnection;
  readonly rowGroupSize: number;
  readonly formulas: FormulaRule;
  readonly now: () => number;
  isStopped(): boolean;
}

/** A file to be published, or one that stays. */
export type Made = Omit<LakeFile, 'bytes'> & { readonly bytes?: number };

export const sumOf = (files: readonly LakeFile[]): number => files.reduce((sum, { rows }) => sum + rows, 0);

/** @returns Rows. */
export async function writeEvents(
  { store, connection, rowGroupSize }: CompactContext,
  path: string,
  sources: readonly LakeFile[],
  once: boolean,
): Promise<number> {
  const paths = sources.map((file) => readPath(store.path(file.path))).join(', ');
  // Files of an earlier version may lack a column, or have one more: neither is lost.
  const all = `(${emptyTable(eventColumns)}) UNION ALL BY NAME (SELECT * FROM read_parquet([${paths}], union_by_name = true, hive_partitioning = false))`;
  const query = once
    ? `SELECT * FROM (${all}) QUALIFY row_number() OVER (PARTITION BY site, event_type, event_id ORDER BY received_at NULLS LAST, txn_timestamp NULLS LAST, event_time) = 1 ORDER BY event_time, session_seq, site, event_type, event_id`
    : all;
  const target = literal(temporary(store.path(path)));
  const result = await connection.runAndReadAll(`COPY (${query}) TO ${target} (${parquetOptions(rowGroupSize)})`);
  return Number(result.getRows()[0]?.[0]);
}

/** @param source Parquet, in order. */
export async function writeClicks(
  { store, files, connection, formulas, isStopped }: CompactContext,
  source: string,
  day: string,
  flush: number,
): Promise<Made> {
  // As JSON: the client reads text that begins with U+FEFF without it.
  const fields = csvSources.map((name) => `${literal(name)}: ${identifier(name)}`).join(', ');
  const query = `SELECT CAST(to_json({${fields}}) AS varchar) FROM read_parquet(${readPath(store.path(source))}, hive_partitioning = false)`;
  const stream = await connection.stream(query);
  let rows = 0;
  async function* lines(): AsyncGenerator<string> {
    yield csvHeader;
    for (;;) {
      const chunk = await stream.fetchChunk();
      if (!chunk || chunk.rowCount === 0) return;
      if (isStopped()) throw new LakeError('The compaction was stopped');
      let text = '';
      for (const json of chunk.getColumnValues(0)) {
        const line = toCsvLine(JSON.parse(json as string), formulas);
        if (line === undefined) continue;
        text += line;
        rows += 1;
      }
      yield text;
    }
  }
  const path = filePath('clicks', day, flush);
  await files.write(temporary(store.path(path)), lines());
  return { path, dataset: 'clicks', day, rows, flush, compacted: true, paired: true };
}

/** Text files, one behind the other. A single one stays as it is. */
export async function concatenate(
  { store, files, isStopped }: CompactContext,
  dataset: 'clicks' | 'errors',
  day: string,
  sources: readonly LakeFile[],
  flush: number,
  compacted: boolean,
): Promise<Made[]> {
  const [first, second] = sources;
  if (!first) return [];
  if (!second) return [{ ...first, compacted }];
  const header = dataset === 'clicks' ? csvHeader : '';
  async function* pieces(): AsyncGenerator<string> {
    yield header;
    for (const source of sources) {
      if (isStopped()) throw new LakeError('The compaction was stopped');
      let skip = header.length;
      for await (const piece of createReadStream(store.path(source.path), { encoding: 'utf8' })) {
        const text = piece as string;
        yield text.slice(skip);
        skip = Math.max(0, skip - text.length);
      }
    }
  }
  const path = filePath(dataset, day, flush);
  await files.write(temporary(store.path(path)), pieces());
  const paired = dataset === 'clicks' && sources.every((source) => source.paired);
  return [{ path, dataset, day, rows: sumOf(sources), flush, compacted, ...(paired && { paired }) }];
}
