import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { type DevServer, startDevServer } from '@rastro/collector/dev';
import { project, rees46 } from '@rastro/schema';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Found, readStream } from '../../../e2e/support/read-stream.js';
import { main } from '../src/main.js';
import type { Summary } from '../src/summary.js';
import { createTestIo } from './support/run.js';

/** Genuine shop data lies beside the repository, not in it. */
const data = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));

let server: DevServer;
let stateDir: string;
beforeEach(async () => {
  server = await startDevServer({ port: 0 });
  stateDir = await mkdtemp(join(tmpdir(), 'rastro-replay-'));
});
afterEach(async () => {
  await server.close();
  await rm(stateDir, { recursive: true });
});

async function replay(file: string): Promise<Summary> {
  const argv = [join(data, file), '--endpoint', `${server.url}/e`, '--state-dir', stateDir];
  const { summary } = await main(argv, createTestIo());
  if (!summary) throw new Error('no summary');
  return summary;
}
const read = (stream: 'streamName' | 'deadLetterStreamName'): Promise<Found[]> =>
  readStream(server.streams.endpoint ?? '', server.streams.region ?? '', server.streams[stream]);

/** The rows of a file, read apart from the code under test: nothing in it is quoted. */
async function rowsOf(file: string): Promise<Record<string, string>[]> {
  const [header = '', ...lines] = gunzipSync(await readFile(join(data, file)))
    .toString('utf8')
    .trimEnd()
    .split('\n');
  const names = header.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, at) => [names[at] ?? '', value])));
}

const columns = rees46.columns.map(({ name }) => name);
/** One row as text, times and prices in one notation. */
const text = (row: Record<string, string>): string =>
  columns
    .map((name) => {
      if (name === 'event_time') return row[name]?.replace('+00:00', ' UTC');
      return name === 'price' ? String(Number(row[name])) : row[name];
    })
    .join();

describe.skipIf(!existsSync(data))('replaying genuine data', () => {
  test.each([
    ['multi-2019-oct.csv.gz', 13_884, 160, 0],
    ['cosmetics-2019-oct.csv.gz', 22_283, 191, 0],
    ['electronics-2020-no-session.csv.gz', 162, 0, 162],
    ['electronics-2020-duplicates.csv.gz', 1284, 2, 6],
  ])('of %s puts each of %i rows on the stream once, in %i orders', async (file, rows, orders, withoutSession) => {
    const summary = await replay(file);
    expect(summary).toMatchObject({ rows_read: rows, accepted: { rows }, rejected: { rows: 0 }, orders });

    const found = await read('streamName');
    const expected = (await rowsOf(file)).map(text).sort();
    expect(found.map(({ record }) => text(project(record, rees46))).sort()).toEqual(expected);
    expect(new Set(found.map(({ record }) => record.event_id)).size).toBe(rows);

    const lines = found.filter(({ record }) => record.event_type === 'purchase');
    const byOrder = groupBy(lines);
    expect(byOrder.size).toBe(orders);
    for (const order of byOrder.values())
      expect(order.map(({ record }) => record['lines'])).toEqual(order.map(() => order.length));

    expect(found.filter(({ record }) => record['flags'] !== undefined)).toHaveLength(withoutSession);
    expect(found.every(({ partitionKey, record }) => partitionKey === record['category_id'])).toBe(true);
    expect(summary.stream).toMatchObject({ total: rows });
    expect(Object.values(summary.stream?.shards ?? {}).reduce((sum, count) => sum + count, 0)).toBe(rows);
    expect(await read('deadLetterStreamName')).toEqual([]);
  });

  test('of a damaged file puts every row on the dead-letter stream', async () => {
    const file = 'damaged-cosmetics-2019-nov-float-ids.csv.gz';
    const summary = await replay(file);
    expect(summary.accepted.rows).toBe(0);
    const codes = Object.entries(summary.rejected_by_code).map(([code, { rows }]) => [code, rows]);
    // The last row of the file has nothing but its time.
    expect(codes).toEqual([
      ['id_precision_lost', 20_076],
      ['missing_field', 1],
    ]);

    const letters = (await read('deadLetterStreamName')).map(({ record }) => record as Record<string, unknown>);
    expect(await read('streamName')).toEqual([]);
    let rows = 0;
    const damaged: string[] = [];
    for (const letter of letters) {
      const raw = JSON.parse(String(letter['raw']));
      const items: { category_id?: string }[] = raw.items ?? [raw];
      rows += items.length;
      for (const { category_id } of items) if (category_id !== undefined) damaged.push(category_id);
    }
    expect(rows).toBe(20_077);
    // To the digit as the file has them.
    expect(damaged.sort()).toEqual((await rowsOf(file)).flatMap((row) => row['category_id'] || []).sort());
  });
});

function groupBy(lines: readonly Found[]): Map<unknown, Found[]> {
  const groups = new Map<unknown, Found[]>();
  for (const line of lines) {
    const id = line.record['order_id'];
    groups.set(id, [...(groups.get(id) ?? []), line]);
  }
  return groups;
}
