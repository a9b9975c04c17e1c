import { join } from 'node:path';
import { crc32 } from './crc32.js';
import type { SpoolFiles } from './files.js';

/** Everything before this place is drained. */
export interface Checkpoint {
  /** Id in the header of the segment. */
  readonly segment: string;
  /** Place in it. Unit: bytes. */
  readonly offset: number;
}

const name = 'checkpoint';
const largestBytes = 4_096;

/**
 * Replaces the checkpoint in one step. The step itself may be undone by a power failure: then records are drained twice,
 * never too few.
 */
export async function writeCheckpoint(directory: string, checkpoint: Checkpoint, files: SpoolFiles): Promise<void> {
  const text = JSON.stringify(checkpoint);
  const bytes = Buffer.from(`${text}\n${crc32(Buffer.from(text))}\n`);
  const path = join(directory, name);
  const file = await files.open(`${path}.new`, 'w');
  try {
    let at = 0;
    while (at < bytes.length) {
      const written = await file.write(bytes, at, bytes.length - at, at);
      if (written === 0) throw new Error(`${path}.new: nothing could be written`);
      at += written;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await files.rename(`${path}.new`, path);
}

/** @returns Nothing when there is none or it is damaged: then all that is there is drained. */
export async function readCheckpoint(directory: string, files: SpoolFiles): Promise<Checkpoint | undefined> {
  try {
    const file = await files.open(join(directory, name), 'r');
    try {
      const bytes = Buffer.alloc(largestBytes);
      const read = await file.read(bytes, 0, bytes.length, 0);
      const [text = '', sum] = bytes.toString('utf8', 0, read).split('\n');
      if (Number(sum) !== crc32(Buffer.from(text))) return undefined;
      return JSON.parse(text) as Checkpoint;
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
