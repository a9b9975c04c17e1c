import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from './settings-table.js';

/** Settings of one process: the folder is its own. */
export interface ProcessSettings extends Settings {
  /** Folders of workers that there were once and are no more: to be drained, never written. */
  readonly spoolLeftovers: readonly string[];
}

/**
 * Settings of each process, the first being worker 1. The folder of a worker has its number, which a restarted one gets
 * again: so it finds what it left. Folders beyond the last, of an earlier start with more workers, fall to worker 1.
 */
export async function toProcesses(settings: Settings): Promise<readonly ProcessSettings[]> {
  const { spoolDirectory: folder, workers } = settings;
  const names = folder === undefined ? [] : await readdir(folder).catch(() => []);
  const numbers = names.map((name) => Number(/^worker-([1-9]\d{0,5})$/.exec(name)?.[1])).filter((n) => n > workers);
  const folderOf = (worker: number): string => join(folder ?? '', `worker-${worker}`);
  return Array.from({ length: workers }, (_, at) => ({
    ...settings,
    spoolDirectory: folder && folderOf(at + 1),
    spoolLeftovers: at === 0 ? numbers.sort((a, b) => a - b).map(folderOf) : [],
  }));
}
