import { dayAt, isDay } from '../day.js';
import { checkInteger, wrongOption } from '../options.js';
import { filePath, temporary } from './layout.js';
import type { LakeFile, LakeManifest } from './manifest.js';
import { datasets, replace } from './replace.js';
import { type CompactContext, concatenate, type Made, sumOf, writeClicks, writeEvents } from './rewrite.js';

export type { CompactContext } from './rewrite.js';

export interface CompactProgress {
  readonly day: string;
  /** Of the days to compact, from 1. */
  readonly index: number;
  readonly days: number;
  /** Files that the day had. */
  readonly files: number;
}

export interface CompactOptions {
  /** Only days before this one, and before today in any case: `2019-10-02`, UTC. @default today */
  before?: string | undefined;
  /** Only days with so many files of one kind. At least 1. @default 1 */
  minFiles?: number | undefined;
  /** Before each day. */
  onProgress?: ((progress: CompactProgress) => void) | undefined;
}

export interface CompactResult {
  /** Compacted, ascending. */
  readonly days: readonly string[];
  /** Of these days, before and after. */
  readonly filesBefore: number;
  readonly filesAfter: number;
  /** Repeats that are gone. */
  readonly duplicates: number;
}

/**
 * Makes one file per past day and kind, each event once, by time. A day changes with one manifest; one that another
 * ended in between is as before.
 *
 * @throws {TypeError} If an option is wrong.
 */
export async function compactLake(
  context: CompactContext,
  { before, minFiles = 1, onProgress }: CompactOptions,
): Promise<CompactResult> {
  if (before !== undefined && !isDay(before)) throw wrongOption('before', 'a day such as 2019-10-02', before);
  checkInteger('minFiles', minFiles, 1, Number.MAX_SAFE_INTEGER);
  const today = dayAt(context.now());
  const days = daysToCompact(context.store.manifest, before !== undefined && before < today ? before : today, minFiles);
  const result = { days: [] as string[], filesBefore: 0, filesAfter: 0, duplicates: 0 };
  for (const [at, day] of days.entries()) {
    if (context.isStopped()) break;
    const files = context.store.manifest.files.filter((file) => file.day === day);
    onProgress?.({ day, index: at + 1, days: days.length, files: files.length });
    const made = await compactDay(context, day, files);
    result.days.push(day);
    result.filesBefore += files.length;
    result.filesAfter += made.files;
    result.duplicates += made.duplicates;
  }
  return result;
}

function daysToCompact({ files }: LakeManifest, before: string, minFiles: number): string[] {
  const kinds = new Map<string, LakeFile[]>();
  for (const file of files) {
    if (file.day >= before) continue;
    const key = `${file.day} ${file.dataset}`;
    kinds.set(key, [...(kinds.get(key) ?? []), file]);
  }
  const due = [...kinds].filter(([, of]) => of.length >= minFiles && isUnfinished(of));
  return [...new Set(due.map(([key]) => key.slice(0, 10)))].sort();
}

const isUnfinished = (files: readonly LakeFile[]): boolean => files.length > 1 || files.some((file) => !file.compacted);

async function compactDay(
  context: CompactContext,
  day: string,
  all: readonly LakeFile[],
): Promise<{ readonly files: number; readonly duplicates: number }> {
  const { store } = context;
  const flush = store.nextFlush();
  const [events, clicks, errors] = datasets.map((dataset) => all.filter((file) => file.dataset === dataset)) as [
    LakeFile[],
    LakeFile[],
    LakeFile[],
  ];
  const isNew = isUnfinished(events);
  const path = filePath('events', day, flush);
  let duplicates = 0;
  const files = await replace(context, day, flush, all, async () => {
    const made: Made[] = [];
    if (isNew) {
      const rows = await writeEvents(context, path, events, true);
      duplicates = sumOf(events) - rows;
      made.push({ path, dataset: 'events', day, rows, flush, compacted: true });
    } else made.push(...events);
    const source = isNew ? temporary(path) : events[0]?.path;
    if (source !== undefined && clicks.length > 0 && clicks.every(({ paired }) => paired)) {
      made.push(await writeClicks(context, source, day, flush));
    } else made.push(...(await concatenate(context, 'clicks', day, clicks, flush, true)));
    made.push(...(await concatenate(context, 'errors', day, errors, flush, true)));
    return made;
  });
  return { files, duplicates };
}
