import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import type { Logger, SinkRecord } from '../../../src/core/types.js';
import { nodeFiles, type SpoolFile, type SpoolFiles } from '../../../src/sinks/spool/files.js';
import { openSpool, type Spool, type SpoolOptions } from '../../../src/spool.js';

const clean: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of clean.splice(0).reverse()) await step();
});

/** Does something after the test; what was asked for last is done first. */
export const afterwards = (step: () => unknown): void => void clean.push(async () => step());

/** A directory that is gone after the test. */
export async function scratch(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'rastro-spool-'));
  afterwards(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A spool that is closed after the test, if the test has not done it. */
export async function open(options: SpoolOptions): Promise<Spool> {
  const spool = await openSpool(options);
  afterwards(() => spool.close());
  return spool;
}

export const segmentsIn = async (directory: string): Promise<string[]> =>
  (await readdir(directory))
    .filter((name) => name.endsWith('.seg'))
    .sort()
    .map((name) => join(directory, name));

export const record = (n: number, key = `key-${n % 7}`): SinkRecord => ({
  id: `demo\nview\n${n}`,
  partitionKey: key,
  data: JSON.stringify({ n, text: 'a“€💄' }),
});
export const numbers = (from: number, to: number): SinkRecord[] =>
  Array.from({ length: to - from }, (_, at) => record(from + at));
export const numberOf = ({ data }: SinkRecord): number => JSON.parse(data).n;

/** Takes and settles all there is. */
export async function drainAll(spool: Spool): Promise<SinkRecord[]> {
  const records: SinkRecord[] = [];
  for (let batch = await spool.take(1 << 16); batch; batch = await spool.take(1 << 16)) {
    records.push(...batch.records);
    spool.settle(batch);
  }
  return records;
}

export interface Line {
  level: 'info' | 'warn' | 'error';
  message: string;
  [detail: string]: unknown;
}
export function recordingLog(): Logger & { lines: Line[] } {
  const lines: Line[] = [];
  const at = (level: Line['level']) => (details: object, message: string) =>
    void lines.push({ ...details, level, message });
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 2));
}

export type Operation = 'open' | 'read' | 'write' | 'sync' | 'truncate' | 'rename' | 'remove' | 'syncDirectory';
/** An error is thrown; a number is how many bytes of a write succeed before the next fails. */
export type Fault = (operation: Operation, path: string) => Error | number | undefined;

export const failure = (code: string): Error => Object.assign(new Error(`${code}: said so`), { code });

/** Real files that fail as told. */
export function faultyFiles(fault: Fault, files: SpoolFiles = nodeFiles): SpoolFiles {
  const check = (operation: Operation, path: string): number | undefined => {
    const result = fault(operation, path);
    if (result instanceof Error) throw result;
    return result;
  };
  return {
    ...files,
    async open(path, flags) {
      check('open', path);
      const file = await files.open(path, flags);
      return {
        ...file,
        async read(...given) {
          check('read', path);
          return file.read(...given);
        },
        async write(buffer, offset, length, position) {
          const most = check('write', path);
          return file.write(buffer, offset, Math.min(length, most ?? length), position);
        },
        async sync() {
          check('sync', path);
          return file.sync();
        },
        async truncate(length) {
          check('truncate', path);
          return file.truncate(length);
        },
      };
    },
    async rename(from, to) {
      check('rename', from);
      return files.rename(from, to);
    },
    async remove(path) {
      check('remove', path);
      return files.remove(path);
    },
    async syncDirectory(path) {
      check('syncDirectory', path);
      return files.syncDirectory(path);
    },
  };
}

interface Inode {
  cache: Buffer;
  disk: Buffer;
  dirty: boolean;
}

export interface Machine {
  readonly files: SpoolFiles;
  /** The machine loses its power: what was not synced is gone, names too. */
  crash(): void;
  /** The next sync of a file fails, and what it should have written is never written: the cache calls it clean. */
  failSync: boolean;
}

/** A disk behind a cache, as pessimistic as POSIX allows: nothing is on the disk before it was synced. */
export function createMachine(): Machine {
  let names = new Map<string, Inode>();
  let durable = new Map<string, Inode>();
  const machine = { failSync: false };
  const missing = (path: string): Error => Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
  const toFile = (inode: Inode): SpoolFile => ({
    async read(buffer, offset, length, position) {
      return inode.cache.copy(buffer, offset, position, Math.min(inode.cache.length, position + length));
    },
    async write(buffer, offset, length, position) {
      const size = Math.max(inode.cache.length, position + length);
      const cache = Buffer.alloc(size);
      inode.cache.copy(cache);
      buffer.copy(cache, position, offset, offset + length);
      inode.cache = cache;
      inode.dirty = true;
      return length;
    },
    async sync() {
      if (machine.failSync) {
        machine.failSync = false;
        inode.dirty = false;
        throw failure('EIO');
      }
      if (inode.dirty) inode.disk = Buffer.from(inode.cache);
      inode.dirty = false;
    },
    async truncate(length) {
      inode.cache = Buffer.from(inode.cache.subarray(0, length));
      inode.dirty = true;
    },
    size: async () => inode.cache.length,
    async close() {},
  });
  const files: SpoolFiles = {
    async open(path, flags) {
      const found = names.get(path);
      if (flags === 'r') {
        if (!found) throw missing(path);
        return toFile(found);
      }
      if (flags === 'wx' && found) throw failure('EEXIST');
      const inode: Inode = { cache: Buffer.alloc(0), disk: Buffer.alloc(0), dirty: true };
      names.set(path, inode);
      return toFile(inode);
    },
    // The lock is made of real files.
    makeDirectory: async (path) => void (await mkdir(path, { recursive: true })),
    list: async (path) =>
      [...names.keys()].filter((name) => dirname(name) === path).map((name) => name.slice(path.length + 1)),
    async rename(from, to) {
      const inode = names.get(from);
      if (!inode) throw missing(from);
      names.delete(from);
      names.set(to, inode);
    },
    async remove(path) {
      if (!names.delete(path)) throw missing(path);
    },
    async syncDirectory() {
      durable = new Map(names);
    },
  };
  return Object.assign(machine, {
    files,
    crash() {
      for (const inode of durable.values()) inode.cache = Buffer.from(inode.disk);
      names = new Map(durable);
    },
  });
}
