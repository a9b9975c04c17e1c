import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { syncDirectory } from '../reader/durable.js';

/** What the lake asks of the file system beside what DuckDB writes: tests put faults here. */
export interface LakeFiles {
  /** Replaces the file. Not synced. */
  write(path: string, pieces: Iterable<string> | AsyncIterable<string>): Promise<void>;
  /** Resolves when the content of the file is on the disk. @returns Its length. Unit: bytes. */
  sync(path: string): Promise<number>;
  /** Resolves when the names in the folder are on the disk. */
  syncFolder(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Does nothing when it is gone already. */
  remove(path: string): Promise<void>;
  /** With those above it. */
  makeFolder(path: string): Promise<void>;
  /** Every file below, relative, with `/`; none when there is no such folder. */
  list(path: string): Promise<string[]>;
  exists(path: string): Promise<boolean>;
}

/** A write of one piece each would be a system call per row; one text of all would be the buffer a second time. Unit: characters. */
const sliceLength = 1 << 20;

export const nodeFiles: LakeFiles = {
  async write(path, pieces) {
    const handle = await open(path, 'w');
    try {
      let slice: string[] = [];
      let length = 0;
      const writeSlice = async (): Promise<void> => {
        await handle.writeFile(slice.join(''));
        slice = [];
        length = 0;
      };
      const take = (piece: string): boolean => {
        slice.push(piece);
        length += piece.length;
        return length >= sliceLength;
      };
      // Waiting for what is there costs a turn per line.
      if (Symbol.iterator in pieces) {
        for (const piece of pieces) if (take(piece)) await writeSlice();
      } else {
        for await (const piece of pieces) if (take(piece)) await writeSlice();
      }
      if (length > 0) await writeSlice();
    } finally {
      await handle.close();
    }
  },
  async sync(path) {
    const handle = await open(path, 'r+');
    try {
      await handle.sync();
      return (await handle.stat()).size;
    } finally {
      await handle.close();
    }
  },
  syncFolder: syncDirectory,
  rename,
  remove: (path) => rm(path, { force: true }),
  async makeFolder(path) {
    await mkdir(path, { recursive: true });
  },
  async list(path) {
    const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch((error) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`.slice(path.length + 1).replaceAll('\\', '/'));
  },
  exists: (path) =>
    stat(path).then(
      () => true,
      (error) => {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
        throw error;
      },
    ),
};
