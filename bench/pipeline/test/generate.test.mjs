// @ts-check
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withTemporaryFolder } from '../../../scripts/lib/run.mjs';
import { generate } from '../lib/generate.mjs';

const options = { rows: 60_000, memory: '500MB', threads: 1 };

describe('the shop of the bench', () => {
  /** @type {string} */
  let lake;
  /** @type {() => void} */
  let end;
  /** @type {Promise<void>} */
  let ended;
  /** @type {DuckDBInstance} */
  let instance;
  /** @type {import('@duckdb/node-api').DuckDBConnection} */
  let connection;
  /** @type {number[]} */
  const seen = [];
  /** @type {Awaited<ReturnType<typeof generate>>} */
  let result;

  beforeAll(async () => {
    await new Promise((resolve) => {
      ended = withTemporaryFolder((folder) => {
        lake = folder;
        return new Promise((done) => {
          end = () => done(undefined);
          resolve(undefined);
        });
      });
    });
    result = await generate(lake, { ...options, onDay: (day) => seen.push(day) });
    instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    connection = await instance.connect();
    await connection.run(`CREATE VIEW events AS SELECT * FROM read_parquet('${lake}/events/**/*.parquet',
      hive_types = {year: varchar, month: varchar, day: varchar})`);
  }, 60_000);

  afterAll(async () => {
    connection?.closeSync();
    instance?.closeSync();
    end();
    await ended;
  });

  const one = async (/** @type {string} */ sql) =>
    (await connection.runAndReadAll(sql)).getRows()[0]?.map(Number) ?? [];

  it('has about as many rows as asked for, one file a day, and tells its progress', async () => {
    expect(Math.abs(result.rows - options.rows)).toBeLessThan(options.rows * 0.03);
    expect(result.files).toBe(30);
    expect(seen).toEqual(Array.from({ length: 31 }, (_, day) => day));
    expect(await one('SELECT count(*), count(DISTINCT event_id) FROM events')).toEqual([result.rows, result.rows]);
  });

  it('has the manifest of a lake, each file in the folder of its day', async () => {
    /** @type {import('../../../packages/pipeline/src/lake/manifest.js').LakeManifest} */
    const manifest = JSON.parse(await readFile(join(lake, 'lake.json'), 'utf8'));
    expect(manifest.version).toBe(1);
    for (const { path, day, rows, bytes } of manifest.files) {
      expect(path).toContain(`events/year=${day.slice(0, 4)}/month=${day.slice(5, 7)}/day=${day.slice(8)}/`);
      expect((await readFile(join(lake, path))).length).toBe(bytes);
      expect(await one(`SELECT count(*) FROM read_parquet('${join(lake, path)}')`)).toEqual([rows]);
    }
    const strays = `CAST(event_time AS date) <> CAST(year || '-' || month || '-' || day AS date)`;
    expect(await one(`SELECT count(*) FROM events WHERE ${strays}`)).toEqual([0]);
  });

  it('has the shares of a genuine shop', async () => {
    const share = (/** @type {string} */ condition, where = 'true') =>
      one(`SELECT avg(CASE WHEN ${condition} THEN 1.0 ELSE 0 END) FROM events WHERE ${where}`).then(([value]) => value);
    expect(await share("event_type = 'cart'")).toBeCloseTo(0.03, 2);
    expect(await share("event_type = 'purchase'")).toBeCloseTo(0.015, 2);
    expect(await share('brand IS NULL', 'product_id IS NOT NULL')).toBeGreaterThan(0.3);
    expect(await share('brand IS NULL', 'product_id IS NOT NULL')).toBeLessThan(0.5);
    expect(await share("category_code = 'electronics.smartphone'", 'product_id IS NOT NULL')).toBeCloseTo(0.274, 1);
    expect(await one('SELECT count(DISTINCT category_id), max(length(category_id)) FROM events')).toEqual([300, 19]);
  });

  it('has orders of several lines in one instant, and carts of what was seen', async () => {
    const orders = `SELECT count(*) AS n, min(lines) AS lines, count(DISTINCT event_time) AS instants
      FROM events WHERE event_type = 'purchase' GROUP BY order_id`;
    const [wrong, several] = await one(
      `SELECT count(*) FILTER (WHERE n <> lines OR instants <> 1), count(*) FILTER (WHERE n > 1) FROM (${orders})`,
    );
    expect(wrong).toBe(0);
    expect(several).toBeGreaterThan(0);
    const carts = `SELECT max(CASE WHEN seen.event_type = 'view' THEN 1.0 ELSE 0 END) AS viewed FROM events AS cart
      JOIN events AS seen USING (session_id, product_id) WHERE cart.event_type = 'cart' GROUP BY cart.event_id`;
    const [viewed] = await one(`SELECT avg(viewed) FROM (${carts})`);
    expect(viewed).toBeGreaterThan(0.5);
    expect(viewed).toBeLessThan(1);
  });

  it('is the same shop each time', async () => {
    const digest = async (/** @type {string} */ folder) => {
      const { files } = JSON.parse(await readFile(join(folder, 'lake.json'), 'utf8'));
      const hash = createHash('sha256');
      for (const { path } of files) hash.update(await readFile(join(folder, path)));
      return hash.digest('hex');
    };
    await withTemporaryFolder(async (folder) => {
      await generate(folder, options);
      expect(await digest(folder)).toBe(await digest(lake));
    });
  }, 60_000);

  it('a lake that was kept is taken as it is, another one is refused', async () => {
    expect(await generate(lake, options)).toEqual({ ...result, made: false });
    await expect(generate(lake, { ...options, rows: 1000 })).rejects.toThrow('holds another lake');
    await withTemporaryFolder(async (folder) => {
      await writeFile(join(folder, 'lake.json'), '{"stream":"events","files":[]}');
      await expect(generate(folder, options)).rejects.toThrow('of the stream events');
    });
  });
});
