import { type FileHandle, mkdir, open, readdir, rename, unlink } from 'node:fs/promises';

/** An open file of the spool. */
export interface SpoolFile {
  /** @returns Bytes read; 0 at the end. */
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<number>;
  /** @returns Bytes written, which may be fewer. */
  write(buffer: Buffer, offset: number, length: number, position: number): Promise<number>;
  /** Resolves when content and length are on the disk. */
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  /** Unit: bytes. */
  size(): Promise<number>;
  close(): Promise<void>;
}

/** What the spool asks of the file system: tests put faults here. */
export interface SpoolFiles {
  /** `r` reads, `wx` creates what must not exist, `w` replaces. */
  open(path: string, flags: 'r' | 'wx' | 'w'): Promise<SpoolFile>;
  /** With those above it. */
  makeDirectory(path: string): Promise<void>;
  list(path: string): Promise<string[]>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Resolves when the names in the directory are on the disk. */
  syncDirectory(path: string): Promise<void>;
}

export const nodeFiles: SpoolFiles = {
  async open(path, flags) {
    return toFile(await open(path, flags));
  },
  async makeDirectory(path) {
    try {
      await mkdir(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Alone it names what is wrong: with `recursive` a read-only disk is told as ENOENT.
      if (code === 'ENOENT') await mkdir(path, { recursive: true });
      else if (code !== 'EEXIST') throw error;
    }
  },
  list: (path) => readdir(path),
  rename,
  remove: unlink,
  async syncDirectory(path) {
    // Windows cannot open a directory, and keeps names without it.
    if (process.platform === 'win32') return;
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

/** Adds text to a file, and resolves when it is on the disk. */
export async function appendSynced(path: string, text: string): Promise<void> {
  const handle = await open(path, 'a');
  try {
    await handle.appendFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function toFile(handle: FileHandle): SpoolFile {
  return {
    read: async (buffer, offset, length, position) => (await handle.read(buffer, offset, length, position)).bytesRead,
    write: async (buffer, offset, length, position) =>
      (await handle.write(buffer, offset, length, position)).bytesWritten,
    sync: () => handle.datasync(),
    truncate: (length) => handle.truncate(length),
    size: async () => (await handle.stat()).size,
    close: () => handle.close(),
  };
}
