import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { type DevServer, startDevServer } from '@rastro/collector/dev';
import { main as replay } from '@rastro/example-replay';
import type { ReportName } from '@rastro/pipeline';
import { createDuckDb } from '@rastro/pipeline/duckdb';
import { readManifest } from '@rastro/pipeline/lake';
import { reports, runReport } from '@rastro/pipeline/reports';
import { type DevPipeline, startDevPipeline } from '@rastro/pipeline/run';
import { type CountRow, createDynamoClient, scanCounts } from '@rastro/pipeline/windows';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answersOf } from '../../../packages/pipeline/test/golden/compute.mjs';
import * as golden from '../../../packages/pipeline/test/golden/lib/answers.mjs';
import { createTestIo } from '../../replay/test/support/run.js';

/** Genuine shop data lies beside the repository, not in it. */
const data = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));

let directory: string;
let server: DevServer;
let pipeline: DevPipeline;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rastro-whole-'));
  server = await startDevServer({ port: 0 });
  pipeline = await startDevPipeline({
    stream: server.streams,
    directory,
    onEnd: (error) => {
      throw error;
    },
  });
});
afterEach(async () => {
  await pipeline.close();
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

/** Rows of a query that has nothing to do with the code under test. */
async function ask(sql: string): Promise<unknown[][]> {
  const duckdb = await DuckDBInstance.create(':memory:');
  const connection = await duckdb.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowsJson();
  } finally {
    connection.closeSync();
    duckdb.closeSync();
  }
}
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

async function countsOf(): Promise<CountRow[]> {
  const client = createDynamoClient({ endpoint: pipeline.dynamo.endpoint, region: 'us-east-1' });
  try {
    const rows: CountRow[] = [];
    for await (const row of scanCounts(client, pipeline.dynamo.table)) rows.push(row);
    return rows;
  } finally {
    client.destroy();
  }
}

describe.skipIf(!existsSync(data))(
  'genuine rows on their way from the collector to the answers',
  { timeout: 300_000 },
  () => {
    test.each([
      ['multi-2019-oct', 13_884, 9_855],
      ['cosmetics-2019-oct', 22_283, 12_732],
    ] as const)('%s: %i rows, %i windows', async (name, rows, windows) => {
      const source = join(data, `${name}.csv.gz`);
      const state = join(directory, 'replay');
      const { summary } = await replay([source, '--endpoint', `${server.url}/e`, '--state-dir', state], createTestIo());
      expect(summary).toMatchObject({ accepted: { rows }, rejected: { rows: 0 } });
      await pipeline.finish();

      // The lake: as many events as rows, no repeats, no errors.
      const { files } = await readManifest(pipeline.lakeDirectory);
      const total = (dataset: string) =>
        files.filter((file) => file.dataset === dataset).reduce((sum, file) => sum + file.rows, 0);
      expect({ events: total('events'), clicks: total('clicks'), errors: total('errors') }).toEqual({
        events: rows,
        clicks: rows,
        errors: 0,
      });
      const events = `${pipeline.lakeDirectory}/events/*/*/*/*.parquet`;
      expect(await ask(`SELECT count(*), count(DISTINCT event_id) FROM read_parquet(${quoted(events)})`)).toEqual([
        [String(rows), String(rows)],
      ]);

      // The six-column table is what SQL makes of the source.
      const clicks = `SELECT * FROM read_csv(${quoted(`${pipeline.lakeDirectory}/clicks/*/*/*/*.csv`)}, all_varchar = true, header = true, hive_partitioning = false)`;
      const cell = (column: string) => `coalesce(${column}, '') AS ${column}`;
      const columns = 'customerid deviceid productid productcategory productsubcategory activitytype'.split(' ');
      const wanted = `SELECT user_id AS customerid, '' AS deviceid, product_id AS productid,
        CASE WHEN category_code IS NULL THEN category_id ELSE regexp_extract(category_code, '^[^.]*') END AS productcategory,
        CASE WHEN contains(category_code, '.') THEN regexp_replace(category_code, '^[^.]*[.]', '') ELSE '' END AS productsubcategory,
        event_type AS activitytype
      FROM read_csv(${quoted(source)}, all_varchar = true, header = true)`;
      const both = (first: string, second: string) =>
        `SELECT count(*) FROM (SELECT ${columns.map(cell)} FROM (${first}) EXCEPT ALL SELECT ${columns.map(cell)} FROM (${second}))`;
      expect(await ask(both(clicks, wanted))).toEqual([['0']]);
      expect(await ask(both(wanted, clicks))).toEqual([['0']]);

      // Counts per user, type and minute of event time.
      const counts = await countsOf();
      expect(counts).toHaveLength(windows);
      expect(counts.reduce((sum, { qtd_event }) => sum + qtd_event, 0)).toBe(rows);
      const minutes = await ask(
        `SELECT user_id, event_type, count(*)::VARCHAR, strftime(date_trunc('minute', event_time[:19]::TIMESTAMP), '%Y-%m-%dT%H:%M:00.000Z')
       FROM read_csv(${quoted(source)}, all_varchar = true, header = true) GROUP BY ALL`,
      );
      expect(
        counts.map((row) => [row.user_id, row.event_type, String(row.qtd_event), row.window_start].join()).sort(),
      ).toEqual(minutes.map((row) => row.join()).sort());
      expect(pipeline.alerts()).toEqual([]);

      // The reports, against answers that no SQL was asked for.
      const answers = answersOf(name);
      const engine = await createDuckDb({ lake: pipeline.lakeDirectory });
      try {
        for (const report of Object.keys(reports) as ReportName[]) {
          if (report === 'facets') continue;
          const { rows: found } = await runReport(engine, report, {});
          const types = golden.columnsOf[report as golden.Name];
          expect({ report, rows: golden.comparable(found, types) }).toEqual({
            report,
            rows: golden.comparable(answers.reports[report] ?? [], types),
          });
        }
      } finally {
        await engine.close();
      }
      expect(readdirSync(pipeline.lakeDirectory)).not.toContain('errors');
    });
  },
);
