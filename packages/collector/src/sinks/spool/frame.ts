import type { SinkRecord } from '../../core/types.js';
import { crc32 } from './crc32.js';

/*
 * A frame holds the records of one append, or a part of them; all numbers are little-endian.
 *
 *   0  u32  magic: bytes that no UTF-8 text has, so that a reader finds the next frame behind a damaged one
 *   4  u32  CRC-32 of everything from byte 8 to the end of the body
 *   8  u32  bytes of the body
 *  12  u32  the same, inverted: a length that is damaged is told from a frame that was not written to its end
 *  16  u32  records in the body
 *  20  f64  when it was written, ms since the Unix epoch
 *  28       body: for each record
 *             u32  bytes of the text
 *             u32  length of the id in the text, UTF-16 code units
 *             u32  length of the partition key, UTF-16 code units
 *                  text: id, partition key and data as UTF-8
 *
 * One text for all three is written and read by one native call instead of three: 0.16 µs for a record of 600 bytes
 * instead of 0.21 µs, and 0.11 µs instead of 0.20 µs to read it.
 */
export const frameHeaderBytes = 28;
const recordHeaderBytes = 12;
const magic = 0xff5352fe;
export const frameMagic: Buffer = Buffer.from([0xfe, 0x52, 0x53, 0xff]);

/** A frame takes no further record beyond this: what a damaged byte costs is bounded. Unit: bytes. */
export const frameTargetBytes = 65_536;

/** Where frames are gathered until they are written; the memory is used again. */
export interface FrameBuffer {
  /** Bytes of whole frames. */
  readonly length: number;
  readonly records: number;
  /** Adds records as frames. @returns Bytes added. */
  add(records: readonly SinkRecord[], at: number): number;
  /** Takes back what the last `add` added. */
  undo(): void;
  /** The frames; valid until `clear`. */
  bytes(): Buffer;
  clear(): void;
}

/** Memory beyond this is given back when the buffer is cleared. Unit: bytes. */
const keptBytes = 4 << 20;

export function createFrameBuffer(): FrameBuffer {
  let buffer = Buffer.allocUnsafeSlow(1 << 16);
  let length = 0;
  let records = 0;
  let before = { length, records };

  const reserve = (bytes: number): void => {
    if (length + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, length + bytes));
    buffer.copy(larger, 0, 0, length);
    buffer = larger;
  };
  const begin = (): number => {
    reserve(frameHeaderBytes);
    length += frameHeaderBytes;
    return length - frameHeaderBytes;
  };
  const end = (start: number, count: number, at: number): void => {
    const bytes = length - start - frameHeaderBytes;
    buffer.writeUInt32LE(magic, start);
    buffer.writeUInt32LE(bytes, start + 8);
    buffer.writeUInt32LE(~bytes >>> 0, start + 12);
    buffer.writeUInt32LE(count, start + 16);
    buffer.writeDoubleLE(at, start + 20);
    buffer.writeUInt32LE(crc32(buffer.subarray(start + 8, length)), start + 4);
  };

  return {
    get length() {
      return length;
    },
    get records() {
      return records;
    },
    add(added, at) {
      before = { length, records };
      let start = begin();
      let count = 0;
      for (const { id, partitionKey, data } of added) {
        if (length - start > frameTargetBytes) {
          end(start, count, at);
          start = begin();
          count = 0;
        }
        const text = id + partitionKey + data;
        reserve(recordHeaderBytes + text.length * 3);
        const bytes = buffer.write(text, length + recordHeaderBytes);
        buffer.writeUInt32LE(bytes, length);
        buffer.writeUInt32LE(id.length, length + 4);
        buffer.writeUInt32LE(partitionKey.length, length + 8);
        length += recordHeaderBytes + bytes;
        count++;
      }
      end(start, count, at);
      records += added.length;
      return length - before.length;
    },
    undo() {
      ({ length, records } = before);
    },
    bytes: () => buffer.subarray(0, length),
    clear() {
      length = 0;
      records = 0;
      if (buffer.length > keptBytes) buffer = Buffer.allocUnsafeSlow(1 << 16);
    },
  };
}

export type ParsedFrame =
  /** A whole, undamaged frame. */
  | { readonly kind: 'frame'; readonly bytes: number; readonly records: number; readonly at: number }
  /** The beginning of a frame of so many bytes; of the header, when not even that is whole. */
  | { readonly kind: 'short'; readonly bytes: number }
  | { readonly kind: 'bad' };

const bad: ParsedFrame = { kind: 'bad' };

/** Reads the frame that begins at `start`; what is in the buffer ends at `end`. */
export function parseFrame(buffer: Buffer, start: number, end: number): ParsedFrame {
  if (end - start < frameHeaderBytes) {
    const begun = Math.min(end - start, frameMagic.length);
    return buffer.compare(frameMagic, 0, begun, start, start + begun) === 0
      ? { kind: 'short', bytes: frameHeaderBytes }
      : bad;
  }
  if (buffer.readUInt32LE(start) !== magic) return bad;
  const length = buffer.readUInt32LE(start + 8);
  if (~length >>> 0 !== buffer.readUInt32LE(start + 12)) return bad;
  const bytes = frameHeaderBytes + length;
  if (end - start < bytes) return { kind: 'short', bytes };
  if (crc32(buffer.subarray(start + 8, start + bytes)) !== buffer.readUInt32LE(start + 4)) return bad;
  return {
    kind: 'frame',
    bytes,
    records: buffer.readUInt32LE(start + 16),
    at: buffer.readDoubleLE(start + 20),
  };
}

/** Adds the records of a frame, which `parseFrame` found whole, to a list. */
export function decodeRecords(buffer: Buffer, start: number, bytes: number, into: SinkRecord[]): void {
  const end = start + bytes;
  for (let at = start + frameHeaderBytes; at < end; ) {
    const textBytes = buffer.readUInt32LE(at);
    const idEnd = buffer.readUInt32LE(at + 4);
    const keyEnd = idEnd + buffer.readUInt32LE(at + 8);
    at += recordHeaderBytes;
    const text = buffer.toString('utf8', at, at + textBytes);
    into.push({ id: text.slice(0, idEnd), partitionKey: text.slice(idEnd, keyEnd), data: text.slice(keyEnd) });
    at += textBytes;
  }
}
