import { execFileSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type LakeFiles, nodeFiles } from '../../src/lake/files.js';
import { readManifest } from '../../src/lake.js';
import { afterwards, batch, event, open, pathsOf, scratch, sql } from './support.js';

const countOf = async (directory: string): Promise<unknown[]> => {
  const [row = []] = await sql(
    `SELECT count(*), count(DISTINCT event_id) FROM read_parquet(${await pathsOf(directory, 'events')})`,
  );
  return row;
};

/** Once armed, one step fails: before a call, or after it, since what failed may have happened. */
function faulty(step: number, isArmed: () => boolean): { files: LakeFiles; failed(): boolean } {
  let steps = 0;
  const count = (): void => {
    if (!isArmed()) return;
    steps += 1;
    if (steps === step) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  };
  const guard =
    <Given extends unknown[], Result>(call: (...given: Given) => Promise<Result>) =>
    async (...given: Given): Promise<Result> => {
      count();
      const result = await call(...given);
      count();
      return result;
    };
  const { write, sync, syncFolder, rename, makeFolder } = nodeFiles;
  return {
    files: {
      ...nodeFiles,
      write: guard(write),
      sync: guard(sync),
      syncFolder: guard(syncFolder),
      rename: guard(rename),
      makeFolder: guard(makeFolder),
    },
    failed: () => steps >= step,
  };
}

describe('whichever call to the file system fails', () => {
  test('the flush is tried again, and each event is there once', { timeout: 120_000 }, async () => {
    let reached = 0;
    for (let fault = 1; reached === fault - 1; fault++) {
      const directory = await scratch();
      let armed = false;
      const errors: string[] = [];
      const { files, failed } = faulty(fault, () => armed);
      const writer = await open(directory, { files, onError: (error) => errors.push(String(error)) });
      await writer.add(batch([event(1)]));
      await writer.flush();
      armed = true;
      await writer.add(batch([event(2), 'no json']));
      await writer.flush().catch((error) => expect(String(error)).toContain('ENOSPC'));
      armed = false;
      if (failed()) {
        reached = fault;
        expect(errors.join()).toContain('ENOSPC');
        expect(writer.status()).toMatchObject({ bufferedRows: 2, failure: expect.stringContaining('ENOSPC') });
      }
      await writer.flush();
      expect(writer.status()).toMatchObject({ bufferedRows: 0, rows: 2, errors: 1 });
      expect(writer.status()).not.toHaveProperty('failure');
      await writer.close();
      expect(await countOf(directory)).toEqual(['2', '2']);
      const again = await open(directory);
      await again.add(batch([event(1), event(2)]));
      expect(again.status()).toMatchObject({ duplicates: 2, bufferedRows: 0 });
      await again.close();
    }
    expect(reached).toBeGreaterThan(20);
  });
});

const canMount = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    execFileSync('unshare', ['-m', 'true'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!canMount)('a disk that is full', () => {
  test('stops nothing for good: when there is room again, each event is there once', { timeout: 60_000 }, async () => {
    const disk = join(await scratch(), 'disk');
    await mkdir(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'pipe' });
    afterwards(() => execFileSync('umount', [disk], { stdio: 'pipe' }));
    const directory = join(disk, 'lake');
    const errors: string[] = [];
    const writer = await open(directory, { onError: (error) => errors.push(String(error)) });
    await writer.add(batch([event(0)]));
    await writer.flush();
    // All but a few KB.
    const ballast = join(disk, 'ballast');
    for (let size = 1 << 20; size >= 1 << 12; size /= 2)
      await writeFile(ballast, Buffer.alloc(size), { flag: 'a' }).catch(() => {});
    await writer.add(batch(Array.from({ length: 200 }, (_, number) => event(number + 1))));
    await expect(writer.flush()).rejects.toThrow(/ENOSPC|[Nn]o space left/);
    expect(errors.length).toBeGreaterThan(0);
    expect(writer.status()).toMatchObject({
      bufferedRows: 200,
      failure: expect.stringMatching(/ENOSPC|[Nn]o space left/),
    });
    expect((await readManifest(directory)).flush).toBe(1);
    await rm(ballast);
    await writer.flush();
    await writer.close();
    expect(await countOf(directory)).toEqual(['201', '201']);
  });
});

test('a lake that cannot be written is given free, and loses nothing', async () => {
  const directory = await scratch();
  let broken = false;
  const files = {
    ...nodeFiles,
    async sync(path: string) {
      if (broken) throw new Error('EIO: i/o error');
      return nodeFiles.sync(path);
    },
  };
  const writer = await open(directory, { files, onError: () => {} });
  const first = batch([event(1)]);
  await writer.add(first);
  await writer.flush();
  broken = true;
  await writer.add(batch([event(2)]));
  await expect(writer.close()).rejects.toThrow('EIO');
  const again = await open(directory);
  expect(again.startAfter(first.shardId)).toBe(first.lastSequenceNumber);
  await again.add(batch([event(2)]));
  await again.close();
  expect(await countOf(directory)).toEqual(['2', '2']);
});
