import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createDuckDb } from '../../src/query/duckdb.js';
import { shopRows, smallLake } from './support.js';

/** Marks to give before the true one: a look at the manifest just before it is replaced. */
const before = vi.hoisted((): string[] => []);
vi.mock(import('../../src/query/lake-files.js'), async (original) => {
  const real = await original();
  return { ...real, manifestMark: async (lake: string) => before.shift() ?? real.manifestMark(lake) };
});

async function compacted() {
  const lake = await smallLake();
  await lake.addEvents('2019-10-01', shopRows);
  await lake.addEvents('2019-10-01', shopRows);
  const engine = await createDuckDb({ lake: lake.path, threads: 1 });
  onTestFinished(() => engine.close());
  const mark = await engine.generation?.();
  const [kept, removed] = lake.files;
  if (!kept || !removed || mark === undefined) throw new Error('two files and a mark');
  return { lake, engine, mark, kept, removed };
}

const sql = 'SELECT count(price) FROM events';

it('runs a query once more when compaction took a file away after the look at the manifest', async () => {
  const { lake, engine, mark, kept, removed } = await compacted();
  await lake.setFiles([kept]);
  rmSync(join(lake.path, removed.path));
  before.push(mark);
  expect((await engine.query(sql)).rows).toEqual([[2]]);
  expect(before).toEqual([]);
});

it('says which file is missing when the manifest still names it', async () => {
  const { lake, engine, removed } = await compacted();
  rmSync(join(lake.path, removed.path));
  await expect(engine.query(sql)).rejects.toThrow(removed.path);
});
