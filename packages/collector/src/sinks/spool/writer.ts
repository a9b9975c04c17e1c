import type { SinkRecord } from '../../core/types.js';
import { SpoolError } from './error.js';
import type { SpoolFile, SpoolFiles } from './files.js';
import { createFrameBuffer, type FrameBuffer } from './frame.js';
import { encodeHeader, segmentHeaderBytes } from './segment.js';
import type { Segment, Store } from './store.js';

export interface WriterOptions {
  readonly directory: string;
  readonly files: SpoolFiles;
  readonly store: Store;
  readonly maxBytes: number;
  /** A segment takes no further group beyond this. */
  readonly segmentBytes: number;
  /** Most bytes that wait in memory for the disk. */
  readonly maxPendingBytes: number;
  readonly now: () => number;
  /** Told after each group: the error, or nothing. */
  readonly onGroup: (error?: SpoolError) => void;
}

export interface Writer {
  /** Records in memory that wait for the disk. */
  readonly pending: number;
  append(records: readonly SinkRecord[]): Promise<void>;
  /** Ends the segment that is being written, unless something is on its way into it. */
  retire(): void;
  /** Resolves when what was appended before is written or has failed. */
  close(): Promise<void>;
}

/** What is written and synced together. */
interface Group {
  readonly buffer: FrameBuffer;
  readonly done: Promise<void>;
  settle(error?: SpoolError): void;
}

function createGroup(buffer: FrameBuffer): Group {
  let settle: Group['settle'] = () => {};
  const done = new Promise<void>((resolve, reject) => {
    settle = (error) => (error ? reject(error) : resolve());
  });
  return { buffer, done, settle };
}

/** The segment being written, and the place behind the last synced frame. */
interface Active {
  readonly segment: Segment;
  readonly file: SpoolFile;
  end: number;
}

/** Writes records in groups: while one is written and synced, the next gathers. */
export function createWriter(options: WriterOptions): Writer {
  const { directory, files, store, maxBytes, segmentBytes, maxPendingBytes, now, onGroup } = options;
  let gathering = createGroup(createFrameBuffer());
  let spare = createFrameBuffer();
  let writing: FrameBuffer | undefined;
  let active: Active | undefined;
  let running: Promise<void> | undefined;
  let closed = false;

  const begin = async (): Promise<Active> => {
    const path = store.nextPath();
    const at = now();
    const { header, bytes } = encodeHeader(at);
    const file = await files.open(path, 'wx');
    try {
      await writeAll(file, bytes, 0);
      await files.syncDirectory(directory);
    } catch (error) {
      await file.close().catch(() => {});
      await files.remove(path).catch(() => {});
      throw error;
    }
    const segment: Segment = {
      path,
      id: header.id,
      size: bytes.length,
      unread: [],
      sealed: false,
      damaged: false,
      taken: 0,
      oldestAt: at,
    };
    store.add(segment);
    return { segment, file, end: bytes.length };
  };

  /** Nothing more is written into the segment; what was not synced is cut off, if the disk allows it. */
  const abandon = async ({ segment, file, end }: Active, written: number): Promise<void> => {
    active = undefined;
    const cut = await file.truncate(end).then(
      () => true,
      () => false,
    );
    await file.close().catch(() => {});
    store.seal(segment, cut ? end : end + written);
  };

  const write = async (group: Group): Promise<void> => {
    active ??= await begin();
    const { segment, file, end } = active;
    const bytes = group.buffer.bytes();
    try {
      await writeAll(file, bytes, end);
    } catch (error) {
      // Cut, the segment is as good as before; a full disk would otherwise get a new file for each try.
      await file.truncate(end).catch(() => abandon(active as Active, bytes.length));
      throw error;
    }
    try {
      await file.sync();
    } catch (error) {
      // The kernel may have marked pages as clean that it could not write: a second fsync of this file would succeed and
      // mean nothing. https://wiki.postgresql.org/wiki/Fsync_Errors
      await abandon(active, bytes.length);
      throw error;
    }
    active.end = end + bytes.length;
    store.grow(segment, { from: end, to: active.end, records: group.buffer.records }, now());
    if (active.end >= segmentBytes) finish();
  };
  const finish = (): void => {
    if (!active) return;
    const { segment, file } = active;
    active = undefined;
    file.close().catch(() => {});
    store.seal(segment);
  };

  const run = async (): Promise<void> => {
    // What arrives in the same turn of the event loop goes together.
    await new Promise(setImmediate);
    while (gathering.buffer.records > 0) {
      const group = gathering;
      gathering = createGroup(spare);
      writing = group.buffer;
      let failure: SpoolError | undefined;
      try {
        await write(group);
      } catch (error) {
        failure = new SpoolError('disk', `spool ${directory}: ${(error as Error).message}`, { cause: error });
      }
      writing = undefined;
      spare = group.buffer;
      spare.clear();
      onGroup(failure);
      group.settle(failure);
    }
    running = undefined;
  };

  return {
    get pending() {
      return gathering.buffer.records + (writing?.records ?? 0);
    },
    append(records) {
      if (closed) return Promise.reject(new SpoolError('closed', `spool ${directory}: closed`));
      if (records.length === 0) return Promise.resolve();
      const { buffer, done } = gathering;
      const pendingBytes = writing?.length ?? 0;
      const room = maxBytes - segmentHeaderBytes - store.diskBytes - pendingBytes;
      const memory = maxPendingBytes - pendingBytes;
      const most = Math.min(room, memory);
      // UTF-8 has at least a byte per code unit: what cannot fit is not encoded first.
      let least = buffer.length;
      for (const { data } of records) least += data.length;
      if (least <= most) {
        try {
          buffer.add(records, now());
        } catch (error) {
          buffer.undo();
          return Promise.reject(error);
        }
        if (buffer.length <= most) {
          running ??= run();
          return done;
        }
        buffer.undo();
      }
      const error =
        memory < room
          ? new SpoolError(
              'busy',
              `spool ${directory}: too much waits for the disk, maxPendingBytes is ${maxPendingBytes}`,
            )
          : new SpoolError('full', `spool ${directory}: full, maxBytes is ${maxBytes}`);
      onGroup(error);
      return Promise.reject(error);
    },
    retire() {
      if (!running) finish();
    },
    async close() {
      closed = true;
      await running;
      finish();
    },
  };
}

async function writeAll(file: SpoolFile, bytes: Buffer, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const written = await file.write(bytes, at, bytes.length - at, position + at);
    if (written === 0) throw new Error('ENOSPC: nothing could be written');
    at += written;
  }
}
