import type { SpoolFile } from './files.js';
import { frameMagic, parseFrame } from './frame.js';

/** Part of a segment: from the first byte to the one behind the last. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Whole frames that touch. */
export interface FrameRange extends Range {
  readonly records: number;
}

/** A whole frame as it is found; the buffer is valid only during the call. */
export interface FoundFrame extends Range {
  readonly records: number;
  /** When it was written, ms since the Unix epoch. */
  readonly at: number;
  readonly buffer: Buffer;
  /** Where the frame begins in the buffer. */
  readonly start: number;
}

export interface Scan {
  /** What can be read: whole frames, those that touch put together. */
  readonly ranges: FrameRange[];
  /** What cannot, and is not just the unfinished end. */
  readonly damaged: Range[];
  /** An end that was not written whole; nothing in it was acknowledged. */
  readonly torn: Range | undefined;
}

const windowBytes = 1 << 20;

/**
 * Reads the frames of a segment between two places, one window of memory at a time. Behind damage it looks for the next
 * whole frame.
 */
export async function scanFrames(
  file: SpoolFile,
  from: number,
  to: number,
  visit: (frame: FoundFrame) => void | Promise<void> = () => {},
): Promise<Scan> {
  const ranges: FrameRange[] = [];
  const damaged: Range[] = [];
  let buffer = Buffer.allocUnsafeSlow(windowBytes);
  /** Place of the buffer's first byte in the file; what it holds; where we are in it. */
  let base = from;
  let filled = 0;
  let at = 0;

  /** Makes so many bytes from `at` on available, or all there are. */
  const fill = async (bytes: number): Promise<void> => {
    if (filled - at >= bytes) return;
    const target = bytes > buffer.length ? Buffer.allocUnsafeSlow(bytes) : buffer;
    buffer.copy(target, 0, at, filled);
    buffer = target;
    base += at;
    filled -= at;
    at = 0;
    while (filled < buffer.length && base + filled < to) {
      const most = Math.min(buffer.length - filled, to - base - filled);
      const read = await file.read(buffer, filled, most, base + filled);
      if (read === 0) break;
      filled += read;
    }
  };
  const parse = async (): Promise<ReturnType<typeof parseFrame>> => {
    await fill(1);
    const first = parseFrame(buffer, at, filled);
    if (first.kind !== 'short') return first;
    await fill(first.bytes);
    const second = parseFrame(buffer, at, filled);
    // The header is there now, and says how long the whole is.
    if (second.kind !== 'short' || second.bytes === first.bytes) return second;
    await fill(second.bytes);
    return parseFrame(buffer, at, filled);
  };
  /** Goes to the next bytes that look like the beginning of a frame. */
  const seek = async (): Promise<boolean> => {
    at++;
    for (;;) {
      await fill(frameMagic.length);
      const found = buffer.subarray(0, filled).indexOf(frameMagic, at);
      if (found >= 0) {
        at = found;
        return true;
      }
      if (filled - at < frameMagic.length) return false;
      at = filled - frameMagic.length + 1;
    }
  };

  let badFrom: number | undefined;
  for (;;) {
    const offset = base + at;
    if (badFrom === undefined && offset >= to) break;
    const parsed = await parse();
    if (parsed.kind === 'frame') {
      if (badFrom !== undefined) damaged.push({ from: badFrom, to: offset });
      badFrom = undefined;
      const end = offset + parsed.bytes;
      addFrame(ranges, { from: offset, to: end, records: parsed.records });
      await visit({ from: offset, to: end, records: parsed.records, at: parsed.at, buffer, start: at });
      at += parsed.bytes;
      continue;
    }
    // A frame that is sound as far as it goes, at the very place where one is due: writing ended there.
    if (parsed.kind === 'short' && badFrom === undefined) return { ranges, damaged, torn: { from: offset, to } };
    badFrom ??= offset;
    if (!(await seek())) break;
  }
  if (badFrom === undefined) return { ranges, damaged, torn: undefined };
  const rest: Range = { from: badFrom, to };
  // After a power failure a file can be longer than what was written into it.
  if (await isZero(file, rest)) return { ranges, damaged, torn: rest };
  damaged.push(rest);
  return { ranges, damaged, torn: undefined };
}

/** Adds a frame to the ranges before it. */
export function addFrame(ranges: FrameRange[], { from, to, records }: FrameRange): void {
  const last = ranges.at(-1);
  if (last?.to === from) ranges[ranges.length - 1] = { from: last.from, to, records: last.records + records };
  else ranges.push({ from, to, records });
}

async function isZero(file: SpoolFile, { from, to }: Range): Promise<boolean> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(windowBytes, to - from));
  for (let at = from; at < to; ) {
    const read = await file.read(buffer, 0, Math.min(buffer.length, to - at), at);
    if (read === 0) break;
    if (buffer.subarray(0, read).some((byte) => byte !== 0)) return false;
    at += read;
  }
  return true;
}
