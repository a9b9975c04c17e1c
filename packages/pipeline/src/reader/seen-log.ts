import { type FileHandle, mkdir, open, readdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { wrongOption } from '../options.js';
import { syncDirectory } from './durable.js';
import { createSeen, defaultSeenCapacity, hashId, idBytes, type Seen } from './seen.js';

export interface SeenLogOptions {
  /** Most ids remembered, at least 2. @default 1_000_000, some 32 MB of memory and at most 24 MB on the disk */
  capacity?: number | undefined;
  /** `bytes` of the log as the caller committed it with the rest of its state; 0 the first time. */
  bytes: number;
}

/**
 * Ids that survive a restart. Ids of what was never committed are forgotten, since their events come again:
 *
 *     const log = await openSeenLog(file, { bytes: state.seenBytes });
 *     const fresh = records.filter((record) => log.add(record.id));   // in memory
 *     log.append(fresh.map((record) => record.id));                   // once they are dealt with
 *     await save({ ...state, seenBytes: await log.sync() });          // the commit
 *
 * The log is a row of files, `<file>.<offset of its first byte>`. Each takes half the capacity; those that are no longer
 * needed are deleted.
 */
export interface SeenLog extends Seen {
  /** Of all that was ever appended and synced, also of what was deleted since. Only this number is to be committed. */
  readonly bytes: number;
  /** Bytes that were committed and are not there: the disk lost them, and what they stood for may come twice. */
  readonly lostBytes: number;
  /** Takes ids for the next `sync`. Also ids that were never added. */
  append(ids: Iterable<string>): void;
  /**
   * Writes what was appended, and resolves when it is on the disk. One call at a time.
   *
   * @returns `bytes`.
   * @throws If it cannot be written. Nothing is lost: the next call writes it all again.
   */
  sync(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Opens what `bytes` says and takes away what was written after it.
 *
 * @param file Path that the names of the files begin with. Its folder is made when missing.
 * @throws {TypeError} If `capacity` or `bytes` is wrong.
 */
export async function openSeenLog(file: string, options: SeenLogOptions): Promise<SeenLog> {
  const { capacity = defaultSeenCapacity, bytes: committed } = options;
  if (!Number.isSafeInteger(committed) || committed < 0 || committed % idBytes !== 0)
    throw wrongOption('bytes', `a multiple of ${idBytes} as committed`, committed);
  const seen = createSeen(capacity);
  const segmentBytes = Math.ceil(capacity / 2) * idBytes;
  const directory = dirname(file);
  await mkdir(directory, { recursive: true });
  const pathOf = (start: number): string => join(directory, `${basename(file)}.${start}`);

  /** Offsets at which files begin, ascending. */
  let starts: number[] = [];
  for (const name of await readdir(directory)) {
    const start = name.startsWith(`${basename(file)}.`) ? name.slice(basename(file).length + 1) : '';
    if (/^(0|[1-9]\d*)$/.test(start)) starts.push(Number(start));
  }
  starts.sort((a, b) => a - b);
  // Begun after the commit.
  for (const start of starts.filter((one) => one >= committed)) await unlink(pathOf(start));
  starts = starts.filter((one) => one < committed);

  let remembered = 0;
  for (const [at, start] of starts.entries()) {
    const end = Math.min(starts[at + 1] ?? committed, committed);
    const handle = await open(pathOf(start), 'r+');
    try {
      const content = Buffer.alloc(end - start);
      let length = 0;
      for (;;) {
        const { bytesRead } = await handle.read(content, length, content.length - length, length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      length -= length % idBytes;
      // Also what is torn in the middle of an id.
      await handle.truncate(length);
      for (let offset = 0; offset < length; offset += idBytes) seen.addHash(content.subarray(offset, offset + idBytes));
      remembered += length;
    } finally {
      await handle.close();
    }
  }
  const lostBytes =
    starts[0] === undefined ? Math.min(committed, capacity * idBytes) : committed - starts[0] - remembered;

  let bytes = committed;
  let pending: Buffer[] = [];
  let handle: FileHandle | undefined;
  // What is missing at the end of a file leaves no hole: the next one begins where the log ends.
  let start = lostBytes > 0 ? committed : (starts.at(-1) ?? committed);

  const openCurrent = async (): Promise<FileHandle> => {
    if (bytes - start >= segmentBytes) {
      await handle?.close();
      handle = undefined;
      start = bytes;
    }
    if (!handle) {
      if (!starts.includes(start)) starts.push(start);
      const opened = await open(pathOf(start), start === bytes ? 'w' : 'r+');
      try {
        await syncDirectory(directory);
      } catch (error) {
        // The next call has to do it again.
        await opened.close();
        throw error;
      }
      handle = opened;
      // A file is needed while one of the last `capacity` ids is in it. Of what is deleted too early no event is lost.
      while ((starts[1] ?? bytes) <= bytes - capacity * idBytes) await unlink(pathOf(starts.shift() as number));
    }
    return handle;
  };

  return {
    add: seen.add,
    has: seen.has,
    get size() {
      return seen.size;
    },
    get bytes() {
      return bytes;
    },
    lostBytes,
    append(ids) {
      for (const id of ids) pending.push(hashId(id));
    },
    async sync() {
      if (pending.length === 0) return bytes;
      const count = pending.length;
      const content = Buffer.concat(pending);
      const current = await openCurrent();
      for (let at = 0; at < content.length; ) {
        const { bytesWritten } = await current.write(content, at, content.length - at, bytes - start + at);
        if (bytesWritten === 0) throw new Error(`${pathOf(start)}: nothing could be written`);
        at += bytesWritten;
      }
      await current.datasync();
      bytes += content.length;
      pending = pending.slice(count);
      return bytes;
    },
    async close() {
      await handle?.close();
      handle = undefined;
    },
  };
}
