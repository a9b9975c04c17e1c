import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { onTestFinished } from 'vitest';
import { eventColumns } from '../../src/columns.js';
import type { LakeFile, LakeManifest } from '../../src/lake/manifest.js';

/** A record of the table: what is not given is NULL. */
export type Row = Partial<Record<string, string | number | boolean>>;

export interface SmallLake {
  readonly path: string;
  /** Writes a Parquet file of these records into the folder of the day, and names it in the manifest. */
  addEvents(day: string, rows: readonly Row[], columns?: readonly string[]): Promise<LakeFile>;
  addClicks(day: string, text: string): Promise<LakeFile>;
  /** Replaces the manifest. */
  setFiles(files: readonly LakeFile[]): Promise<void>;
  readonly files: readonly LakeFile[];
}

/** A lake as the writer makes it, with a DuckDB of its own. Removed when the test ends. */
export async function smallLake(name = 'lake'): Promise<SmallLake> {
  const root = mkdtempSync(join(tmpdir(), 'rastro-query-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return lakeIn(join(root, name));
}

export async function lakeIn(path: string): Promise<SmallLake> {
  mkdirSync(path, { recursive: true });
  let files: readonly LakeFile[] = [];
  let generation = 0;
  let flush = 0;

  const setFiles = async (next: readonly LakeFile[]): Promise<void> => {
    files = next;
    const manifest: LakeManifest = {
      version: 1,
      generation: ++generation,
      flush,
      stream: 'test',
      positions: {},
      seenBytes: 0,
      files,
    };
    const temporary = join(path, `lake.json.${generation}`);
    await writeFile(temporary, JSON.stringify(manifest));
    await rename(temporary, join(path, 'lake.json'));
  };
  const place = (dataset: LakeFile['dataset'], day: string, ending: string): { file: LakeFile; full: string } => {
    const [year, month, date] = day.split('-');
    flush++;
    const relative = `${dataset}/year=${year}/month=${month}/day=${date}/part-${String(flush).padStart(8, '0')}.${ending}`;
    mkdirSync(dirname(join(path, relative)), { recursive: true });
    const file = { path: relative, dataset, day, rows: 0, bytes: 1, flush, compacted: false };
    return { file, full: join(path, relative) };
  };

  await setFiles([]);
  return {
    path,
    get files() {
      return files;
    },
    setFiles,
    async addEvents(day, rows, names = eventColumns.map(({ name }) => name)) {
      const { file, full } = place('events', day, 'parquet');
      const columns = eventColumns.filter(({ name }) => names.includes(name));
      const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
      const connection = await instance.connect();
      await connection.run(`CREATE TABLE t (${columns.map(({ name, type }) => `"${name}" ${type}`).join(', ')})`);
      for (const row of rows) {
        const values = columns.map(({ name, type }) => {
          const value = row[name];
          return value === undefined ? 'NULL' : `CAST('${String(value).replaceAll("'", "''")}' AS ${type})`;
        });
        await connection.run(`INSERT INTO t VALUES (${values.join(', ')})`);
      }
      await connection.run(`COPY t TO '${full.replaceAll("'", "''")}' (FORMAT parquet)`);
      connection.closeSync();
      instance.closeSync();
      const added = { ...file, rows: rows.length };
      await setFiles([...files, added]);
      return added;
    },
    async addClicks(day, text) {
      const { file, full } = place('clicks', day, 'csv');
      writeFileSync(full, text);
      const added = { ...file, rows: text.split('\n').length - 1 };
      await setFiles([...files, added]);
      return added;
    },
  };
}

/** A few hours of a small shop. */
export const shopRows: readonly Row[] = [
  {
    event_id: '01936d2e-0000-7000-8000-000000000001',
    event_type: 'view',
    event_time: '2019-10-01T10:00:00.123Z',
    received_at: '2019-10-01T10:00:01.000Z',
    site: 'demo',
    session_id: 's1',
    customer_id: '1487582000000000001',
    product_id: '1',
    category_code: 'electronics.smartphone',
    brand: 'apple',
    price: '489.07',
    currency: 'USD',
    is_bot: false,
  },
  {
    event_id: '01936d2e-0000-7000-8000-000000000002',
    event_type: 'purchase',
    event_time: '2019-10-01T11:00:00.000Z',
    received_at: '2019-10-01T11:00:01.000Z',
    site: 'demo',
    session_id: 's1',
    customer_id: '1487582000000000001',
    product_id: '1',
    category_code: 'electronics.smartphone',
    brand: 'apple',
    price: '489.07',
    currency: 'USD',
    quantity: 2,
    order_id: 'o1',
    line: 1,
    lines: 1,
    is_bot: false,
  },
];
