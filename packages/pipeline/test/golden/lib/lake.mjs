// @ts-check
// A lake of the same rows, made by DuckDB: from the files themselves by an own mapping, or from a list of records.
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { eventColumns } from '@rastro/pipeline';
import { pathsOf } from './records.mjs';

/** @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

/**
 * @param {string} folder Is made.
 * @param {string} select Gives columns by their names; those of the table that it lacks are NULL.
 * @param {readonly string[]} given
 */
async function writeLake(folder, select, given) {
  const columns = eventColumns.map(({ name, type }) =>
    given.includes(name) ? `CAST(${name} AS ${type}) AS ${name}` : `CAST(NULL AS ${type}) AS ${name}`,
  );
  await mkdir(folder, { recursive: true });
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  try {
    await connection.run(`COPY (
      SELECT ${columns.join(', ')},
        strftime(CAST(event_time AS timestamp), '%Y') AS year,
        strftime(CAST(event_time AS timestamp), '%m') AS month,
        strftime(CAST(event_time AS timestamp), '%d') AS day
      FROM (${select})
    ) TO ${quoted(join(folder, 'events'))} (FORMAT parquet, PARTITION_BY (year, month, day))`);
    const paths = (await readdir(join(folder, 'events'), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    const files = [];
    for (const path of paths) {
      const result = await connection.runAndReadAll(`SELECT count(*) FROM read_parquet(${quoted(path)})`);
      const relativePath = relative(folder, path).split(sep).join('/');
      const [, year, month, day] = /year=(\d+)\/month=(\d+)\/day=(\d+)/.exec(relativePath) ?? [];
      files.push({
        path: relativePath,
        dataset: 'events',
        day: `${year}-${month}-${day}`,
        rows: Number(result.getRows()[0]?.[0]),
        bytes: (await stat(path)).size,
        flush: 1,
        compacted: true,
      });
    }
    /** @type {import('../../../src/lake/manifest.js').LakeManifest} */
    const manifest = {
      version: 1,
      generation: 1,
      flush: 1,
      stream: 'golden',
      positions: {},
      seenBytes: 0,
      files: /** @type {import('../../../src/lake/manifest.js').LakeFile[]} */ (files),
    };
    await writeFile(join(folder, 'lake.json'), JSON.stringify(manifest));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** From the CSV files, without a detour over JavaScript. @param {string} folder @param {import('./records.mjs').DataSet} name */
export async function lakeOfFiles(folder, name) {
  const from = pathsOf(name).map(
    (path, file) => `SELECT ${file} AS file, row_number() OVER () AS place, * FROM read_csv(${quoted(path)},
      header = true, all_varchar = true, delim = ',', quote = '', escape = '', parallel = false)`,
  );
  const select = `
    SELECT format('{}-{}', file, place) AS event_id, event_type,
      CAST(substr(event_time, 1, 19) AS timestamp) AS event_time,
      CAST(substr(event_time, 1, 19) AS timestamp) + INTERVAL 1 SECOND AS received_at,
      'demo' AS site, NULLIF(user_id, '') AS customer_id, NULLIF(user_session, '') AS session_id,
      NULLIF(product_id, '') AS product_id, NULLIF(category_id, '') AS category_id,
      NULLIF(category_code, '') AS category_code, NULLIF(brand, '') AS brand, NULLIF(price, '') AS price,
      CASE WHEN event_type = 'purchase' OR NULLIF(price, '') IS NOT NULL THEN 'USD' END AS currency,
      CASE WHEN event_type = 'purchase' THEN 'order-' || dense_rank() OVER (
        PARTITION BY event_type ORDER BY user_id, user_session, event_time) END AS order_id,
      false AS is_bot
    FROM (${from.join('\nUNION ALL BY NAME\n')})`;
  await writeLake(folder, select, [
    'event_id',
    'event_type',
    'event_time',
    'received_at',
    'site',
    'customer_id',
    'session_id',
    'product_id',
    'category_id',
    'category_code',
    'brand',
    'price',
    'currency',
    'order_id',
    'is_bot',
  ]);
}

/** @param {string} folder @param {readonly import('./records.mjs').Event[]} events */
export async function lakeOfRecords(folder, events) {
  const names = Object.keys(events[0] ?? {});
  const path = `${folder}.ndjson`;
  const lines = events.map((event) =>
    JSON.stringify({
      ...event,
      event_time: new Date(event.event_time).toISOString(),
      received_at: new Date(event.received_at).toISOString(),
    }),
  );
  await writeFile(path, lines.join('\n'));
  // Every value as text first: a decimal that became a double would not be the amount any more.
  const columns = names.map((name) => `${name}: 'VARCHAR'`).join(', ');
  await writeLake(
    folder,
    `SELECT * FROM read_json(${quoted(path)}, format = 'newline_delimited', columns = {${columns}})`,
    names,
  );
  await rm(path);
}
