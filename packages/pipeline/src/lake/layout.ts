import type { LakeFile } from './manifest.js';

const extensions: Readonly<Record<LakeFile['dataset'], string>> = {
  events: 'parquet',
  clicks: 'csv',
  errors: 'ndjson',
};

/** Folder of a day, as Hive names partitions. @param day `2019-10-01`. */
export function dayFolder(dataset: LakeFile['dataset'], day: string): string {
  const [year, month, date] = day.split('-');
  return `${dataset}/year=${year}/month=${month}/day=${date}`;
}

/** Path of a file, relative to the lake. */
export const filePath = (dataset: LakeFile['dataset'], day: string, flush: number): string =>
  `${dayFolder(dataset, day)}/part-${String(flush).padStart(8, '0')}.${extensions[dataset]}`;

/** Whether the lake made a file of this path, finished or not. Others in the folder are left alone. */
export const isOwnFile = (path: string): boolean =>
  /^(events|clicks|errors)\/year=\d{4}\/month=\d\d\/day=\d\d\/part-\d{8,}\.(parquet|csv|ndjson)(\.tmp)?$/.test(path);

/** What is on its way has a name that no `*.parquet` or `*.csv` matches. */
export const temporary = (path: string): string => `${path}.tmp`;

/** Rows on their way to DuckDB, and what it has no memory for. */
export const workFolder = '.work';
