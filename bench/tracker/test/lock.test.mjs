// @ts-check
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { lockProblems } from '../../../scripts/lib/lock.mjs';

it('names no registry in the lock file of the peers', async () => {
  const lock = JSON.parse(await readFile(new URL('../package-lock.json', import.meta.url), 'utf8'));
  expect(lockProblems(lock)).toEqual([]);
});
