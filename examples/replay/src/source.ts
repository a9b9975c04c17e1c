import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

const identityBytes = 65_536;

export interface SourceFile {
  readonly path: string;
  /** Known by the first bytes, not by the name. */
  readonly gzip: boolean;
  /** Unit: bytes on disk. */
  readonly size: number;
  /**
   * What the rows are, wherever the file lies and however it is packed: SHA-256 of the first 64 KiB of its text.
   * Events are named by it, so that a sample of a file and the whole file give the same events.
   */
  readonly identity: string;
  /**
   * Which file it is: `identity`, size and the last 64 KiB on disk. Progress is kept by it, so that a file that goes on
   * after the same beginning is not taken for one already sent.
   */
  readonly fingerprint: string;
}

/**
 * Looks at a file without reading it whole.
 *
 * @throws {Error} It does not exist, is no regular file, or is a zip archive.
 */
export async function inspectFile(path: string): Promise<SourceFile> {
  const { start, tail, size } = await readEnds(path);
  const gzip = start[0] === 0x1f && start[1] === 0x8b;
  if (start.toString('latin1') === 'PK\u0003\u0004') throw new Error(`${path}: is a zip archive. Unpack it first.`);
  const identity = sha256(await readHead(path, gzip));
  return { path, gzip, size, identity, fingerprint: sha256(`${identity} ${size} ${sha256(tail)}`) };
}

async function readEnds(path: string): Promise<{ start: Buffer; tail: Buffer; size: number }> {
  const file = await open(path).catch((cause: Error) => {
    throw new Error(`${path}: cannot be opened: ${cause.message}`, { cause });
  });
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new Error(`${path}: is no regular file. A replay reads its beginning twice.`);
    const { size } = stat;
    const start = await file.read(Buffer.alloc(4), 0, 4, 0);
    const length = Math.min(size, identityBytes);
    const tail = await file.read(Buffer.alloc(length), 0, length, size - length);
    return { start: start.buffer.subarray(0, start.bytesRead), tail: tail.buffer.subarray(0, tail.bytesRead), size };
  } finally {
    await file.close();
  }
}

async function readHead(path: string, gzip: boolean): Promise<Buffer> {
  const file = createReadStream(path);
  const text = gzip ? pipeline(file, createGunzip(), () => undefined) : file;
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of text as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= identityBytes) break;
    }
  } catch (cause) {
    throw new Error(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  } finally {
    file.destroy();
  }
  return Buffer.concat(chunks).subarray(0, identityBytes);
}

const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');
