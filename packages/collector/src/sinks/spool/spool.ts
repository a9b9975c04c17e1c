import { dirname, resolve } from 'node:path';
import type { Logger, SinkRecord } from '../../core/types.js';
import { SpoolError } from './error.js';
import { nodeFiles, type SpoolFiles } from './files.js';
import { lockDirectory } from './lock.js';
import { type Batch, openStore, type Store } from './store.js';
import { createWriter, type Writer } from './writer.js';

export interface SpoolOptions {
  /** Made when it is missing. One process at a time has it. */
  directory: string;
  /** Most bytes on the disk; what does not fit is refused. At least 131,072. @default 1_073_741_824, 1 GiB */
  maxBytes?: number | undefined;
  /**
   * A file takes no further records beyond this; drained files are deleted. Unit: bytes; at least 4,096, at most half of
   * `maxBytes`. @default 16_777_216, 16 MiB, or an eighth of `maxBytes` if that is less
   */
  segmentBytes?: number | undefined;
  /** Most bytes that wait in memory for the disk. @default 67_108_864, 64 MiB */
  maxPendingBytes?: number | undefined;
  /**
   * How often the place up to which it is drained is written at most: what was drained since is drained again after a crash.
   * Unit: ms. @default 1_000
   */
  checkpointMs?: number | undefined;
  /** @default none */
  log?: Logger | undefined;
  /** Clock, ms since the Unix epoch. @default Date.now */
  now?: (() => number) | undefined;
  /** File operations, for tests of faults. @default those of Node.js */
  files?: SpoolFiles | undefined;
}

export interface SpoolStatus {
  /** Records that are not drained yet. */
  readonly records: number;
  /** Of these records, on the disk. */
  readonly bytes: number;
  /** Of all files, those parts included that are drained and not deleted yet. This is what `maxBytes` bounds. */
  readonly diskBytes: number;
  readonly maxBytes: number;
  /** When the oldest record that is not drained was written, or one shortly before it; ms since the Unix epoch. */
  readonly oldestAt: number | undefined;
  /** Files. */
  readonly segments: number;
  /** Whether records are on their way to the stream. */
  readonly draining: boolean;
  /** Why the last append failed; absent when it did not. */
  readonly error?: string;
}

/** Records on the disk, in the order in which they came. */
export interface Spool {
  /** Whether nothing is in it, nor on its way into it. */
  readonly idle: boolean;
  /**
   * Resolves when all records are written and synced; what waits together is synced together.
   *
   * @throws {SpoolError} None of the records is kept.
   */
  append(records: readonly SinkRecord[]): Promise<void>;
  /**
   * The oldest records that were not taken yet, some 64 KB more than `maxBytes` at most, or one large record.
   *
   * @returns Nothing when there are none. One call at a time.
   * @throws If the disk cannot be read; a later call tries again.
   */
  take(maxBytes: number): Promise<Batch | undefined>;
  /** The records are on the stream, or elsewhere: they are forgotten. */
  settle(batch: Batch): void;
  /** Calls back whenever there is more to take. One listener. */
  listen(listener: () => void): void;
  /** Numbers that are at hand. */
  status(): SpoolStatus;
  /** Writes what was appended and what is drained, and lets others have the directory. */
  close(): Promise<void>;
}

const silent: Logger = { info() {}, warn() {}, error() {} };

/**
 * Opens a spool, and finds what an earlier process left in it.
 *
 * @throws {TypeError} If an option is wrong.
 * @throws If another process has the directory, or it cannot be read or written.
 */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { log = silent, now = Date.now, files = nodeFiles, checkpointMs = 1_000 } = options;
  if (!options.directory) throw new TypeError('directory: the spool needs one');
  const directory = resolve(options.directory);
  const maxBytes = check('maxBytes', options.maxBytes ?? 1 << 30, 1 << 17, Number.MAX_SAFE_INTEGER);
  const segmentBytes = check(
    'segmentBytes',
    options.segmentBytes ?? Math.min(16 << 20, Math.floor(maxBytes / 8)),
    4_096,
    maxBytes / 2,
  );
  const maxPendingBytes = check('maxPendingBytes', options.maxPendingBytes ?? 64 << 20, 4_096, Number.MAX_SAFE_INTEGER);

  await files.makeDirectory(directory);
  await files.syncDirectory(dirname(directory));
  const lock = await lockDirectory(directory);
  let store: Store;
  let writer: Writer;
  let listener = (): void => {};
  let failure: SpoolError | undefined;
  const onGroup = (error?: SpoolError): void => {
    if (error && error.code !== failure?.code)
      log.error({ err: error, code: error.code }, 'the spool takes no records');
    if (!error && failure) log.info({ directory }, 'the spool takes records again');
    failure = error;
    if (!error) listener();
    // What is drained may still lie in the file that is being written.
    if (error?.code === 'full' && store.records === 0) void store.save();
  };
  try {
    const quiet = (): boolean => writer.pending === 0;
    store = await openStore({ directory, files, log, quiet, checkpointMs }, () => writer.retire());
    writer = createWriter({ directory, files, store, maxBytes, segmentBytes, maxPendingBytes, now, onGroup });
  } catch (error) {
    await lock.release();
    throw error;
  }
  const status = (): SpoolStatus => ({
    records: store.records,
    bytes: store.bytes,
    diskBytes: store.diskBytes,
    maxBytes,
    oldestAt: store.oldestAt,
    segments: store.segments,
    draining: store.taken > 0,
    ...(failure ? { error: failure.message } : {}),
  });
  if (store.records > 0) log.info(status(), 'the spool holds records of an earlier run');

  let closing: Promise<void> | undefined;
  return {
    get idle() {
      return store.records === 0 && writer.pending === 0;
    },
    append: (records) =>
      lock.lost
        ? Promise.reject(new SpoolError('closed', `${directory} was taken over by another process`))
        : writer.append(records),
    take: (bytes) => store.take(bytes),
    settle: (batch) => store.settle(batch),
    listen(given) {
      listener = given;
    },
    status,
    close() {
      closing ??= (async () => {
        await writer.close();
        await store.close();
        await lock.release();
      })();
      return closing;
    },
  };
}

function check(option: string, value: number, least: number, most: number): number {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw new TypeError(`${option}: an integer from ${least} to ${Math.floor(most)} is needed, got ${value}`);
  }
  return value;
}
