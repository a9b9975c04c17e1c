import { appendFile, readdir, stat, truncate, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSeenLog, type SeenLog } from '../../src/reader/seen-log.js';
import { afterwards, scratch } from '../support/scratch.js';

async function open(directory: string, bytes: number, capacity = 1_000): Promise<SeenLog> {
  const log = await openSeenLog(join(directory, 'seen.log'), { bytes, capacity });
  afterwards(() => log.close());
  return log;
}
const range = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, n) => `id ${from + n}`);
const known = (log: SeenLog, ids: string[]): number => ids.filter((id) => log.has(id)).length;

test('remembers over a restart what was committed', async () => {
  const directory = await scratch();
  const log = await open(directory, 0);
  expect(log.add('a')).toBe(true);
  expect(log.add('a')).toBe(false);
  log.append(['a', 'b']);
  expect(log.bytes).toBe(0);
  expect(await log.sync()).toBe(32);
  const again = await open(directory, 32);
  expect([again.has('a'), again.has('b'), again.has('c'), again.lostBytes]).toEqual([true, true, false, 0]);
});

test('forgets what was written and never committed, though it was synced', async () => {
  const directory = await scratch();
  const log = await open(directory, 0);
  log.append(['committed']);
  const bytes = await log.sync();
  log.append(['not committed']);
  await log.sync();
  const again = await open(directory, bytes);
  expect(again.add('not committed')).toBe(true);
  expect(again.add('committed')).toBe(false);
  // Written over: it must not come back with the next commit.
  again.append(['other']);
  const third = await open(directory, await again.sync());
  expect([third.has('committed'), third.has('other'), third.has('not committed')]).toEqual([true, true, false]);
});

test('a write torn in the middle of an id does no harm', async () => {
  const directory = await scratch();
  const log = await open(directory, 0);
  log.append(['a', 'b']);
  const bytes = await log.sync();
  await appendFile(join(directory, 'seen.log.0'), Buffer.alloc(7, 1));
  const again = await open(directory, bytes);
  again.append(['c']);
  const third = await open(directory, await again.sync());
  expect(known(third, ['a', 'b', 'c'])).toBe(3);
  expect(third.bytes).toBe(48);
});

test('says how much the disk has lost, keeps the rest, and goes on', async () => {
  const directory = await scratch();
  const log = await open(directory, 0);
  log.append(range(0, 10));
  await log.sync();
  await truncate(join(directory, 'seen.log.0'), 100);
  const again = await open(directory, 160);
  expect(again.lostBytes).toBe(64);
  expect(known(again, range(0, 6))).toBe(6);
  again.append(['new']);
  expect(await again.sync()).toBe(176);
  const third = await open(directory, 176);
  expect(third.has('new')).toBe(true);
  await third.close();
  for (const name of await readdir(directory)) await unlink(join(directory, name));
  const empty = await open(directory, 176);
  expect(empty.lostBytes).toBe(176);
  empty.append(['newer']);
  expect(await empty.sync()).toBe(192);
  expect((await open(directory, 192)).has('newer')).toBe(true);
});

test('stays bounded, and at least the younger half of its capacity survives at every moment', async () => {
  const directory = await scratch();
  let log = await open(directory, 0, 100);
  let bytes = 0;
  for (let n = 0; n < 1_000; n += 7) {
    const ids = range(n, n + 7);
    for (const id of ids) log.add(id);
    log.append(ids);
    bytes = await log.sync();
    const sizes = await Promise.all((await readdir(directory)).map((name) => stat(join(directory, name))));
    expect(sizes.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(170 * 16);
    if (n % 5 === 0) log = await open(directory, bytes, 100);
    expect(known(log, range(Math.max(0, n - 40), n + 7))).toBe(n - Math.max(0, n - 40) + 7);
    expect(log.lostBytes).toBe(0);
  }
  expect(bytes).toBe(1_001 * 16);
});

test('a file begun after the commit is taken away', async () => {
  const directory = await scratch();
  const log = await open(directory, 0, 4);
  log.append(['a', 'b']);
  const bytes = await log.sync();
  log.append(['c']);
  await log.sync();
  expect(await readdir(directory)).toEqual(['seen.log.0', 'seen.log.32']);
  const again = await open(directory, bytes, 4);
  expect(await readdir(directory)).toEqual(['seen.log.0']);
  expect([again.has('a'), again.has('c')]).toEqual([true, false]);
});

test.each([-16, 8, 1.5, Number.NaN])('refuses %d bytes', async (bytes) => {
  await expect(openSeenLog('never', { bytes })).rejects.toThrow(TypeError);
});
