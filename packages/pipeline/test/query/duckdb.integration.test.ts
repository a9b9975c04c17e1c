import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventColumns, partitionColumns } from '../../src/columns.js';
import { createDuckDb, type DuckDbOptions } from '../../src/query/duckdb.js';
import { type SqlEngine, SqlError } from '../../src/query/engine.js';
import { lakeIn, type SmallLake, shopRows, smallLake } from './support.js';

async function open(lake: string, options: Omit<DuckDbOptions, 'lake'> = {}): Promise<SqlEngine> {
  const engine = await createDuckDb({ lake, threads: 1, memoryLimit: '256MB', ...options });
  onTestFinished(() => engine.close());
  return engine;
}

async function shop(): Promise<{ lake: SmallLake; engine: SqlEngine }> {
  const lake = await smallLake();
  await lake.addEvents('2019-10-01', shopRows);
  return { lake, engine: await open(lake.path) };
}

const endless = 'SELECT sum(a.i * b.i) FROM range(10000000) a(i), range(10000000) b(i)';
const count = async (engine: SqlEngine, where = 'true'): Promise<unknown> =>
  (await engine.query(`SELECT count(*) FROM events WHERE ${where}`)).rows[0]?.[0];

describe('the table', () => {
  it('has all columns and the partitions, as text', async () => {
    const { engine } = await shop();
    const { columns, rows } = await engine.query('SELECT * FROM events ORDER BY event_time');
    expect(columns.map(({ name }) => name)).toEqual([...eventColumns, ...partitionColumns].map(({ name }) => name));
    const at = (name: string): unknown => rows[0]?.[columns.findIndex((column) => column.name === name)];
    expect(columns.find(({ name }) => name === 'price')?.type).toBe('decimal');
    expect(at('price')).toBe('489.070000');
    expect(at('event_time')).toBe('2019-10-01T10:00:00.123Z');
    expect(at('customer_id')).toBe('1487582000000000001');
    expect([at('year'), at('month'), at('day')]).toEqual(['2019', '10', '01']);
    expect(at('order_id')).toBe(null);
  });

  it('is empty, with its columns, where there is no lake, and fills when one comes', async () => {
    const lake = await smallLake();
    rmSync(lake.path, { recursive: true });
    const engine = await open(lake.path);
    const { columns, rows } = await engine.query('SELECT * FROM events');
    expect(rows).toEqual([]);
    expect(columns.map(({ type }) => type)).toContain('decimal');
    expect((await engine.query('SELECT * FROM clicks')).columns).toHaveLength(6);
    await lake.addEvents('2019-10-01', shopRows).catch(() => {});
    mkdirSync(lake.path, { recursive: true });
    await lake.addEvents('2019-10-01', shopRows);
    await lake.setFiles(lake.files.slice(-1));
    expect(await count(engine)).toBe(2);
  });

  it('must have a lake behind it, if asked for', async () => {
    const { path } = await smallLake();
    await expect(createDuckDb({ lake: `${path}/nowhere`, mustExist: true })).rejects.toThrow(
      `${path}/nowhere is no lake: it has no lake.json`,
    );
    await expect(createDuckDb({ lake: path, mustExist: 'yes' as never })).rejects.toThrow(
      'mustExist must be true or false, got "yes"',
    );
    const lake = await shop();
    expect(await count(await open(lake.lake.path, { mustExist: true }))).toBe(2);
  });

  it('is the lake as it is when a query begins', async () => {
    const { lake, engine } = await shop();
    const before = await engine.generation?.();
    expect(await count(engine)).toBe(2);
    expect(await engine.generation?.()).toBe(before);
    await lake.addEvents('2019-11-09', shopRows);
    expect(await engine.generation?.()).not.toBe(before);
    expect(await count(engine)).toBe(4);
    expect(await count(engine, "month = '11' AND day = '09'")).toBe(2);
  });

  it('reads only the files of the asked days', async () => {
    const { lake, engine } = await shop();
    await lake.addEvents('2019-10-02', shopRows);
    await lake.addEvents('2019-10-03', shopRows);
    const plan = await engine.query("EXPLAIN ANALYZE SELECT count(price) FROM events WHERE day = '02'");
    expect(plan.rows.flat().join()).toMatch(/Total Files Read:\s*1\b/);
  });

  it('has NULL for a column that older files, or all, do not have', async () => {
    const { lake, engine } = await shop();
    await lake.addEvents('2019-10-02', shopRows, ['event_id', 'event_type', 'event_time']);
    expect(await count(engine, 'brand IS NULL')).toBe(2);
    await lake.setFiles(lake.files.slice(1));
    expect(await count(engine, 'brand IS NULL AND price IS NULL')).toBe(2);
  });

  it('is read from a folder whose name has signs of patterns and quotes', async () => {
    const lake = await smallLake("it's [a] *lake?");
    await lake.addEvents('2019-10-01', shopRows);
    // What the name would be a pattern of.
    const other = await lakeIn(join(dirname(lake.path), "it's a lakes"));
    await other.addEvents('2019-10-01', [...shopRows, ...shopRows]);
    expect(await count(await open(lake.path))).toBe(2);
  });

  it('has the six columns of the click files, whether or not they begin with names', async () => {
    const { lake, engine } = await shop();
    await lake.addClicks('2019-10-01', '"c,1",d1,1,electronics,smartphone,view\r\n,d2,2,,,cart\r\n');
    await lake.addClicks(
      '2019-10-02',
      'customerid,deviceid,productid,productcategory,productsubcategory,activitytype\r\nc2,d3,148758200000000000,a,b,view\r\n',
    );
    expect((await engine.query('SELECT * FROM clicks ORDER BY productid')).rows).toEqual([
      ['c,1', 'd1', '1', 'electronics', 'smartphone', 'view'],
      ['c2', 'd3', '148758200000000000', 'a', 'b', 'view'],
      [null, 'd2', '2', null, null, 'cart'],
    ]);
  });

  it('is not guessed from a manifest of another version', async () => {
    const { lake, engine } = await shop();
    writeFileSync(join(lake.path, 'lake.json'), '{"version":2,"files":[]}');
    await expect(count(engine)).rejects.toThrow('has version 2: this program reads version 1');
  });
});

describe('what is refused', () => {
  const listing = (path: string): string[] => readdirSync(path, { recursive: true }).map(String).sort();

  it.each([
    ['COPY into the lake', (lake: string) => `COPY (SELECT 1) TO '${lake}/out.csv'`],
    ['COPY over the manifest', (lake: string) => `COPY (SELECT 1) TO '${lake}/lake.json'`],
    ['COPY elsewhere', (lake: string) => `COPY (SELECT 1) TO '${dirname(lake)}/out.csv'`],
    ['COPY behind EXPLAIN ANALYZE', (lake: string) => `EXPLAIN ANALYZE COPY (SELECT 1) TO '${lake}/out.csv'`],
    [
      'COPY behind EXPLAIN with options',
      (lake: string) => `EXPLAIN (ANALYZE, FORMAT json) COPY (SELECT 1) TO '${lake}/out.csv'`,
    ],
    [
      'COPY behind comments that nest',
      (lake: string) => `EXPLAIN ANALYZE /* /* */ SELECT 1 -- */ COPY (SELECT 1) TO '${lake}/out.csv'`,
    ],
    ['COPY behind a comment', (lake: string) => `EXPLAIN ANALYZE --SELECT 1\n COPY (SELECT 1) TO '${lake}/out.csv'`],
    ['EXPORT', (lake: string) => `EXPORT DATABASE '${lake}/out'`],
    ['EXPORT behind EXPLAIN', (lake: string) => `EXPLAIN EXPORT DATABASE '${lake}/out'`],
    ['EXPORT behind comments that nest', (lake: string) => `/* /* */ SELECT 1 -- */ EXPORT DATABASE '${lake}/out'`],
    ['EXPORT behind another end of line', (lake: string) => `-- \r EXPORT DATABASE '${lake}/out'\nSELECT 1`],
    ['IMPORT', (lake: string) => `IMPORT DATABASE '${lake}'`],
    ['ATTACH within the lake', (lake: string) => `ATTACH '${lake}/a.db'`],
    ['ATTACH elsewhere', (lake: string) => `ATTACH '${dirname(lake)}/a.db'`],
    ['INSTALL', () => 'INSTALL httpfs'],
    ['LOAD', () => 'LOAD httpfs'],
    ['SET', () => 'SET threads = 1'],
    ['SET of what keeps it in', () => 'SET enable_external_access = true'],
    ['RESET', () => 'RESET enable_external_access'],
    ['PRAGMA', () => "PRAGMA profiling_output = '/tmp/x'"],
    ['CREATE TABLE', () => 'CREATE TABLE t AS SELECT 1'],
    ['a view of the same name', () => 'CREATE OR REPLACE VIEW events AS SELECT 1'],
    ['DROP', () => 'DROP VIEW events'],
    ['DELETE', () => 'DELETE FROM events'],
    ['BEGIN', () => 'BEGIN'],
    ['CALL', () => "CALL enable_logging('QueryLog')"],
    [
      'logging to files',
      (lake: string) => `SELECT * FROM enable_logging('QueryLog', storage = 'file', storage_path = '${lake}/log')`,
    ],
    [
      'logging behind query()',
      (lake: string) =>
        `SELECT * FROM query('SELECT * FROM enable_' || 'log' || 'ging(storage = ''file'', storage_path = ''${lake}/log'')')`,
    ],
    [
      'logging behind EXPLAIN ANALYZE',
      (lake: string) => `EXPLAIN ANALYZE SELECT * FROM enable_logging(storage = 'file', storage_path = '${lake}/log')`,
    ],
    ['a file elsewhere', () => "SELECT * FROM read_csv('/etc/passwd')"],
    ['a file elsewhere as text', () => "SELECT * FROM read_text('/etc/passwd')"],
    ['a file elsewhere by its name', () => "SELECT * FROM '/etc/passwd'"],
    ['a way out of the lake', (lake: string) => `SELECT * FROM read_text('${lake}/../secret.txt')`],
    ['a neighbour of the same beginning', (lake: string) => `SELECT * FROM read_text('${lake}-2/secret.txt')`],
    ['a look around', () => "SELECT * FROM glob('/etc/*')"],
    ['the network', () => "SELECT * FROM 'https://shop.example/a.csv'"],
    ['several statements', () => 'SELECT 1; SELECT 2'],
    ['nothing', () => ' -- nothing\n'],
  ])('%s', async (_name, sql) => {
    const { lake, engine } = await shop();
    const around = dirname(lake.path);
    mkdirSync(`${lake.path}-2`);
    writeFileSync(`${lake.path}-2/secret.txt`, 'secret');
    writeFileSync(join(around, 'secret.txt'), 'secret');
    const before = listing(around);
    await expect(engine.query(sql(lake.path))).rejects.toThrow(SqlError);
    expect(await count(engine)).toBe(2);
    expect(listing(around)).toEqual(before);
    expect((await engine.query("SELECT value FROM duckdb_settings() WHERE name = 'enable_logging'")).rows).toEqual([
      ['0'],
    ]);
  });

  it.each([
    'SELECT 1;',
    'FROM events',
    '-- the shop\n/* all of it */ select 1',
    '((SELECT 1))',
    'WITH a AS (SELECT 1 AS x) SELECT * FROM a',
    'VALUES (1)',
    'DESCRIBE events',
    'SUMMARIZE events',
    'SHOW TABLES',
    'EXPLAIN SELECT * FROM events',
    'EXPLAIN ANALYZE SELECT * FROM events',
    'EXPLAIN (FORMAT json) SELECT 1',
    "SELECT * FROM events WHERE page_url LIKE '%?query=logging%'",
    "SELECT * FROM query('SELECT 1')",
  ])('but not: %s', async (sql) => {
    const { engine } = await shop();
    await expect(engine.query(sql)).resolves.toHaveProperty('rows');
  });
});

describe('errors', () => {
  it('are what DuckDB says, with the place', async () => {
    const { engine } = await shop();
    const error: Error = await engine.query('SELECT brand,\n nosuch FROM events').then(
      () => new Error('no error'),
      (thrown) => thrown,
    );
    expect(error).toBeInstanceOf(SqlError);
    expect(error.message).toContain('Referenced column "nosuch" not found');
    expect(error.message).toContain('LINE 2:');
  });

  it('say that an answer is too large', async () => {
    const lake = await smallLake();
    const engine = await open(lake.path, { maxRows: 3000 });
    await expect(engine.query('SELECT * FROM range(3001)')).rejects.toThrow('more than 3,000 rows');
    expect((await engine.query('SELECT * FROM range(3000)')).rows).toHaveLength(3000);
  });

  it.each<[string, object]>([
    ['lake must be a text that is not empty, got ""', { lake: '' }],
    [`memoryLimit must be like '512MB', got "much"`, { memoryLimit: 'much' }],
    ['threads must be a whole number from 1 to 256, got 0', { threads: 0 }],
    ['maxRows must be a whole number from 1 to 100000000, got 1.5', { maxRows: 1.5 }],
    ['timeoutMs must be a whole number from 0 to 2147483647, got -1', { timeoutMs: -1 }],
    ['maxConcurrent must be a whole number from 1 to 64, got 65', { maxConcurrent: 65 }],
  ])('%s', async (message, option) => {
    await expect(createDuckDb({ lake: '/nowhere', ...option })).rejects.toThrow(new TypeError(message));
  });
});

describe('a query', () => {
  it('stops at the rows that were asked for, and says so', async () => {
    const { engine } = await shop();
    const many = await engine.query('SELECT * FROM range(100000000)', { maxRows: 5 });
    expect(many.rows).toEqual([[0], [1], [2], [3], [4]]);
    expect(many.truncated).toBe(true);
    expect(await engine.query('SELECT 1 AS a', { maxRows: 1 })).toEqual({
      columns: [{ name: 'a', type: 'integer' }],
      rows: [[1]],
    });
  });

  it('ends when its signal fires, while it runs and while it waits', async () => {
    const lake = await smallLake();
    const engine = await open(lake.path, { maxConcurrent: 1 });
    const [first, second] = [new AbortController(), new AbortController()];
    const running = engine.query(endless, { signal: first.signal });
    const waiting = engine.query('SELECT 1', { signal: second.signal });
    second.abort(new Error('not needed'));
    await expect(waiting).rejects.toThrow('not needed');
    setTimeout(() => first.abort(new Error('gone')), 50);
    await expect(running).rejects.toThrow('gone');
    expect((await engine.query('SELECT 1')).rows).toEqual([[1]]);
    await expect(engine.query('SELECT 1', { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow(
      'before',
    );
  });

  it('ends when it takes too long', async () => {
    const lake = await smallLake();
    const engine = await open(lake.path, { timeoutMs: 50 });
    await expect(engine.query(endless)).rejects.toThrow(
      new SqlError('The query took longer than 0.05 s and was ended.'),
    );
  });

  it('ends when the engine is closed, which leaves nothing behind', async () => {
    const lake = await smallLake();
    const spills = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('rastro-duckdb-'));
    const before = new Set(spills());
    const engine = await open(lake.path, { memoryLimit: '64MB' });
    const running = engine.query('SELECT i, hash(i) FROM range(30000000) r(i) ORDER BY 2').catch((error) => error);
    await expect.poll(() => spills().some((name) => !before.has(name)), { timeout: 20_000 }).toBe(true);
    const mine = spills().filter((name) => !before.has(name));
    await engine.close();
    expect(await running).toEqual(new SqlError('The engine was closed.'));
    expect(mine.filter((name) => existsSync(join(tmpdir(), name)))).toEqual([]);
    await expect(engine.query('SELECT 1')).rejects.toThrow('The engine is closed.');
  });

  it('runs beside others, also while the lake changes', async () => {
    const { lake, engine } = await shop();
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        if (n % 5 === 0) await lake.setFiles(lake.files);
        return count(engine, `${n} = ${n}`);
      }),
    );
    expect(new Set(answers)).toEqual(new Set([2]));
  });
});

describe('cells', () => {
  it.each<[string, string, unknown]>([
    ['9007199254740991::bigint', 'integer', 9007199254740991],
    ['9007199254740993::bigint', 'integer', '9007199254740993'],
    ['-9007199254740993::bigint', 'integer', '-9007199254740993'],
    ['18446744073709551615::ubigint', 'integer', '18446744073709551615'],
    ['sum(i) FROM range(4) r(i)', 'integer', 6],
    ['sum(9007199254740991::bigint) FROM range(4)', 'integer', '36028797018963964'],
    ['7::tinyint', 'integer', 7],
    ['1.50::decimal(21,6)', 'decimal', '1.500000'],
    ['123456789012345.123456::decimal(21,6)', 'decimal', '123456789012345.123456'],
    ['0.1::double', 'double', 0.1],
    ["'nan'::double", 'double', 'NaN'],
    ["'-inf'::float", 'double', '-Infinity'],
    ['true', 'boolean', true],
    ["''", 'text', ''],
    ['NULL', 'integer', null],
    ["DATE '2019-10-01'", 'date', '2019-10-01'],
    ["TIMESTAMP '2019-10-01 00:00:00'", 'timestamp', '2019-10-01T00:00:00.000Z'],
    ["TIMESTAMP '2019-10-01 00:00:00.123456'", 'timestamp', '2019-10-01T00:00:00.123456Z'],
    ["TIMESTAMP '1969-12-31 23:59:59.999999'", 'timestamp', '1969-12-31T23:59:59.999999Z'],
    ["TIMESTAMP_S '2019-10-01 00:00:00'", 'timestamp', '2019-10-01T00:00:00.000Z'],
    ["TIMESTAMP_MS '2019-10-01 00:00:00.5'", 'timestamp', '2019-10-01T00:00:00.500Z'],
    ["TIMESTAMP_NS '2019-10-01 00:00:00.123456789'", 'timestamp', '2019-10-01T00:00:00.123456789Z'],
    ["TIMESTAMPTZ '2019-10-01 02:00:00+02'", 'timestamp', '2019-10-01T00:00:00.000Z'],
    ["CAST(TIMESTAMPTZ '2019-10-01 02:00:00+02' AS timestamp)", 'timestamp', '2019-10-01T00:00:00.000Z'],
    ["TIMESTAMP 'infinity'", 'timestamp', 'infinity'],
    ["TIME '10:00:00'", 'text', '10:00:00'],
    ["INTERVAL '1' DAY", 'text', '1 day'],
    ["'\\xAA'::blob", 'text', '\\xAA'],
    ["'85d062b0-3083-423a-bf86-8fb218bdf994'::uuid", 'text', '85d062b0-3083-423a-bf86-8fb218bdf994'],
    ['[1, 9007199254740993]', 'text', '["1","9007199254740993"]'],
    ["{'a': 1, 'b': [DATE '2020-01-01']}", 'text', '{"a":1,"b":["2020-01-01"]}'],
    ["map {'a': 1}", 'text', '[{"key":"a","value":1}]'],
    [
      '(SELECT approx_percentile(CAST(x AS decimal(21,6)), 0.5) FROM (VALUES (1.25), (1.5), (1.75)) t(x))',
      'double',
      1.5,
    ],
    ["day_of_week(TIMESTAMP '2019-10-06 00:00:00')", 'integer', 7],
    ['json_extract_scalar(\'{"a":"b"}\', \'$.a\')', 'text', 'b'],
    ["regexp_like('shop', 'h.p')", 'boolean', true],
    ['approx_distinct(i % 3) FROM range(100) r(i)', 'integer', 3],
  ])('%s is %s', async (expression, type, value) => {
    const lake = await smallLake();
    const engine = await open(lake.path);
    const { columns, rows } = await engine.query(`SELECT ${expression}`);
    expect([columns[0]?.type, rows[0]?.[0]]).toEqual([type, value]);
  });
});
