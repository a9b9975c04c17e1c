import { filePath, temporary, workFolder } from './layout.js';
import type { LakeFile } from './manifest.js';
import type { CompactContext, Made } from './rewrite.js';

export const datasets: readonly LakeFile['dataset'][] = ['events', 'clicks', 'errors'];

/** Swaps files of a day for those that `make` writes: all of them, or none. @returns How many there are now. */
export async function replace(
  { store, files }: CompactContext,
  day: string,
  flush: number,
  old: readonly LakeFile[],
  make: () => Promise<Made[]>,
): Promise<number> {
  const published: LakeFile[] = [];
  try {
    await files.makeFolder(store.path(workFolder));
    for (const file of await make()) {
      published.push({ ...file, bytes: file.bytes ?? (await store.publish(file.path)) });
    }
    await store.syncFolders(published.map(({ path }) => path));
  } catch (error) {
    for (const dataset of datasets) {
      const path = store.path(filePath(dataset, day, flush));
      for (const left of [temporary(path), path]) await files.remove(left).catch(() => {});
    }
    throw error;
  }
  // Not undone when it fails: the manifest may be the new one all the same. What is left over goes at the next start.
  const gone = new Set(old.map(({ path }) => path));
  await store.commit((manifest) => ({
    ...manifest,
    flush: Math.max(manifest.flush, flush),
    files: [...manifest.files.filter(({ path }) => !gone.has(path)), ...published],
  }));
  const named = new Set(published.map(({ path }) => path));
  for (const { path } of old) if (!named.has(path)) await files.remove(store.path(path)).catch(() => {});
  return published.length;
}
