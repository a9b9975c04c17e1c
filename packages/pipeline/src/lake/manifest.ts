import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ShardPosition } from '../reader/follow.js';
import { type LakeFiles, nodeFiles } from './files.js';
import { temporary } from './layout.js';

/** A file of the lake. */
export interface LakeFile {
  /** Relative to the lake, with `/`: `events/year=2019/month=10/day=01/part-00000042.parquet`. */
  readonly path: string;
  /** `events`: Parquet, all columns. `clicks`: CSV, the six-column table. `errors`: one JSON object a line. */
  readonly dataset: 'events' | 'clicks' | 'errors';
  /** Of the event times in it, UTC: `2019-10-01`. */
  readonly day: string;
  readonly rows: number;
  readonly bytes: number;
  /** The flush, or the compaction, that made it. */
  readonly flush: number;
  /** Made by compaction: each event once, by time. */
  readonly compacted: boolean;
  /** Of `clicks`: each of its rows is in `events`, too, so that compaction can make it from there. Absent: not so. */
  readonly paired?: boolean;
}

/**
 * What the lake is: files and how far the stream is in them, replaced as one by a rename. A file that stands here is
 * complete; one that does not is the rest of a flush that never was, and is removed at the next start.
 */
export interface LakeManifest {
  readonly version: 1;
  /** Counts up with each change. */
  readonly generation: number;
  /** The last flush. */
  readonly flush: number;
  /** The stream that the positions belong to, by name and instant of creation. */
  readonly stream: string;
  readonly positions: Readonly<Record<string, ShardPosition>>;
  /** Length of the log of seen events, `seen.log.*`, that belongs to this state. Unit: bytes. */
  readonly seenBytes: number;
  readonly files: readonly LakeFile[];
}

export const manifestName = 'lake.json';

export class LakeError extends Error {
  override readonly name = 'LakeError';
}

/**
 * Reads what the lake is. It needs no lock: the file is replaced as a whole.
 *
 * @throws {LakeError} If the folder is no lake, or of a version that this one cannot read.
 */
export async function readManifest(directory: string): Promise<LakeManifest> {
  const path = join(directory, manifestName);
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT' && cause.code !== 'ENOTDIR') throw cause;
    throw new LakeError(`${directory} is no lake: it has no ${manifestName}`, { cause });
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new LakeError(`${path} is no JSON: the lake’s list of files is damaged`, { cause });
  }
  const { version, files } = (value ?? {}) as Partial<LakeManifest>;
  if (version !== 1 || !Array.isArray(files)) {
    throw new LakeError(`${path} has version ${JSON.stringify(version)}: this program reads version 1`);
  }
  return value as LakeManifest;
}

/** Replaces the manifest. When it resolves, the new one is on the disk; when it rejects, either is. */
export async function writeManifest(
  directory: string,
  manifest: LakeManifest,
  files: LakeFiles = nodeFiles,
): Promise<void> {
  const path = join(directory, manifestName);
  await files.write(temporary(path), [`${JSON.stringify(manifest, null, 1)}\n`]);
  await files.sync(temporary(path));
  await files.rename(temporary(path), path);
  await files.syncFolder(directory);
}
