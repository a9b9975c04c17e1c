import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseSettings } from '../../src/adapters/settings.js';
import { type ProcessSettings, toProcesses } from '../../src/adapters/spool-folders.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rastro-spool-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function processes(...args: string[]): Promise<readonly ProcessSettings[]> {
  const parsed = parseSettings(['--stream', 's', '--region', 'r', '--key', 'k', ...args], {});
  if (!('settings' in parsed)) throw new Error(parsed.action);
  return toProcesses(parsed.settings);
}
const folders = (all: readonly ProcessSettings[]) =>
  all.map(({ spoolDirectory, spoolLeftovers }) =>
    [spoolDirectory, ...spoolLeftovers].map((path) => path?.slice(folder.length)),
  );

test('each process has a folder by its number', async () => {
  expect(folders(await processes('--spool-directory', folder, '--workers', '2'))).toEqual([
    ['/worker-1'],
    ['/worker-2'],
  ]);
  expect(folders(await processes('--spool-directory', folder))).toEqual([['/worker-1']]);
});

test('folders of an earlier start with more workers fall to the first', async () => {
  for (const name of ['worker-1', 'worker-2', 'worker-3', 'worker-11', 'worker-x', 'worker-03', 'other']) {
    await mkdir(join(folder, name));
  }
  expect(folders(await processes('--spool-directory', folder, '--workers', '2'))).toEqual([
    ['/worker-1', '/worker-3', '/worker-11'],
    ['/worker-2'],
  ]);
  expect(folders(await processes('--spool-directory', folder))).toEqual([
    ['/worker-1', '/worker-2', '/worker-3', '/worker-11'],
  ]);
});

test('without a spool there are no folders', async () => {
  expect(folders(await processes('--workers', '2'))).toEqual([[undefined], [undefined]]);
});

test('a folder that is not there yet has no leftovers', async () => {
  expect(folders(await processes('--spool-directory', join(folder, 'new')))).toEqual([['/new/worker-1']]);
});
