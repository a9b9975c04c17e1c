import { execFileSync } from 'node:child_process';
import { mkdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { afterwards, drainAll, numberOf, open, record, scratch, until } from './support.js';

const mount = (...given: string[]): void => void execFileSync('mount', given, { stdio: 'pipe' });
const unmount = (path: string): void => void execFileSync('umount', [path], { stdio: 'pipe' });

/** A disk of its own, of so many KB. */
async function tmpfs(kilobytes: number): Promise<string> {
  const path = join(await scratch(), 'disk');
  await mkdir(path);
  mount('-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', path);
  afterwards(() => unmount(path));
  return path;
}

const canMount = await (async () => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const path = join('/tmp', `rastro-mount-${process.pid}`);
  await mkdir(path);
  try {
    mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path);
    unmount(path);
    return true;
  } catch {
    return false;
  } finally {
    await rm(path, { recursive: true });
  }
})();

const large = (n: number) => ({ ...record(n), data: JSON.stringify({ n, x: 'x'.repeat(10_000) }) });

// Where nothing can be mounted, faults.test.ts alone speaks of full and read-only disks.
if (canMount) {
  describe('a real disk', () => {
    test('that is full takes what fits; with room again it takes more, also after a restart on the full disk', async () => {
      const disk = await tmpfs(512);
      const directory = join(disk, 'spool');
      const spool = await open({ directory, maxBytes: 1 << 24, segmentBytes: 1 << 16 });
      const kept: number[] = [];
      const codes = new Set<string>();
      for (let n = 0; n < 80; n++) {
        await spool.append([large(n)]).then(
          () => kept.push(n),
          (error) => codes.add(error.cause.code),
        );
      }
      expect([...codes]).toEqual(['ENOSPC']);
      expect(kept.length).toBeGreaterThan(30);
      expect(kept.length).toBeLessThan(52);
      expect(spool.status().error).toContain('ENOSPC');
      await spool.close();

      // To the last byte.
      await writeFile(join(disk, 'other'), Buffer.alloc(1 << 20)).catch(() => {});
      expect((await statfs(disk)).bfree).toBe(0);
      const again = await open({ directory, segmentBytes: 1 << 16, maxBytes: 1 << 24, checkpointMs: 5 });
      expect(again.status().records).toBe(kept.length);
      await expect(again.append([large(100)])).rejects.toMatchObject({ cause: { code: 'ENOSPC' } });
      const first = await again.take(1);
      if (first) again.settle(first);
      const rest = await drainAll(again);
      expect([...(first?.records ?? []), ...rest].map(numberOf)).toEqual(kept);
      // Drained files are deleted: there is room.
      await until(() =>
        again.append([large(101)]).then(
          () => true,
          () => false,
        ),
      );
      expect((await drainAll(again)).map(numberOf)).toEqual([101]);
    });

    test('that becomes read-only refuses, gives what it has, and takes more when it is writable again', async () => {
      const disk = await tmpfs(512);
      const directory = join(disk, 'spool');
      const spool = await open({ directory, segmentBytes: 4_096, checkpointMs: 5 });
      await spool.append([large(0)]);
      await spool.append([large(1)]);
      mount('-o', 'remount,ro', disk);
      await expect(spool.append([large(2)])).rejects.toMatchObject({ code: 'disk', cause: { code: 'EROFS' } });
      expect((await drainAll(spool)).map(numberOf)).toEqual([0, 1]);
      await expect(spool.append([large(3)])).rejects.toMatchObject({ cause: { code: 'EROFS' } });
      mount('-o', 'remount,rw', disk);
      await spool.append([large(4)]);
      await spool.close();
      expect((await drainAll(await open({ directory }))).map(numberOf)).toEqual([4]);
    });

    test('that is read-only from the start is an error that says so', async () => {
      const disk = await tmpfs(64);
      mount('-o', 'remount,ro', disk);
      await expect(open({ directory: join(disk, 'spool') })).rejects.toThrow('EROFS');
    });
  });
}

test('the file on the disk is as long as what was answered for', async () => {
  const directory = await scratch();
  const spool = await open({ directory });
  await spool.append([large(0), large(1)]);
  expect((await stat(join(directory, '0000000001.seg'))).size).toBe(32 + spool.status().bytes);
});
