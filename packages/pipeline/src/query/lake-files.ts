import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type LakeFile, manifestName, readManifest } from '../lake/manifest.js';

/**
 * @returns The files of the lake, none where there is no lake yet.
 * @throws {LakeError} When the manifest cannot be read, or is of another version: its files would be guessed.
 */
export async function readLakeFiles(lake: string): Promise<readonly LakeFile[]> {
  try {
    return (await readManifest(lake)).files;
  } catch (error) {
    if (isAbsent((error as Error).cause)) return [];
    throw error;
  }
}

/**
 * Tells one state of the manifest from the next without reading it: it is replaced by a rename, so another one is
 * another file.
 *
 * @returns `absent` where there is none.
 */
export async function manifestMark(lake: string): Promise<string> {
  try {
    const { ino, size, mtimeNs } = await stat(join(lake, manifestName), { bigint: true });
    return `${ino}-${size}-${mtimeNs}`;
  } catch (error) {
    if (isAbsent(error)) return 'absent';
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
