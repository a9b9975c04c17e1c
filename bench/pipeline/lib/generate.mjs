// @ts-check
// Writes the shop straight into a lake: one Parquet file a day, as compaction leaves it, and the manifest.
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { dayOfShop, days, dayText, macros, seed } from './shop.mjs';

/** @typedef {import('../../../packages/pipeline/src/lake/manifest.js').LakeManifest} LakeManifest */

/** The same name for the same rows, to find a lake again that was kept. @param {number} rows */
const nameOf = (rows) => `bench-${seed}-${rows}-1`;

/**
 * @param {string} lake
 * @param {{ rows: number, memory: string, threads: number, onDay?: (day: number) => void }} options
 * @returns {Promise<{ rows: number, bytes: number, files: number, made: boolean }>} `made` is false where a kept lake was found.
 */
export async function generate(lake, { rows, memory, threads, onDay }) {
  const manifestPath = join(lake, 'lake.json');
  const kept = await readManifest(manifestPath);
  if (kept && kept.stream !== nameOf(rows)) {
    throw new Error(`${lake} holds another lake, of the stream ${kept.stream}`);
  }
  const made = kept === undefined;
  const manifest = kept ?? (await write(lake, { rows, memory, threads, onDay }));
  if (made) {
    await writeFile(`${manifestPath}.tmp`, `${JSON.stringify(manifest, undefined, 2)}\n`);
    await rename(`${manifestPath}.tmp`, manifestPath);
  }
  const total = (/** @type {'rows' | 'bytes'} */ what) => manifest.files.reduce((sum, file) => sum + file[what], 0);
  return { rows: total('rows'), bytes: total('bytes'), files: manifest.files.length, made };
}

/** @param {string} path @returns {Promise<LakeManifest | undefined>} */
async function readManifest(path) {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * @param {string} lake
 * @param {{ rows: number, memory: string, threads: number, onDay?: ((day: number) => void) | undefined }} options
 * @returns {Promise<LakeManifest>}
 */
async function write(lake, { rows, memory, threads, onDay }) {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: memory, threads: String(threads) });
  const connection = await instance.connect();
  /** @type {LakeManifest['files'][number][]} */
  const files = [];
  try {
    for (const macro of macros) await connection.run(macro);
    for (let day = 0; day < days; day++) {
      onDay?.(day);
      const [year, month, date] = dayText(day).split('-');
      const folder = `events/year=${year}/month=${month}/day=${date}`;
      const path = `${folder}/compacted-${String(day + 1).padStart(8, '0')}.parquet`;
      await mkdir(join(lake, folder), { recursive: true });
      const file = join(lake, path);
      const result = await connection.runAndReadAll(
        `COPY (${dayOfShop(day, rows)}) TO '${file.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION snappy)`,
      );
      files.push({
        path,
        dataset: 'events',
        day: dayText(day),
        rows: Number(result.getRows()[0]?.[0]),
        bytes: (await stat(file)).size,
        flush: day + 1,
        compacted: true,
      });
    }
    onDay?.(days);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return { version: 1, generation: days, flush: days, stream: nameOf(rows), positions: {}, seenBytes: 0, files };
}
