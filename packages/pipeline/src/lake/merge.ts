import { filePath } from './layout.js';
import type { LakeFile, LakeManifest } from './manifest.js';
import { replace } from './replace.js';
import { type CompactContext, concatenate, writeEvents } from './rewrite.js';

/**
 * Small files of a day, more than `most` of about one size: each group is to become one file. With sizes in steps of 64 a
 * row is copied three times until it lies among 262,144 others.
 */
export function findSmallFiles(manifest: LakeManifest, most: number): LakeFile[][] {
  const groups = new Map<string, LakeFile[]>();
  for (const file of manifest.files) {
    if (file.compacted) continue;
    const size = Math.floor(Math.log(Math.max(file.rows, 1)) / Math.log(64) + 1e-9);
    const key = `${file.dataset} ${file.day} ${size}`;
    const group = groups.get(key);
    if (group) group.push(file);
    else groups.set(key, [file]);
  }
  return [...groups.values()].filter((group) => group.length > most);
}

/** Puts small files together, rows as they are. */
export async function mergeSmallFiles(context: CompactContext, most: number): Promise<void> {
  for (const group of findSmallFiles(context.store.manifest, most)) {
    const [first] = group;
    if (!first || context.isStopped()) return;
    const { dataset, day } = first;
    const flush = context.store.nextFlush();
    await replace(context, day, flush, group, async () => {
      if (dataset !== 'events') return concatenate(context, dataset, day, group, flush, false);
      const path = filePath(dataset, day, flush);
      const rows = await writeEvents(context, path, group, false);
      return [{ path, dataset, day, rows, flush, compacted: false }];
    });
  }
}
