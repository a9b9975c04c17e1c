import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { crc32 } from './crc32.js';
import type { SpoolFile, SpoolFiles } from './files.js';

/*
 * A segment is a file of frames behind a header:
 *
 *   0  8 bytes  magic
 *   8  u32      version of the format
 *  12  8 bytes  random id: what the checkpoint speaks of is this file, and no other of the same name
 *  20  f64      when it was begun, ms since the Unix epoch
 *  28  u32      CRC-32 of the bytes before
 */
export const segmentHeaderBytes = 32;
export const formatVersion = 1;
const magic = Buffer.from('RastroSp', 'latin1');

export interface SegmentHeader {
  /** Hexadecimal. */
  readonly id: string;
  /** ms since the Unix epoch. */
  readonly at: number;
}

export function encodeHeader(at: number): { header: SegmentHeader; bytes: Buffer } {
  const bytes = Buffer.alloc(segmentHeaderBytes);
  const id = randomBytes(8);
  magic.copy(bytes);
  bytes.writeUInt32LE(formatVersion, 8);
  id.copy(bytes, 12);
  bytes.writeDoubleLE(at, 20);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 28)), 28);
  return { header: { id: id.toString('hex'), at }, bytes };
}

/**
 * Reads the header of a segment.
 *
 * @returns Nothing when it is damaged or not whole.
 * @throws If another version of the format is needed: to guess at its frames would lose records.
 */
export async function readHeader(file: SpoolFile, path: string): Promise<SegmentHeader | undefined> {
  const bytes = Buffer.alloc(segmentHeaderBytes);
  for (let at = 0; at < bytes.length; ) {
    const read = await file.read(bytes, at, bytes.length - at, at);
    if (read === 0) return undefined;
    at += read;
  }
  if (!bytes.subarray(0, 8).equals(magic) || bytes.readUInt32LE(28) !== crc32(bytes.subarray(0, 28))) return undefined;
  const version = bytes.readUInt32LE(8);
  if (version !== formatVersion) {
    throw new Error(`${path} has version ${version} of the spool's format, this collector reads ${formatVersion}`);
  }
  return { id: bytes.toString('hex', 12, 20), at: bytes.readDoubleLE(20) };
}

export const segmentName = (number: number): string => `${String(number).padStart(10, '0')}.seg`;
/** Ending of a segment that is kept for people, because a part of it could not be read. */
export const damagedEnding = '.damaged';

export interface SegmentFile {
  readonly number: number;
  readonly path: string;
  /** Kept aside: not drained any more. */
  readonly aside: boolean;
}

/** The segments in a directory, oldest first. */
export async function listSegments(directory: string, files: SpoolFiles): Promise<SegmentFile[]> {
  const names = await files.list(directory);
  return names
    .flatMap((name) => {
      const [, number, ending] = /^(\d{10,})\.seg(\.damaged)?$/.exec(name) ?? [];
      return number === undefined
        ? []
        : [{ number: Number(number), path: join(directory, name), aside: ending !== undefined }];
    })
    .sort((a, b) => a.number - b.number);
}
