import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { eventColumns } from '@rastro/pipeline';
import { createLiveSource, dashboard, type FedLiveSource } from '@rastro/pipeline/dashboard';
import { createDuckDb } from '@rastro/pipeline/duckdb';
import Fastify from 'fastify';

export interface LakeDashboard {
  readonly url: string;
  readonly live: FedLiveSource;
  close(): Promise<void>;
}

/** Three days of ten sessions each: all view, four put into the cart, the first two of these buy for 10.50. One robot. */
const sessions = `
  SELECT 's' || day || '-' || n AS session_id, DATE '2026-10-01' + day AS day, n, is_bot
  FROM (SELECT unnest(range(0, 3))::int AS day), (SELECT unnest(range(0, 11))::int AS n, unnest(range(0, 11)) = 10 AS is_bot)`;
const events = `
  SELECT session_id, day, n, is_bot, kind AS event_type FROM (${sessions}), (VALUES ('view'), ('cart'), ('purchase'), ('web_vitals')) AS t(kind)
  WHERE kind IN ('view', 'web_vitals') OR (kind = 'cart' AND n < 4) OR (kind = 'purchase' AND n < 2)`;
const values: Readonly<Record<string, string>> = {
  event_id: 'uuid()',
  event_type: 'event_type',
  event_time: "day + INTERVAL '1' HOUR * (n + 8)",
  received_at: "day + INTERVAL '1' HOUR * (n + 8)",
  site: "'shop.example'",
  session_id: 'session_id',
  customer_id: "'c' || n",
  is_bot: 'is_bot',
  product_id: "CASE WHEN event_type <> 'web_vitals' THEN 'p' || n % 3 END",
  product_name: "CASE WHEN event_type <> 'web_vitals' THEN '<b>Lamp</b> ' || n % 3 END",
  category_code: "CASE WHEN event_type <> 'web_vitals' THEN 'home.lamp' END",
  brand: "CASE WHEN event_type <> 'web_vitals' AND n % 2 = 0 THEN 'lumen' END",
  price: "CASE WHEN event_type <> 'web_vitals' THEN '10.50' END",
  currency: "CASE WHEN event_type <> 'web_vitals' THEN 'BRL' END",
  quantity: "CASE WHEN event_type <> 'web_vitals' THEN 1 END",
  order_id: "CASE WHEN event_type = 'purchase' THEN session_id END",
  page_url: "CASE WHEN event_type = 'web_vitals' THEN 'https://shop.example/' END",
  metric: "CASE WHEN event_type = 'web_vitals' THEN 'LCP' END",
  value: "CASE WHEN event_type = 'web_vitals' THEN 2000 END",
  rating: "CASE WHEN event_type = 'web_vitals' THEN 'good' END",
};

/** The dashboard as it is served, over a small lake of its own. */
export async function startLakeDashboard(): Promise<LakeDashboard> {
  const root = await mkdtemp(join(tmpdir(), 'rastro-dashboard-'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const columns = eventColumns.map(({ name, type }) => `CAST(${values[name] ?? 'NULL'} AS ${type}) AS "${name}"`);
  const files: object[] = [];
  for (const [n, day] of ['01', '02', '03'].entries()) {
    const path = `events/year=2026/month=10/day=${day}`;
    await mkdir(join(root, path), { recursive: true });
    const file = `${path}/part-0000000${n + 1}.parquet`;
    await connection.run(
      `COPY (SELECT ${columns.join(', ')} FROM (${events}) WHERE day = DATE '2026-10-${day}') TO '${join(root, file)}' (FORMAT parquet)`,
    );
    files.push({
      path: file,
      dataset: 'events',
      day: `2026-10-${day}`,
      rows: 1,
      bytes: 1,
      flush: n + 1,
      compacted: false,
    });
  }
  connection.closeSync();
  instance.closeSync();
  const manifest = { version: 1, generation: 1, flush: 3, stream: 'test', positions: {}, seenBytes: 0, files };
  await writeFile(join(root, 'lake.json'), JSON.stringify(manifest));

  const engine = await createDuckDb({ lake: root, threads: 1 });
  const live = createLiveSource();
  const app = Fastify();
  await app.register(dashboard, { engine, live });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    url,
    live,
    async close() {
      await app.close();
      await engine.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}
