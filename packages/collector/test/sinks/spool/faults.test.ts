import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SinkRecord } from '../../../src/core/types.js';
import type { Batch } from '../../../src/spool.js';
import {
  createMachine,
  drainAll,
  type Fault,
  failure,
  faultyFiles,
  numberOf,
  numbers,
  open,
  record,
  recordingLog,
  scratch,
  segmentsIn,
} from './support.js';

/** A spool whose disk fails as `fault` says, which can be changed. */
async function faulty() {
  const directory = await scratch();
  const disk: { fault: Fault } = { fault: () => undefined };
  const log = recordingLog();
  const files = faultyFiles((operation, path) => disk.fault(operation, path));
  const spool = await open({ directory, files, log, checkpointMs: 5 });
  const lines = (level: string) => log.lines.filter((line) => line.level === level).map(({ message }) => message);
  return { directory, disk, spool, lines };
}
const isSegment = (path: string): boolean => path.endsWith('.seg');
/** Drained by the process, and by the next one, without what was drained. */
const reopened = async (directory: string): Promise<number[]> =>
  (await drainAll(await open({ directory }))).map(numberOf);

describe('a spool whose disk fails', () => {
  test.each(['ENOSPC', 'EROFS', 'EIO', 'EDQUOT'])(
    '%s while writing: refuses, and goes on when it is over',
    async (code) => {
      const { directory, disk, spool, lines } = await faulty();
      await spool.append([record(0)]);
      disk.fault = (operation) => (operation === 'write' ? failure(code) : undefined);
      for (const n of [1, 2]) {
        await expect(spool.append([record(n)])).rejects.toMatchObject({ code: 'disk', cause: { code } });
      }
      expect(spool.status()).toMatchObject({ records: 1, error: expect.stringContaining(code) });
      disk.fault = () => undefined;
      await spool.append([record(3)]);
      expect(spool.status().error).toBeUndefined();
      expect(lines('error')).toEqual(['the spool takes no records']);
      expect(lines('info')).toEqual(['the spool takes records again']);
      await spool.close();
      expect(await reopened(directory)).toEqual([0, 3]);
    },
  );

  test('a write of which a part succeeds is cut off: nothing of it is read, by anybody', async () => {
    const { directory, disk, spool } = await faulty();
    await spool.append([record(0)]);
    for (const part of [1, 27, 28, 60, 120]) {
      let writes = 0;
      disk.fault = (operation) => (operation !== 'write' ? undefined : ++writes === 1 ? part : failure('ENOSPC'));
      await expect(spool.append([record(1), record(2)])).rejects.toThrow('ENOSPC');
    }
    disk.fault = () => undefined;
    await spool.append([record(3)]);
    expect((await segmentsIn(directory)).length).toBe(1);
    const bytes = await readFile((await segmentsIn(directory))[0] ?? '');
    expect(bytes.length).toBe(32 + spool.status().bytes);
    await spool.close();
    expect(await reopened(directory)).toEqual([0, 3]);
  });

  test('a write that cannot be cut off either costs the file, and no record', async () => {
    const { directory, disk, spool } = await faulty();
    await spool.append([record(0)]);
    let writes = 0;
    disk.fault = (operation) => {
      if (operation === 'truncate') return failure('EIO');
      return operation !== 'write' ? undefined : ++writes === 1 ? 40 : failure('EIO');
    };
    await expect(spool.append([record(1)])).rejects.toThrow('EIO');
    disk.fault = () => undefined;
    await spool.append([record(2)]);
    expect((await drainAll(spool)).map(numberOf)).toEqual([0, 2]);
    await spool.append([record(3)]);
    await spool.close();
    expect(await reopened(directory)).toEqual([3]);
  });

  test('writes that take a few bytes at a time are written whole', async () => {
    const { directory, disk, spool } = await faulty();
    disk.fault = (operation) => (operation === 'write' ? 7 : undefined);
    await spool.append(numbers(0, 20));
    await spool.close();
    expect(await reopened(directory)).toEqual(numbers(0, 20).map(numberOf));
  });

  test('after a failed sync the file is not written again: another begins', async () => {
    const { directory, disk, spool } = await faulty();
    await spool.append([record(0)]);
    const [before = ''] = await segmentsIn(directory);
    const size = (await readFile(before)).length;
    disk.fault = (operation, path) => (operation === 'sync' && isSegment(path) ? failure('EIO') : undefined);
    await expect(spool.append([record(1)])).rejects.toMatchObject({ code: 'disk' });
    disk.fault = () => undefined;
    await spool.append([record(2)]);
    const files = await segmentsIn(directory);
    expect(files).toHaveLength(2);
    expect((await readFile(before)).length).toBe(size);
    expect((await drainAll(spool)).map(numberOf)).toEqual([0, 2]);
  });

  test('no file can be begun: refuses, leaves nothing behind, and goes on when one can', async () => {
    const { directory, disk, spool } = await faulty();
    for (const failing of ['open', 'write', 'syncDirectory', 'sync'] as const) {
      disk.fault = (operation, path) =>
        operation === failing && (isSegment(path) || operation === 'syncDirectory') ? failure('EROFS') : undefined;
      await expect(spool.append([record(1)])).rejects.toThrow('EROFS');
    }
    disk.fault = () => undefined;
    await spool.append([record(2)]);
    expect(await segmentsIn(directory)).toHaveLength(1);
    await spool.close();
    expect(await reopened(directory)).toEqual([2]);
  });

  test('those that wait together fail together, and those that come later do not', async () => {
    const { disk, spool } = await faulty();
    let fails = 1;
    disk.fault = (operation, path) =>
      operation === 'sync' && isSegment(path) && fails-- > 0 ? failure('EIO') : undefined;
    const group = [spool.append([record(0)]), spool.append([record(1)])];
    await new Promise(setImmediate);
    const later = spool.append([record(2)]);
    expect((await Promise.allSettled(group)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await later;
    expect((await drainAll(spool)).map(numberOf)).toEqual([2]);
  });

  test('a disk that cannot be read keeps its records until it can', async () => {
    const { disk, spool } = await faulty();
    await spool.append(numbers(0, 3));
    disk.fault = (operation) => (operation === 'read' ? failure('EIO') : undefined);
    await expect(spool.take(1_000)).rejects.toThrow('EIO');
    disk.fault = () => undefined;
    expect(await drainAll(spool)).toEqual(numbers(0, 3));
  });

  test('a file that cannot be read at the start is not passed over: the spool does not open', async () => {
    const directory = await scratch();
    const spool = await open({ directory });
    await spool.append(numbers(0, 3));
    await spool.close();
    const files = faultyFiles((operation, path) =>
      operation === 'read' && isSegment(path) ? failure('EIO') : undefined,
    );
    await expect(open({ directory, files })).rejects.toThrow('EIO');
    expect(await reopened(directory)).toEqual([0, 1, 2]);
  });

  test('a drained file that cannot be deleted is tried again, and is not drained twice by this process', async () => {
    const { directory, disk, spool, lines } = await faulty();
    await spool.append(numbers(0, 3));
    disk.fault = (operation) => (operation === 'remove' || operation === 'rename' ? failure('EROFS') : undefined);
    expect(await drainAll(spool)).toEqual(numbers(0, 3));
    await expect.poll(() => lines('error').length).toBe(1);
    expect(await spool.take(1_000)).toBeUndefined();
    disk.fault = () => undefined;
    await expect.poll(() => segmentsIn(directory)).toEqual([]);
    expect(lines('error')).toHaveLength(1);
  });

  test('files of others in the directory are left alone', async () => {
    const directory = await scratch();
    await writeFile(join(directory, 'notes.txt'), 'x');
    const spool = await open({ directory });
    await spool.append([record(0)]);
    await drainAll(spool);
    await spool.close();
    expect(await readdir(directory)).toContain('notes.txt');
  });
});

/** Numbers in [0, 1), the same for the same seed. https://en.wikipedia.org/wiki/Lehmer_random_number_generator */
function lehmer(seed: number): () => number {
  let state = seed * 16_807 + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe('a machine that loses its power', () => {
  test.each(Array.from({ length: 60 }, (_, seed) => seed + 1))(
    'keeps every record that was answered for: run %i',
    async (seed) => {
      const random = lehmer(seed);
      const directory = await scratch();
      const machine = createMachine();
      let next = 0;
      const owed = new Set<number>();
      const options = { directory, maxBytes: 1 << 20, segmentBytes: 4_096, checkpointMs: 1 };
      const check = (records: readonly SinkRecord[]): void => {
        for (const n of records.map(numberOf)) if (n >= next) throw new Error(`${n} was never appended`);
      };

      for (let life = 0; life < 6; life++) {
        let powered = true;
        const taken: Batch[] = [];
        // What the process still does after the power is gone reaches nothing.
        const files = faultyFiles(() => (powered ? undefined : failure('EIO')), machine.files);
        const spool = await open({ ...options, files });
        for (let step = 0; step < 25; step++) {
          if (random() < 0.1) machine.failSync = true;
          const groups = Array.from({ length: Math.floor(random() * 4) }, () => {
            const records = Array.from({ length: 1 + Math.floor(random() * 20) }, () => record(next++));
            return spool.append(records).then(
              () => {
                for (const one of records) owed.add(numberOf(one));
              },
              () => {},
            );
          });
          if (random() < 0.8) await Promise.all(groups);
          if (random() < 0.5) {
            const batch = await spool.take(1 + Math.floor(random() * 3_000));
            if (batch) taken.push(batch);
          }
          if (random() < 0.5) {
            const [batch] = taken.splice(Math.floor(random() * taken.length), 1);
            if (!batch) continue;
            check(batch.records);
            // On the stream: it is owed no more.
            for (const one of batch.records) owed.delete(numberOf(one));
            spool.settle(batch);
          }
        }
        powered = false;
        machine.crash();
        const before = new Set(owed);
        await spool.close();
        // Answers after the power is gone are heard by nobody.
        for (const n of owed) if (!before.has(n)) owed.delete(n);
      }

      const spool = await open({ ...options, files: machine.files });
      const found = await drainAll(spool);
      check(found);
      const there = new Set(found.map(numberOf));
      expect([...owed].filter((n) => !there.has(n))).toEqual([]);
      // Order: the first time that each record is met.
      const order = [...there];
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    },
  );
});
