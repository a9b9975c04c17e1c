import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import fastify, { type FastifyInstance } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Alert } from '../../src/alerts/alert.js';
import { type DashboardOptions, dashboard } from '../../src/dashboard/dashboard.js';
import { createLiveSource } from '../../src/dashboard/live-source.js';
import { createDuckDb } from '../../src/query/duckdb.js';
import { type SqlEngine, SqlError } from '../../src/query/engine.js';
import { type SmallLake, shopRows, smallLake } from '../query/support.js';

function assets(compressed = true): URL {
  const folder = mkdtempSync(join(tmpdir(), 'rastro-dashboard-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Dashboard</title>');
  writeFileSync(join(folder, 'dashboard.css'), 'body{}');
  writeFileSync(join(folder, 'dashboard.js'), 'export {};');
  if (compressed) {
    writeFileSync(join(folder, 'dashboard.js.br'), brotliCompressSync('export {};'));
    writeFileSync(join(folder, 'dashboard.js.gz'), gzipSync('export {};'));
  }
  return pathToFileURL(`${folder}/`);
}

async function serve(options: Partial<DashboardOptions> & { engine: SqlEngine }): Promise<FastifyInstance> {
  const app = fastify();
  onTestFinished(() => app.close());
  await app.register(dashboard, { assets: assets(), ...options });
  await app.ready();
  return app;
}

async function shop(): Promise<{ lake: SmallLake; engine: SqlEngine; app: FastifyInstance }> {
  const lake = await smallLake();
  await lake.addEvents('2019-10-01', shopRows);
  const engine = await createDuckDb({ lake: lake.path, threads: 1, memoryLimit: '256MB' });
  onTestFinished(() => engine.close());
  return { lake, engine, app: await serve({ engine }) };
}

/** An engine that answers what the test says. */
const fake = (query: SqlEngine['query'], more: Partial<SqlEngine> = {}): SqlEngine => ({
  name: 'duckdb',
  query,
  close: async () => {},
  ...more,
});
const idle = fake(async () => ({ columns: [], rows: [] }));

describe('the page', () => {
  it('is served with its files, and runs nothing of others', async () => {
    const app = await serve({ engine: idle });
    const page = await app.inject('/dashboard');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toContain("script-src 'self'; style-src 'self'");
    expect(page.headers['content-security-policy']).not.toContain('unsafe');
    expect((await app.inject('/dashboard/dashboard.css')).headers['content-type']).toBe('text/css; charset=utf-8');
    const slash = await app.inject('/dashboard/');
    expect([slash.statusCode, slash.headers.location]).toEqual([302, '../dashboard']);
  });

  it.each([
    ['gzip, deflate, br', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['br;q=0, gzip;q=0.5', 'gzip', gunzipSync],
    ['', undefined, (body: Buffer) => body],
  ] as const)('comes compressed to who accepts %j', async (accepted, encoding, decode) => {
    const app = await serve({ engine: idle });
    const script = await app.inject({ url: '/dashboard/dashboard.js', headers: { 'accept-encoding': accepted } });
    expect(script.headers['content-encoding']).toBe(encoding);
    expect(script.headers.vary).toBe('accept-encoding');
    expect(decode(script.rawPayload).toString()).toBe('export {};');
    const again = await app.inject({
      url: '/dashboard/dashboard.js',
      headers: { 'accept-encoding': accepted, 'if-none-match': `W/"old", ${script.headers.etag}` },
    });
    expect([again.statusCode, again.body]).toEqual([304, '']);
  });

  it('comes as it is where the build made no compressed form', async () => {
    const app = await serve({ engine: idle, assets: assets(false) });
    const script = await app.inject({ url: '/dashboard/dashboard.js', headers: { 'accept-encoding': 'br' } });
    expect(script.headers['content-encoding']).toBe(undefined);
    expect(script.body).toBe('export {};');
  });

  it('is refused at the start when it is not where it should be', async () => {
    const nowhere = new URL('file:///nowhere/');
    await expect(serve({ engine: idle, assets: nowhere })).rejects.toThrow(
      'assets: no dashboard (index.html, dashboard.css, dashboard.js) in file:///nowhere/',
    );
    await expect(serve({ engine: undefined as unknown as SqlEngine })).rejects.toThrow('engine must be a SQL engine');
    await expect(serve({ engine: idle, maxReaders: 0 })).rejects.toThrow('maxReaders must be a whole number');
  });

  it('and all else is kept from those whom the host refuses', async () => {
    const app = await serve({ engine: idle, authorize: ({ headers }) => headers['x-user'] === 'me' });
    for (const url of ['/dashboard', '/dashboard/dashboard.js', '/dashboard/api/facets', '/dashboard/api/live']) {
      const refused = await app.inject(url);
      expect([refused.statusCode, refused.json().error]).toEqual([403, 'forbidden']);
    }
    expect((await app.inject({ url: '/dashboard', headers: { 'x-user': 'me' } })).statusCode).toBe(200);
  });
});

describe('a report', () => {
  it('is JSON with its parameters, columns and rows', async () => {
    const { app } = await shop();
    const answer = await app.inject('/dashboard/api/reports/revenue?site=demo&bots=false');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    const { report, params, columns, rows, tookMs } = answer.json();
    expect(report).toBe('revenue');
    expect(params).toMatchObject({ from: '2019-10-01', to: '2019-10-01', site: 'demo', bots: false });
    const row = Object.fromEntries(columns.map(({ name }: { name: string }, at: number) => [name, rows[0][at]]));
    expect(row).toMatchObject({ currency: 'USD', orders: 1, units: 2 });
    expect(Number(row['revenue'])).toBe(978.14);
    expect(Number.isInteger(tookMs)).toBe(true);
  });

  it('tells what the table holds', async () => {
    const { app } = await shop();
    expect((await app.inject('/dashboard/api/facets')).json()).toMatchObject({
      firstDay: '2019-10-01',
      lastDay: '2019-10-01',
      events: 2,
      botEvents: 0,
      sites: ['demo'],
      currencies: ['USD'],
      categories: ['electronics'],
    });
  });

  it('is a file that spreadsheets open, and run nothing of', async () => {
    const { app, lake } = await shop();
    await lake.addEvents('2019-10-01', [
      { ...shopRows[0], event_id: '01936d2e-0000-7000-8000-000000000009', brand: '=cmd|"x"!A1' },
    ]);
    const file = await app.inject('/dashboard/api/reports/brands.csv?minViews=1');
    expect(file.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    expect(file.headers['content-disposition']).toBe('attachment; filename="rastro-brands-2019-10-01-2019-10-01.csv"');
    expect(file.rawPayload.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    const lines = file.rawPayload.subarray(3).toString().split('\r\n');
    expect(lines[0]).toMatch(/^brand,views,carts,/);
    expect(lines.slice(1, 3).sort()[0]).toMatch(/^"'=cmd\|""x""!A1",1,/);
    expect(lines).toHaveLength(4);
  });

  it.each([
    ['reports/revenue?from=yesterday', 'from', /^from: expected a day like .*got "yesterday"$/],
    ['reports/revenue?from=2019-10-02&to=2019-10-01', 'to', /^to: expected/],
    ['reports/abandoned?limit=0', 'limit', /^limit: expected an integer from 1 to 100000, got 0$/],
    ['reports/abandoned?limit=many', 'limit', /got "many"$/],
    ['reports/revenue?bots=maybe', 'bots', /got "maybe"$/],
    ['reports/revenue.csv?utcOffsetMinutes=1000', 'utcOffsetMinutes', /got 1000$/],
    ['reports/revenue?sql=SELECT+1', 'sql', /^sql: expected no such parameter/],
    ['reports/revenue?site=a&site=b', 'site', /once/],
    ['reports/revenue?site=%00', 'site', /control characters/],
    ['facets?from=x', 'from', /day/],
  ])('%s is refused', async (path, parameter, message) => {
    const { app } = await shop();
    const answer = await app.inject(`/dashboard/api/${path}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toEqual({ error: 'wrong_parameter', parameter, message: expect.stringMatching(message) });
  });

  it.each(['nosuch', 'nosuch.csv', 'constructor', '%22%3E', 'revenue.csv.csv'])('%s is unknown', async (name) => {
    const { app } = await shop();
    const answer = await app.inject(`/dashboard/api/reports/${name}`);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({
      error: 'unknown_report',
      reports: expect.arrayContaining(['kpis', 'funnel']),
    });
  });

  it('finds text with quotes, and nothing more', async () => {
    const { app } = await shop();
    const path = `/dashboard/api/reports/revenue?site=${encodeURIComponent("x' OR '1'='1")}`;
    expect((await app.inject(path)).json().rows).toEqual([]);
  });

  it.each([
    ['duckdb', 500],
    ['athena', 502],
  ] as const)('says what %s says when it fails', async (name, status) => {
    const broken = fake(
      async () => {
        throw new SqlError('Out of Memory');
      },
      { name },
    );
    const answer = await (await serve({ engine: broken })).inject('/dashboard/api/reports/kpis');
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toEqual({ error: 'query_failed', message: 'Out of Memory' });
  });

  it('is asked for once while nothing changes', async () => {
    const { engine, lake } = await shop();
    let queries = 0;
    const counting: SqlEngine = {
      ...engine,
      query: (sql, options) => {
        queries++;
        return engine.query(sql, options);
      },
    };
    const app = await serve({ engine: counting });
    const path = '/dashboard/api/reports/visitors?from=2019-10-01&to=2019-10-02';
    const [a, b] = await Promise.all([app.inject(path), app.inject(path)]);
    await app.inject('/dashboard/api/reports/visitors?to=2019-10-02&from=2019-10-01');
    await app.inject(path.replace('visitors', 'visitors.csv'));
    expect([queries, a.body]).toEqual([1, b.body]);
    await lake.addEvents('2019-10-02', [{ ...shopRows[0], event_time: '2019-10-02T10:00:00.000Z' }]);
    expect((await app.inject(path)).json().rows).toHaveLength(2);
    expect(queries).toBe(2);
  });

  it('is given up when the client is gone', async () => {
    let signal: AbortSignal | undefined;
    const slow = fake((_sql, options) => {
      signal = options?.signal;
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal?.reason)));
    });
    const app = await serve({ engine: slow });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const request = get(`${origin(app)}/dashboard/api/reports/kpis?from=2019-10-01&to=2019-10-02`);
    request.on('error', () => {});
    await expect.poll(() => signal !== undefined).toBe(true);
    expect(signal?.aborted).toBe(false);
    request.destroy();
    await expect.poll(() => signal?.aborted).toBe(true);
  });
});

const origin = (app: FastifyInstance): string => `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;

interface Told {
  event: string;
  id: string;
  data: unknown;
}

/** Reads the feed as a browser does. */
async function follow(app: FastifyInstance, lastEventId?: string) {
  const told: Told[] = [];
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(
      `${origin(app)}/dashboard/api/live`,
      { headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId } },
      resolve,
    ).on('error', reject);
  });
  let rest = '';
  let ended = false;
  response.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const fields = Object.fromEntries(part.split('\n').map((line) => line.split(/: (.*)/s)));
      if (fields.event) told.push({ event: fields.event, id: fields.id ?? '', data: JSON.parse(fields.data) });
    }
  });
  response.on('end', () => {
    ended = true;
  });
  response.on('error', () => {});
  onTestFinished(() => void response.destroy());
  return {
    response,
    all: (event: string) => told.filter((one) => one.event === event),
    products: () =>
      told.filter(({ event }) => event === 'record').map(({ data }) => (data as { product: string }).product),
    hasEnded: () => ended,
  };
}

async function live(options: Partial<DashboardOptions> = {}) {
  const source = createLiveSource();
  const app = await serve({ engine: idle, live: source, ...options });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return { app, source };
}

const alert = (id: string): Alert => ({
  alert_id: id,
  site: 'demo',
  user_id: 'u',
  window_start: '2019-10-01T10:00:00.000Z',
  window_end: '2019-10-01T10:01:00.000Z',
  rule: 'interactions',
  interactions: 60,
  threshold: 30,
  events: { view: 60 },
});

describe('the live feed', () => {
  it('tells what was kept, then what comes', async () => {
    const { app, source } = await live();
    source.add({ product_id: 'a', customer_id: '1487582000000000001' });
    const feed = await follow(app);
    expect(feed.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    await expect.poll(feed.products).toEqual(['a']);
    source.add({ product_id: 'b' });
    source.add({ product_id: 'c' });
    await expect.poll(feed.products).toEqual(['a', 'b', 'c']);
    expect(feed.all('record')[0]?.data).toEqual({ product: 'a', user: '…000001' });
  });

  it('goes on where a reader was', async () => {
    const { app, source } = await live();
    for (const product_id of ['a', 'b', 'c']) source.add({ product_id });
    const first = await follow(app);
    await expect.poll(first.products).toHaveLength(3);
    first.response.destroy();
    source.add({ product_id: 'd' });
    const again = await follow(app, first.all('record')[1]?.id);
    await expect.poll(again.products).toEqual(['c', 'd']);
    const other = await follow(app, 'another-process-2');
    await expect.poll(other.products).toEqual(['a', 'b', 'c', 'd']);
  });

  it('tells the status when it changes', async () => {
    const alerts: Alert[] = [];
    const { app, source } = await live({ alerts: () => alerts });
    source.update({ total: 5, lastFlushAt: 1_570_000_000_000, lagMs: 20 });
    const feed = await follow(app);
    await expect
      .poll(() => feed.all('status').at(-1)?.data)
      .toEqual({ recordsPerSecond: 0, total: 5, lastFlushAt: 1_570_000_000_000, lagMs: 20, alerts: 0 });
    source.update({ total: 6 });
    await expect.poll(() => feed.all('status').at(-1)?.data, { timeout: 5_000 }).toMatchObject({ total: 6 });
    expect(feed.all('status')).toHaveLength(2);
  });

  it('tells each alert once, also to who comes back', async () => {
    const alerts = [alert('one')];
    const { app, source } = await live({ alerts: () => alerts });
    const feed = await follow(app);
    const told = () => feed.all('alert').map(({ data }) => (data as Alert).alert_id);
    await expect.poll(told).toEqual(['one']);
    alerts.unshift(alert('two'));
    await expect.poll(told, { timeout: 5_000 }).toEqual(['one', 'two']);
    expect(feed.all('alert')[0]?.data).toEqual(alert('one'));
    feed.response.destroy();
    alerts.unshift(alert('three'));
    source.add({ product_id: 'last' });
    const again = await follow(app, feed.all('alert')[1]?.id);
    await expect.poll(again.products).toEqual(['last']);
    expect(again.all('alert').map(({ data }) => (data as Alert).alert_id)).toEqual(['three']);
  });

  it('has room for so many, and ends with the server', async () => {
    const { app } = await live({ maxReaders: 1 });
    const feed = await follow(app);
    const second = await fetch(`${origin(app)}/dashboard/api/live`);
    expect([second.status, (await second.json()).error]).toEqual([503, 'too_many_readers']);
    await app.close();
    await expect.poll(feed.hasEnded).toBe(true);
  });

  it('is there without a source, too', async () => {
    const app = await serve({ engine: idle, alerts: () => [alert('one')] });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const feed = await follow(app);
    await expect.poll(() => feed.all('status').map(({ data }) => data)).toEqual([{ alerts: 1 }]);
    await expect.poll(() => feed.all('alert')).toHaveLength(1);
  });
});
