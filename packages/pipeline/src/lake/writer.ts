import { join } from 'node:path';
import type { ShardPosition, StreamBatch } from '../reader/follow.js';
import { openSeenLog, type SeenLog } from '../reader/seen-log.js';
import { startBackground } from './background.js';
import { type Chunk, createChunk } from './chunk.js';
import type { CompactOptions, CompactResult } from './compaction.js';
import { openDuckdb } from './duckdb.js';
import { nodeFiles } from './files.js';
import { writeChunk } from './flush.js';
import { createFlusher } from './flusher.js';
import { workFolder } from './layout.js';
import { LakeError } from './manifest.js';
import { type LakeOptions, type ResolvedLakeOptions, resolveLakeOptions } from './options.js';
import { decodeRecord } from './record.js';
import { type LakeStore, openStore } from './store.js';

export interface LakeStatus {
  /** Events in the lake. */
  readonly rows: number;
  /** Records that wait for their flush. */
  readonly bufferedRows: number;
  /** Unit: ms since the Unix epoch. Absent before the first. */
  readonly lastFlushAt?: number;
  readonly files: number;
  /** Lines of the error prefix. */
  readonly errors: number;
  /** Repeats dropped since the start. */
  readonly duplicates: number;
  /** Why flushes fail at the moment. */
  readonly failure?: string;
}

/** Writes what is read from a stream into a lake, each event once, whenever it is ended. */
export interface LakeWriter {
  /**
   * Buffers a batch. Its records are durable after the next flush, and only then is the position.
   *
   * Resolves when there is room for another. Give it the batches of one shard one after the other.
   */
  add(batch: StreamBatch): Promise<void>;
  /** The position to go on after: for `followStream`. */
  startAfter(shardId: string): ShardPosition | undefined;
  /** A shard was read to its end. */
  endShard(shardId: string): Promise<void>;
  /** Writes all that is buffered. Rejects when a try fails; what is buffered stays, and is tried again. */
  flush(): Promise<void>;
  status(): LakeStatus;
  /** One file per past day, each event once, by time. One at a time. */
  compact(options?: CompactOptions): Promise<CompactResult>;
  /** Flushes and gives the lake free, also when the flush fails: then nothing is lost, since the positions did not move. */
  close(): Promise<void>;
}

/** Records taken apart in one go: some 5 ms, then others have their turn. */
const turnRecords = 256;

/** @throws {TypeError} If an option is wrong. @throws {LakeError} If the lake is in use or damaged. */
export async function openLakeWriter(given: LakeOptions): Promise<LakeWriter> {
  const options = resolveLakeOptions(given);
  const files = options.files ?? nodeFiles;
  const store = await openStore(options.directory, files, { stream: options.stream, onError: options.onError });
  try {
    const seen = await openSeenLog(join(store.directory, 'seen.log'), {
      capacity: options.seenCapacity,
      bytes: store.manifest.seenBytes,
    });
    if (seen.lostBytes > 0) {
      const message = `${seen.lostBytes} bytes of seen events are gone from ${store.directory}: what they stood for may come twice, until compaction`;
      options.onError?.(new LakeError(message));
    }
    return await createWriter(options, store, seen);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function createWriter(options: ResolvedLakeOptions, store: LakeStore, seen: SeenLog): Promise<LakeWriter> {
  const files = options.files ?? nodeFiles;
  const { stream, flushRecords, flushMs, maxBufferedBytes, rowGroupSize, memoryMb } = options;
  const now = options.now ?? Date.now;
  const duckdb = await openDuckdb(store.path(`${workFolder}/flush`), memoryMb);
  const newChunk = (): Chunk => createChunk({ ...options, now });

  let open = newChunk();
  let forRoom: (() => void)[] = [];
  const reached = new Map<string, ShardPosition>(
    store.manifest.stream === stream ? Object.entries(store.manifest.positions) : [],
  );
  let duplicates = 0;
  let lastFlushAt: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closing: Promise<void> | undefined;

  const background = startBackground(options, { store, files, now });
  const flusher = createFlusher({ write: commit, onWritten: makeRoom, onError: (error) => options.onError?.(error) });
  const bufferedBytes = (): number => flusher.waiting.reduce((sum, { bytes }) => sum + bytes, open.bytes);

  /** Hands the open chunk to the flusher. */
  function seal(): void {
    clearTimeout(timer);
    timer = undefined;
    if (open.records === 0 && open.positions.size === 0) return;
    flusher.push(open);
    open = newChunk();
  }

  /** Its number, and whether the log has its ids: what a second try has from the first. */
  const tries = new WeakMap<Chunk, { flush: number; appended: boolean }>();

  async function commit(chunk: Chunk): Promise<void> {
    const startedAt = performance.now();
    const attempt = tries.get(chunk) ?? { flush: store.nextFlush(), appended: false };
    tries.set(chunk, attempt);
    const { flush } = attempt;
    if (!attempt.appended) {
      seen.append(chunk.ids);
      attempt.appended = true;
    }
    // Before the manifest that names them: with ids missing, their events would be taken twice.
    const seenBytes = await seen.sync();
    const written = await writeChunk(chunk, flush, { store, files, connection: duckdb.connection, rowGroupSize });
    await store.commit((manifest) => ({
      flush: Math.max(manifest.flush, flush),
      stream,
      positions: { ...(manifest.stream === stream && manifest.positions), ...Object.fromEntries(chunk.positions) },
      seenBytes,
      files: [...manifest.files, ...written],
    }));
    lastFlushAt = now();
    options.onFlush?.({
      flush,
      rows: chunk.rows,
      errors: chunk.reasons,
      files: written.length,
      days: [...new Set([...chunk.events.keys(), ...chunk.clicks.keys()])].sort(),
      durationMs: performance.now() - startedAt,
    });
    background.filesAdded();
  }

  function makeRoom(): void {
    if (bufferedBytes() >= maxBufferedBytes) return;
    const waiting = forRoom;
    forRoom = [];
    for (const resolve of waiting) resolve();
  }

  const assertOpen = (): void => {
    if (closing) throw new LakeError('The lake writer is closed');
  };

  return {
    async add({ shardId, records, lastSequenceNumber }) {
      assertOpen();
      for (const [index, record] of records.entries()) {
        const decoded = decodeRecord(record.data);
        if (decoded.row && !seen.add(decoded.row.id)) duplicates += 1;
        else open.add(record, decoded);
        // Within an aggregate there is no position to go on after.
        if (records[index + 1]?.sequenceNumber === record.sequenceNumber) continue;
        open.reach(shardId, record.sequenceNumber);
        reached.set(shardId, record.sequenceNumber);
        if (open.records >= flushRecords || open.bytes >= maxBufferedBytes) seal();
        if (index % turnRecords !== turnRecords - 1) continue;
        await new Promise(setImmediate);
        assertOpen();
      }
      if (reached.get(shardId) !== lastSequenceNumber) {
        open.reach(shardId, lastSequenceNumber);
        reached.set(shardId, lastSequenceNumber);
      }
      if (open.records > 0 || open.positions.size > 0) timer ??= setTimeout(seal, flushMs);
      if (bufferedBytes() < maxBufferedBytes) return;
      // While a flush runs, what is open may still grow to a whole one.
      if (flusher.waiting.length === 0) seal();
      await new Promise<void>((resolve) => forRoom.push(resolve));
    },
    startAfter: (shardId) => reached.get(shardId),
    async endShard(shardId) {
      assertOpen();
      open.reach(shardId, 'END');
      reached.set(shardId, 'END');
      timer ??= setTimeout(seal, flushMs);
    },
    flush() {
      seal();
      return flusher.flush();
    },
    status() {
      const { files: all } = store.manifest;
      const rowsOf = (dataset: string): number =>
        all.reduce((sum, file) => (file.dataset === dataset ? sum + file.rows : sum), 0);
      return {
        rows: rowsOf(options.parquet ? 'events' : 'clicks'),
        bufferedRows: flusher.waiting.reduce((sum, { records }) => sum + records, open.records),
        ...(lastFlushAt !== undefined && { lastFlushAt }),
        files: all.length,
        errors: rowsOf('errors'),
        duplicates,
        ...(flusher.failure !== undefined && { failure: flusher.failure }),
      };
    },
    async compact(compactOptions = {}) {
      assertOpen();
      return background.compact(compactOptions);
    },
    close() {
      closing ??= (async () => {
        await background.close();
        try {
          seal();
          await flusher.close();
        } finally {
          for (const resolve of forRoom) resolve();
          await seen.close();
          duckdb.close();
          await store.close();
        }
      })();
      return closing;
    },
  };
}
