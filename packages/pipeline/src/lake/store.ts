import { dirname, join, resolve } from 'node:path';
import { lockDirectory, readHolder } from '@rastro/collector/spool';
import type { LakeFiles } from './files.js';
import { isOwnFile, temporary, workFolder } from './layout.js';
import { LakeError, type LakeFile, type LakeManifest, manifestName, readManifest, writeManifest } from './manifest.js';

/** A lake that this process alone changes. */
export interface LakeStore {
  readonly directory: string;
  readonly manifest: LakeManifest;
  /** @param relative As in the manifest. */
  path(relative: string): string;
  /** A number for the files of a flush or a compaction. */
  nextFlush(): number;
  /** Makes a finished file durable under its name. It belongs to the lake once a manifest names it. @returns Its length. Unit: bytes. */
  publish(relative: string): Promise<number>;
  /** Makes names durable that `publish` gave. */
  syncFolders(relatives: readonly string[]): Promise<void>;
  /** Replaces the manifest: one change after the other. */
  commit(change: (manifest: LakeManifest) => Omit<LakeManifest, 'version' | 'generation'>): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a lake, alone, and removes what an end without warning left over.
 *
 * @param stream For a lake that is made. Without it, a folder that is no lake is refused.
 * @throws {LakeError} If another process has it, or its manifest is damaged, or gone while its files are there.
 */
export async function openStore(
  given: string,
  files: LakeFiles,
  { stream, onError }: { stream?: string; onError?: ((error: unknown) => void) | undefined },
): Promise<LakeStore> {
  const directory = resolve(given);
  if (stream === undefined) await readManifest(directory);
  await files.makeFolder(directory);
  const lock = await lockDirectory(directory).catch(async (cause: unknown) => {
    const holder = await readHolder(directory).catch(() => undefined);
    if (!holder) throw cause;
    const host = (cause as { elsewhere?: boolean }).elsewhere ? ` of another container or host, ${holder.host}` : '';
    throw new LakeError(`${directory} is in use by the process ${holder.pid}${host}: a lake has one writer`, { cause });
  });
  try {
    let manifest = await readOrMake(directory, files, stream);
    manifest = await withoutMissing(directory, manifest, files, onError);
    await removeRest(directory, manifest, files);
    return createStore(directory, manifest, files, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function readOrMake(directory: string, files: LakeFiles, stream: string | undefined): Promise<LakeManifest> {
  if (await files.exists(join(directory, manifestName))) return readManifest(directory);
  const made = (await listOwn(directory, files)).find((path) => !path.endsWith('.tmp'));
  if (made) {
    const message = `${directory} has files of a lake, such as ${made}, and no ${manifestName} that names them. Put it back, or move the files away.`;
    throw new LakeError(message);
  }
  const manifest: LakeManifest = {
    version: 1,
    generation: 0,
    flush: 0,
    stream: stream ?? '',
    positions: {},
    seenBytes: 0,
    files: [],
  };
  await writeManifest(directory, manifest, files);
  // The folder's own name. Where the one above may not be read, it is left to the system.
  await files.syncFolder(dirname(directory)).catch(() => {});
  return manifest;
}

/** Somebody deleted old days: the others can still be read. */
async function withoutMissing(
  directory: string,
  manifest: LakeManifest,
  files: LakeFiles,
  onError: ((error: unknown) => void) | undefined,
): Promise<LakeManifest> {
  const there = new Set(await listOwn(directory, files));
  const [kept, missing]: [LakeFile[], LakeFile[]] = [[], []];
  for (const file of manifest.files) (there.has(file.path) ? kept : missing).push(file);
  const [first] = missing;
  if (!first) return manifest;
  const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
  onError?.(new LakeError(`${join(directory, first.path)}${more} is gone: taken out of the lake’s list of files`));
  const next = { ...manifest, generation: manifest.generation + 1, files: kept };
  await writeManifest(directory, next, files);
  return next;
}

async function removeRest(directory: string, manifest: LakeManifest, files: LakeFiles): Promise<void> {
  const named = new Set(manifest.files.map(({ path }) => path));
  const rest = (await listOwn(directory, files)).filter((path) => !named.has(path));
  const work = (await files.list(join(directory, workFolder))).map((name) => `${workFolder}/${name}`);
  for (const path of [...rest, ...work]) await files.remove(join(directory, path));
}

async function listOwn(directory: string, files: LakeFiles): Promise<string[]> {
  const lists = await Promise.all(
    ['events', 'clicks', 'errors'].map(async (dataset) =>
      (await files.list(join(directory, dataset))).map((path) => `${dataset}/${path}`),
    ),
  );
  return lists.flat().filter(isOwnFile);
}

function createStore(
  directory: string,
  opened: LakeManifest,
  files: LakeFiles,
  lock: Awaited<ReturnType<typeof lockDirectory>>,
): LakeStore {
  let manifest = opened;
  let lastFlush = manifest.flush;
  let commits: Promise<unknown> = Promise.resolve();
  const path = (relative: string): string => join(directory, relative);
  return {
    directory,
    get manifest() {
      return manifest;
    },
    path,
    nextFlush() {
      lastFlush += 1;
      return lastFlush;
    },
    async publish(relative) {
      const bytes = await files.sync(temporary(path(relative)));
      await files.rename(temporary(path(relative)), path(relative));
      return bytes;
    },
    async syncFolders(relatives) {
      // Those above, too: a folder may be new.
      const folders = new Set(relatives.flatMap(foldersOf));
      for (const folder of folders) await files.syncFolder(path(folder));
    },
    commit(change) {
      const committed = commits.then(async () => {
        if (lock.lost)
          throw new LakeError(`${directory} is gone or was taken over by another process: this one writes no more`);
        const next: LakeManifest = { version: 1, generation: manifest.generation + 1, ...change(manifest) };
        await writeManifest(directory, next, files);
        manifest = next;
      });
      commits = committed.catch(() => {});
      return committed;
    },
    async close() {
      await commits;
      await lock.release();
    },
  };
}

/** From the file's folder up to the lake's own. */
function foldersOf(relative: string): string[] {
  const folders: string[] = [];
  for (let folder = dirname(relative); folder !== '.'; folder = dirname(folder)) folders.push(folder);
  return [...folders, '.'];
}
