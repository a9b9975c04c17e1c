import { copyFile, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SinkRecord } from '../../../src/core/types.js';
import { nodeFiles } from '../../../src/sinks/spool/files.js';
import { drainAll, numberOf, numbers, open, record, recordingLog, scratch, segmentsIn, until } from './support.js';

const onlySegment = async (directory: string): Promise<string> => (await segmentsIn(directory))[0] ?? '';

describe('openSpool', () => {
  test('gives back what was appended, oldest first, and is empty then', async () => {
    const spool = await open({ directory: await scratch() });
    expect(spool.idle).toBe(true);
    await Promise.all([spool.append(numbers(0, 5)), spool.append(numbers(5, 6)), spool.append([])]);
    expect(spool.idle).toBe(false);
    expect(await drainAll(spool)).toEqual(numbers(0, 6));
    expect(spool.idle).toBe(true);
    expect(spool.status()).toMatchObject({ records: 0, bytes: 0, draining: false, oldestAt: undefined });
  });

  test('syncs once for all that wait together, and once more for those that come meanwhile', async () => {
    let syncs = 0;
    const files = {
      ...nodeFiles,
      open: async (path: string, flags: 'r' | 'wx' | 'w') => {
        const file = await nodeFiles.open(path, flags);
        return {
          ...file,
          sync: () => {
            if (path.endsWith('.seg')) syncs++;
            return file.sync();
          },
        };
      },
    };
    const spool = await open({ directory: await scratch(), files });
    const first = Array.from({ length: 50 }, (_, n) => spool.append([record(n)]));
    await Promise.resolve();
    await new Promise(setImmediate);
    const second = Array.from({ length: 50 }, (_, n) => spool.append([record(50 + n)]));
    await Promise.all([...first, ...second]);
    expect(syncs).toBe(2);
    expect(await drainAll(spool)).toEqual(numbers(0, 100));
  });

  test('says how much waits and since when, also after a restart', async () => {
    const directory = await scratch();
    let now = 1_000;
    const spool = await open({ directory, now: () => now, maxBytes: 1 << 20 });
    await spool.append(numbers(0, 3));
    now = 2_000;
    await spool.append(numbers(3, 5));
    const status = spool.status();
    expect(status).toMatchObject({ records: 5, maxBytes: 1 << 20, oldestAt: 1_000, segments: 1, draining: false });
    expect(status.bytes).toBe((await stat(await onlySegment(directory))).size - 32);
    const batch = await spool.take(1);
    expect(spool.status()).toMatchObject({ records: 5, draining: true, oldestAt: 1_000 });
    if (batch) spool.settle(batch);
    expect(spool.status()).toMatchObject({ records: 2, draining: false });
    await spool.close();
    const again = await open({ directory });
    expect(again.status()).toMatchObject({ records: 2, oldestAt: 2_000 });
  });

  test('begins new files, deletes drained ones, and forgets what was drained before a restart', async () => {
    const directory = await scratch();
    const spool = await open({ directory, maxBytes: 1 << 20, segmentBytes: 4_096 });
    for (let n = 0; n < 100; n += 10)
      await spool.append(Array.from({ length: 10 }, (_, at) => record(n + at, 'k'.repeat(100))));
    const { segments } = spool.status();
    expect(segments).toBeGreaterThan(3);
    const seen: SinkRecord[] = [];
    while (seen.length < 55) {
      const batch = await spool.take(1);
      seen.push(...(batch?.records ?? []));
      if (batch) spool.settle(batch);
    }
    await spool.close();
    expect((await segmentsIn(directory)).length).toBeLessThan(segments);
    const again = await open({ directory });
    expect((await drainAll(again)).map(numberOf)).toEqual(
      Array.from({ length: 100 - seen.length }, (_, at) => seen.length + at),
    );
    await again.close();
    expect(await segmentsIn(directory)).toEqual([]);
  });

  test.each([3, 4])(
    'of %i batches, one that is not settled is drained again, and so is all after it',
    async (taken) => {
      const directory = await scratch();
      const spool = await open({ directory });
      for (let n = 0; n < 4; n++) await spool.append([record(n)]);
      for (let n = 0; n < taken; n++) {
        const batch = await spool.take(1);
        if (batch && n !== 1) spool.settle(batch);
      }
      await spool.close();
      expect((await drainAll(await open({ directory }))).map(numberOf)).toEqual([1, 2, 3]);
    },
  );

  test('a checkpoint that is damaged, or of another file, costs repeats and no record', async () => {
    const directory = await scratch();
    const spool = await open({ directory });
    for (let n = 0; n < 4; n++) await spool.append([record(n)]);
    for (let n = 0; n < 2; n++) {
      const batch = await spool.take(1);
      if (batch) spool.settle(batch);
    }
    await spool.close();
    const checkpoint = join(directory, 'checkpoint');
    const text = await readFile(checkpoint, 'utf8');
    for (const broken of ['', text.slice(0, 20), text.replace(/"offset":\d/, '"offset":9')]) {
      expect(broken).not.toBe(text);
      await writeFile(checkpoint, broken);
      const again = await open({ directory });
      expect(again.status().records).toBe(4);
      await again.close();
      await writeFile(checkpoint, text);
    }
    // The same name, another file.
    const other = await scratch();
    const fresh = await open({ directory: other });
    await fresh.append(numbers(0, 4));
    await fresh.close();
    await copyFile(await onlySegment(other), await onlySegment(directory));
    expect((await open({ directory })).status().records).toBe(4);
  });

  test('cut at any byte of its end, it gives what is whole, and takes more', async () => {
    const directory = await scratch();
    const spool = await open({ directory });
    for (let n = 0; n < 3; n++) await spool.append([record(n)]);
    await spool.close();
    const path = await onlySegment(directory);
    const whole = await readFile(path);
    const frame = (whole.length - 32) / 3;
    for (let cut = 32 + frame; cut <= whole.length; cut++) {
      const copy = await scratch();
      await writeFile(join(copy, basename(path)), whole.subarray(0, cut));
      const log = recordingLog();
      const again = await open({ directory: copy, log });
      const kept = Math.floor((cut - 32) / frame);
      expect(again.status().records).toBe(kept);
      await again.append([record(9)]);
      expect((await drainAll(again)).map(numberOf)).toEqual([...[0, 1, 2].slice(0, kept), 9]);
      expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength((cut - 32) % frame === 0 ? 0 : 1);
      expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
      await again.close();
    }
  });

  test('a file whose header was not written whole holds nothing, and is deleted', async () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('RastroSp'), Buffer.alloc(32)]) {
      const directory = await scratch();
      await writeFile(join(directory, '0000000007.seg'), bytes);
      const spool = await open({ directory });
      expect(spool.status()).toMatchObject({ records: 0, segments: 0 });
      await spool.append([record(1)]);
      expect((await segmentsIn(directory)).map((name) => basename(name))).toEqual(['0000000008.seg']);
    }
  });

  test('damage in the middle is said loudly, the rest is drained, the file is kept aside', async () => {
    const directory = await scratch();
    const spool = await open({ directory });
    for (let n = 0; n < 5; n++) await spool.append([record(n)]);
    await spool.close();
    const path = await onlySegment(directory);
    const bytes = await readFile(path);
    const frame = (bytes.length - 32) / 5;
    bytes[32 + 2 * frame + 40] = 0;
    await writeFile(path, bytes);
    const log = recordingLog();
    const again = await open({ directory, log });
    expect(log.lines.filter(({ level }) => level === 'error')).toMatchObject([
      { segment: path, offset: 32 + 2 * frame, bytes: frame },
    ]);
    expect(again.status().records).toBe(4);
    expect((await drainAll(again)).map(numberOf)).toEqual([0, 1, 3, 4]);
    await again.close();
    expect(await readdir(directory)).toContain(`${basename(path)}.damaged`);
    expect(await readFile(`${path}.damaged`)).toEqual(bytes);
    expect((await open({ directory })).status().records).toBe(0);
  });

  test('damage that comes while it is open is found when it is read', async () => {
    const directory = await scratch();
    const log = recordingLog();
    const spool = await open({ directory, log });
    for (let n = 0; n < 5; n++) await spool.append([record(n)]);
    const path = await onlySegment(directory);
    const bytes = await readFile(path);
    const frame = (bytes.length - 32) / 5;
    bytes[32 + 2 * frame + 40] = 0;
    await writeFile(path, bytes);
    expect((await drainAll(spool)).map(numberOf)).toEqual([0, 1, 3, 4]);
    expect(spool.status()).toMatchObject({ records: 0, bytes: 0 });
    await spool.append([record(5)]);
    expect((await drainAll(spool)).map(numberOf)).toEqual([5]);
    expect(log.lines.filter(({ level }) => level === 'error')).toMatchObject([
      { segment: path, offset: 32 + 2 * frame },
    ]);
    await spool.close();
    expect(await readdir(directory)).toContain(`${basename(path)}.damaged`);
  });

  test('a damaged header costs nothing but repeats', async () => {
    const directory = await scratch();
    const spool = await open({ directory });
    await spool.append(numbers(0, 3));
    await spool.close();
    const path = await onlySegment(directory);
    const bytes = await readFile(path);
    bytes[3] = 0;
    await writeFile(path, bytes);
    expect(await drainAll(await open({ directory }))).toEqual(numbers(0, 3));
  });

  test('a file of a later format is not touched: the spool does not open', async () => {
    const directory = await scratch();
    const spool = await open({ directory });
    await spool.append(numbers(0, 3));
    await spool.close();
    const path = await onlySegment(directory);
    const bytes = await readFile(path);
    bytes.writeUInt32LE(2, 8);
    const { crc32 } = await import('../../../src/sinks/spool/crc32.js');
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 28)), 28);
    await writeFile(path, bytes);
    await expect(open({ directory })).rejects.toThrow('version 2');
    expect(await readFile(path)).toEqual(bytes);
    // The lock is not held by the attempt.
    await expect(open({ directory })).rejects.toThrow('version 2');
  });

  test('full, it refuses what does not fit and keeps the rest; drained, it takes more', async () => {
    const directory = await scratch();
    const maxBytes = 1 << 17;
    const log = recordingLog();
    const spool = await open({ directory, maxBytes, log });
    const large = (n: number): SinkRecord => ({ ...record(n), data: JSON.stringify({ n, x: 'x'.repeat(9_000) }) });
    const kept: number[] = [];
    for (let n = 0; n < 40; n++) {
      await spool.append([large(n)]).then(
        () => kept.push(n),
        (error) => expect(error).toMatchObject({ code: 'full' }),
      );
      expect(spool.status().diskBytes).toBeLessThanOrEqual(maxBytes);
    }
    expect(kept.length).toBeGreaterThan(10);
    expect(kept.length).toBeLessThan(15);
    expect(spool.status().error).toContain('full');
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    expect((await drainAll(spool)).map(numberOf)).toEqual(kept);
    await until(() =>
      spool.append([large(99)]).then(
        () => true,
        () => false,
      ),
    );
    expect(spool.status().error).toBeUndefined();
    expect((await drainAll(spool)).map(numberOf)).toEqual([99]);
  });

  test('more than the disk can keep up with is refused', async () => {
    const spool = await open({ directory: await scratch(), maxPendingBytes: 4_096 });
    const results = await Promise.allSettled(Array.from({ length: 100 }, (_, n) => spool.append([record(n)])));
    const kept = results.flatMap(({ status }, n) => (status === 'fulfilled' ? [n] : []));
    expect(kept.length).toBeGreaterThan(10);
    expect(kept.length).toBeLessThan(90);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'busy' } });
    expect((await drainAll(spool)).map(numberOf)).toEqual(kept);
  });

  test('closed, it has written what was appended before, and refuses the rest', async () => {
    const directory = await scratch();
    const spool = await open({ directory });
    const before = spool.append(numbers(0, 5));
    await spool.close();
    await before;
    await expect(spool.append([record(9)])).rejects.toMatchObject({ code: 'closed' });
    expect(await drainAll(await open({ directory }))).toEqual(numbers(0, 5));
  });

  test.each([
    [{ directory: '' }, 'directory'],
    [{ maxBytes: 1_000 }, 'maxBytes'],
    [{ segmentBytes: 1 << 30 }, 'segmentBytes'],
    [{ maxPendingBytes: 0.5 }, 'maxPendingBytes'],
  ])('refuses %j', async (options, name) => {
    await expect(open({ directory: await scratch(), ...options })).rejects.toThrow(name);
  });
});

describe('the lock of a spool', () => {
  const locks = async (directory: string): Promise<string[]> =>
    (await readdir(directory)).filter((name) => name.startsWith('lock-'));

  test('lets a directory have one spool at a time', async () => {
    const directory = await scratch();
    const spool = await open({ directory });
    await expect(open({ directory })).rejects.toThrow('in use by this process');
    await spool.close();
    await (await open({ directory })).close();
    expect(await locks(directory)).toEqual([]);
  });

  test('of a process that is gone, or of an earlier one with this pid, is stale', async () => {
    const directory = await scratch();
    const spool = await open({ directory });
    const [name = ''] = await locks(directory);
    await spool.close();
    const [, , start = '', boot = '', ...host] = name.split('-');
    const reused = ['lock', process.pid, Number(start) - 1, boot, ...host].join('-');
    const gone = ['lock', 2 ** 22 + 1, start, boot, ...host].join('-');
    for (const stale of [reused, gone]) await writeFile(join(directory, stale), '');
    await open({ directory });
    expect(await locks(directory)).toEqual([name]);
  });

  test('of a container that was killed holds until it was not seen for a while, even with this pid', async () => {
    const directory = await scratch();
    const spool = await open({ directory });
    const [name = ''] = await locks(directory);
    await spool.close();
    const [, , start, boot, , ...host] = name.split('-');
    const other = join(directory, ['lock', process.pid, start, boot, '1', ...host].join('-'));
    await writeFile(other, '');
    await expect(open({ directory })).rejects.toMatchObject({ elsewhere: true });
    const before = new Date(Date.now() - 60_000);
    await utimes(other, before, before);
    await open({ directory });
    expect(await locks(directory)).toEqual([name]);
  });

  test('of another host holds as long as it is seen', async () => {
    const directory = await scratch();
    const foreign = join(directory, 'lock-1-100-abc-1-other.host');
    await writeFile(foreign, '');
    await expect(open({ directory })).rejects.toThrow('process 1 of another container or host, other.host');
    const before = new Date(Date.now() - 60_000);
    await utimes(foreign, before, before);
    await open({ directory });
    expect(await locks(directory)).toHaveLength(1);
  });
});
