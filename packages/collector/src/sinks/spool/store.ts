import { join } from 'node:path';
import type { Logger, SinkRecord } from '../../core/types.js';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.js';
import type { SpoolFile, SpoolFiles } from './files.js';
import { decodeRecords, type ParsedFrame, parseFrame } from './frame.js';
import { bytesOf, readContents, recordsOf } from './recover.js';
import { addFrame, type FrameRange, scanFrames } from './scan.js';
import { damagedEnding, listSegments, segmentName } from './segment.js';

/** A segment that is being written or drained. */
export interface Segment {
  readonly path: string;
  /** Id in its header; nothing when the header is damaged. */
  readonly id: string | undefined;
  /** On the disk. Unit: bytes. */
  size: number;
  /** Whole, synced frames that were not taken yet, in order. */
  unread: FrameRange[];
  /** Whether no more is written into it. */
  sealed: boolean;
  /** Whether it is kept for people when it is drained. */
  damaged: boolean;
  /** Batches that were taken and are not settled. */
  taken: number;
  /** When the oldest of the unread frames was written, or one before it; ms since the Unix epoch. */
  oldestAt: number | undefined;
}

/** Records taken from the spool, to be settled. */
export interface Batch {
  readonly records: readonly SinkRecord[];
  /** On the disk. */
  readonly bytes: number;
}
/** Where a batch was taken; it is remembered longer than the records, until all before it are settled. */
interface Mark {
  readonly segment: Segment;
  readonly from: number;
  readonly at: number;
  settled: boolean;
}
interface TakenBatch extends Batch {
  readonly mark: Mark;
}

export interface StoreOptions {
  readonly directory: string;
  readonly files: SpoolFiles;
  readonly log: Logger;
  /** Whether nothing waits to be written. */
  readonly quiet: () => boolean;
  /** The checkpoint is written at most this often. Unit: ms. */
  readonly checkpointMs: number;
}

/** The segments of a spool: what is in them, what of it is taken, and what is drained. */
export interface Store {
  /** Waiting or taken, not settled. */
  readonly records: number;
  /** Of these records. */
  readonly bytes: number;
  /** Of all segments, drained parts included. */
  readonly diskBytes: number;
  readonly segments: number;
  readonly taken: number;
  readonly oldestAt: number | undefined;
  /** Path of the segment to be begun next. */
  nextPath(): string;
  add(segment: Segment): void;
  /** Synced frames were added to a segment. */
  grow(segment: Segment, frames: FrameRange, at: number): void;
  /** The segment gets no more frames. @param size Of the file, where it is not what was written. Unit: bytes. */
  seal(segment: Segment, size?: number): void;
  /** Oldest first; nothing when all that is there is taken. One call at a time. @throws If the disk cannot be read. */
  take(maxBytes: number): Promise<Batch | undefined>;
  settle(batch: Batch): void;
  /** Writes what is drained now. */
  save(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the segments of a directory.
 *
 * @param retire Called when everything is drained: seals the segment that is being written, if that is possible now.
 * @throws If a segment cannot be read, or is of another version.
 */
export async function openStore(options: StoreOptions, retire: () => void): Promise<Store> {
  const { directory, files, log, quiet, checkpointMs } = options;
  const found = await listSegments(directory, files);
  const checkpoint = await readCheckpoint(directory, files);
  const segments: Segment[] = [];
  const readers = new Map<Segment, SpoolFile>();
  const outstanding: Mark[] = [];
  let records = 0;
  let bytes = 0;
  let diskBytes = 0;
  let nextNumber = (found.at(-1)?.number ?? 0) + 1;
  let saved: Checkpoint | undefined = checkpoint;
  let timer: NodeJS.Timeout | undefined;
  let chores = Promise.resolve();
  let choreFailed = false;
  let closed = false;
  let buffer = Buffer.allocUnsafeSlow(1 << 18);

  /** What keeps the directory tidy: one after the other, and tried again later when the disk refuses it. */
  const chore = (what: () => Promise<void>): Promise<void> => {
    chores = chores.then(what).then(
      () => {
        choreFailed = false;
      },
      (error: unknown) => {
        if (!choreFailed)
          log.error({ err: error, directory }, 'the spool cannot be tidied up: records may be sent twice');
        choreFailed = true;
        schedule();
      },
    );
    return chores;
  };
  const removeDrained = async (): Promise<void> => {
    for (const segment of segments.filter((one) => one.sealed && one.unread.length === 0 && one.taken === 0)) {
      await readers.get(segment)?.close();
      readers.delete(segment);
      if (segment.damaged) await files.rename(segment.path, `${segment.path}${damagedEnding}`);
      else await files.remove(segment.path).catch(unlessGone);
      segments.splice(segments.indexOf(segment), 1);
      diskBytes -= segment.size;
    }
  };
  /** Everything before this is settled. */
  const position = (): Checkpoint | undefined => {
    const [mark] = outstanding;
    if (mark) return toCheckpoint(mark.segment, mark.from);
    const segment = segments.find(({ unread }) => unread.length > 0);
    return segment && toCheckpoint(segment, segment.unread[0]?.from ?? 0);
  };
  const save = (): Promise<void> =>
    chore(async () => {
      if (records === 0 && quiet()) retire();
      await removeDrained();
      const now = position();
      if (now === undefined || (now.segment === saved?.segment && now.offset === saved.offset)) return;
      await writeCheckpoint(directory, now, files);
      saved = now;
    });
  const schedule = (): void => {
    if (closed) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      void save();
    }, checkpointMs).unref();
  };

  const report = (segment: Segment, ranges: readonly { from: number; to: number }[]): void => {
    segment.damaged = true;
    for (const { from, to } of ranges) {
      log.error(
        { segment: segment.path, offset: from, bytes: to - from },
        'a part of the spool is damaged and skipped; the file is kept as .damaged when the rest of it is drained',
      );
    }
  };

  for (const file of found) {
    if (file.aside) continue;
    const { id, size, ranges, oldestAt, damaged, torn } = await readContents(file, checkpoint, files);
    const unread = [...ranges];
    const segment: Segment = {
      path: file.path,
      id,
      size,
      unread,
      sealed: true,
      damaged: false,
      taken: 0,
      oldestAt,
    };
    if (damaged.length > 0) report(segment, damaged);
    if (torn) {
      const unfinished = { segment: file.path, offset: torn.from, bytes: torn.to - torn.from };
      log.warn(unfinished, 'the spool ends in an unfinished write: it was not acknowledged, and is skipped');
    }
    segments.push(segment);
    records += recordsOf(unread);
    bytes += bytesOf(unread);
    diskBytes += size;
  }
  await chore(removeDrained);

  const readerOf = async (segment: Segment): Promise<SpoolFile> => {
    const open = readers.get(segment) ?? (await files.open(segment.path, 'r'));
    readers.set(segment, open);
    return open;
  };
  const readAt = async (segment: Segment, from: number, wanted: number): Promise<number> => {
    if (buffer.length < wanted) buffer = Buffer.allocUnsafeSlow(wanted);
    const file = await readerOf(segment);
    let filled = 0;
    while (filled < wanted) {
      const read = await file.read(buffer, filled, wanted - filled, from + filled);
      if (read === 0) break;
      filled += read;
    }
    return filled;
  };
  /** What was whole when it was written or opened no longer is. */
  const rescan = async (segment: Segment, before: FrameRange): Promise<void> => {
    const { ranges, damaged, torn } = await scanFrames(await readerOf(segment), before.from, before.to);
    report(segment, torn ? [...damaged, torn] : damaged);
    // The range may have grown meanwhile.
    const now = segment.unread.shift() as FrameRange;
    if (now.to > before.to) {
      segment.unread.unshift({ from: before.to, to: now.to, records: now.records - before.records });
    }
    segment.unread.unshift(...ranges);
    records -= before.records - recordsOf(ranges);
    bytes -= before.to - before.from - bytesOf(ranges);
    schedule();
  };

  const takeFrom = async (segment: Segment, range: FrameRange, maxBytes: number): Promise<Batch | undefined> => {
    const { from, to } = range;
    let filled = await readAt(segment, from, Math.min(to - from, maxBytes));
    let first = parseFrame(buffer, 0, filled);
    if (first.kind === 'short' && from + first.bytes <= to && first.bytes > filled) {
      filled = await readAt(segment, from, first.bytes);
      first = parseFrame(buffer, 0, filled);
      // The header came first, and says now how long the frame is.
      if (first.kind === 'short' && from + first.bytes <= to && first.bytes > filled) {
        filled = await readAt(segment, from, first.bytes);
        first = parseFrame(buffer, 0, filled);
      }
    }
    if (first.kind !== 'frame') {
      await rescan(segment, range);
      return undefined;
    }
    const taken: SinkRecord[] = [];
    let end = 0;
    for (let frame: ParsedFrame = first; frame.kind === 'frame'; frame = parseFrame(buffer, end, filled)) {
      decodeRecords(buffer, end, frame.bytes, taken);
      end += frame.bytes;
      segment.oldestAt = frame.at;
      if (end >= filled) break;
    }
    // The range may have grown meanwhile.
    const now = segment.unread[0] as FrameRange;
    const rest = { from: from + end, to: now.to, records: now.records - taken.length };
    if (rest.from === rest.to) segment.unread.shift();
    else segment.unread[0] = rest;
    const mark: Mark = { segment, from, at: first.at, settled: false };
    segment.taken++;
    outstanding.push(mark);
    const batch: TakenBatch = { records: taken, bytes: end, mark };
    return batch;
  };

  return {
    get records() {
      return records;
    },
    get bytes() {
      return bytes;
    },
    get diskBytes() {
      return diskBytes;
    },
    get segments() {
      return segments.length;
    },
    get taken() {
      return outstanding.length;
    },
    get oldestAt() {
      return outstanding[0]?.at ?? segments.find(({ unread }) => unread.length > 0)?.oldestAt;
    },
    nextPath: () => join(directory, segmentName(nextNumber++)),
    add(segment) {
      segments.push(segment);
      diskBytes += segment.size;
    },
    grow(segment, frames, at) {
      if (segment.unread.length === 0) segment.oldestAt = at;
      addFrame(segment.unread, frames);
      const grown = frames.to - frames.from;
      segment.size += grown;
      diskBytes += grown;
      bytes += grown;
      records += frames.records;
    },
    seal(segment, size = segment.size) {
      diskBytes += size - segment.size;
      segment.size = size;
      segment.sealed = true;
      if (segment.unread.length === 0 && segment.taken === 0) void chore(removeDrained);
    },
    async take(maxBytes) {
      while (!closed) {
        const segment = segments.find(({ unread }) => unread.length > 0);
        const range = segment?.unread[0];
        if (!segment || !range) return undefined;
        try {
          const batch = await takeFrom(segment, range, maxBytes);
          if (batch) return batch;
        } catch (error) {
          // A file that failed once is opened anew.
          await readers
            .get(segment)
            ?.close()
            .catch(() => {});
          readers.delete(segment);
          throw error;
        }
      }
      return undefined;
    },
    settle(batch) {
      // The directory may be another's by now: what is settled this late is drained again.
      if (closed) return;
      const { mark } = batch as TakenBatch;
      const { segment } = mark;
      mark.settled = true;
      segment.taken--;
      records -= batch.records.length;
      bytes -= batch.bytes;
      while (outstanding[0]?.settled) outstanding.shift();
      if (segment.sealed && segment.unread.length === 0 && segment.taken === 0) void chore(removeDrained);
      schedule();
    },
    save,
    async close() {
      await save();
      closed = true;
      clearTimeout(timer);
      await chores;
      for (const file of readers.values()) await file.close().catch(() => {});
    },
  };
}

function toCheckpoint({ id = '', path }: Segment, offset: number): Checkpoint {
  return { segment: id || path, offset };
}

function unlessGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
