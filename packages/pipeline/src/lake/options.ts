import type { FormulaRule } from '../csv.js';
import { checkInteger, checkText, wrongOption } from '../options.js';
import { defaultSeenCapacity } from '../reader/seen.js';
import type { LakeFiles } from './files.js';
import type { ErrorReason } from './record.js';

/** What a flush brought. */
export interface FlushInfo {
  readonly flush: number;
  /** Events. */
  readonly rows: number;
  /** Lines of the error prefix, by reason. */
  readonly errors: Readonly<Partial<Record<ErrorReason, number>>>;
  /** Files written. */
  readonly files: number;
  /** UTC days that got rows, ascending. */
  readonly days: readonly string[];
  /** Unit: ms. */
  readonly durationMs: number;
}

export interface LakeOptions {
  /** Of the lake. It is made when it does not exist. */
  directory: string;
  /** Which stream the positions belong to: `name@instant of its creation`. With another than the lake knows, positions are dropped. */
  stream: string;
  /** A flush begins with so many records, and takes no more but for the rest of an aggregate. 1–1,000,000. @default 10_000 */
  flushRecords?: number | undefined;
  /** A flush begins so long after the first record that waits. 1–900,000, as with Firehose. Unit: ms. @default 5_000 */
  flushMs?: number | undefined;
  /** `add` waits while more is buffered. At least 1. Unit: bytes. @default 67_108_864 */
  maxBufferedBytes?: number | undefined;
  /** Write `clicks/`, the six-column table. @default true */
  csv?: boolean | undefined;
  /** Write `events/`, all columns. @default true */
  parquet?: boolean | undefined;
  /** What becomes of CSV cells that a spreadsheet would run. @default 'escape' */
  formulas?: FormulaRule | undefined;
  /** Most events remembered to recognise repeats, and at least half as many once there were so many. 2–100,000,000. @default 1_000_000 */
  seenCapacity?: number | undefined;
  /** Of the Parquet files. 2,048–1,000,000. Unit: rows. @default 122_880 */
  rowGroupSize?: number | undefined;
  /** More files of one size in one day become one. 2–10,000. @default 64 */
  maxFiles?: number | undefined;
  /** Compact past days once a day, and days with too many files, in the background. @default true */
  autoCompact?: boolean | undefined;
  /** What DuckDB may take, once for flushes and once for a compaction that runs. At least 64. Unit: MB. @default 512 */
  memoryMb?: number | undefined;
  /** For tests: the clock. Unit: ms since the Unix epoch. */
  now?: (() => number) | undefined;
  onFlush?: ((info: FlushInfo) => void) | undefined;
  /** What went wrong in the background. A flush is tried again with back-off until it succeeds. */
  onError?: ((error: unknown) => void) | undefined;
  /** For tests: the file system. */
  files?: LakeFiles | undefined;
}

type Defaulted =
  | 'flushRecords'
  | 'flushMs'
  | 'maxBufferedBytes'
  | 'csv'
  | 'parquet'
  | 'formulas'
  | 'seenCapacity'
  | 'rowGroupSize'
  | 'maxFiles'
  | 'autoCompact'
  | 'memoryMb';
type ResolvedDefaults = { readonly [Name in Defaulted]: NonNullable<LakeOptions[Name]> };
export type ResolvedLakeOptions = LakeOptions & ResolvedDefaults;

/** The row group is that of DuckDB. */
export const lakeDefaults: ResolvedDefaults = {
  flushRecords: 10_000,
  flushMs: 5_000,
  maxBufferedBytes: 64 * 1024 * 1024,
  csv: true,
  parquet: true,
  formulas: 'escape',
  seenCapacity: defaultSeenCapacity,
  rowGroupSize: 122_880,
  maxFiles: 64,
  autoCompact: true,
  memoryMb: 512,
};

const bounds = {
  flushRecords: [1, 1_000_000],
  flushMs: [1, 900_000],
  maxBufferedBytes: [1, Number.MAX_SAFE_INTEGER],
  seenCapacity: [2, 100_000_000],
  rowGroupSize: [2_048, 1_000_000],
  maxFiles: [2, 10_000],
  memoryMb: [64, 1_048_576],
} as const;

/** @throws {TypeError} If an option is wrong. */
export function resolveLakeOptions(options: LakeOptions): ResolvedLakeOptions {
  const resolved: Record<string, unknown> = { ...options };
  for (const [name, value] of Object.entries(lakeDefaults)) resolved[name] ??= value;
  for (const name of ['directory', 'stream']) checkText(name, resolved[name]);
  for (const [name, [least, most]] of Object.entries(bounds)) checkInteger(name, resolved[name], least, most);
  for (const name of ['csv', 'parquet', 'autoCompact']) {
    if (typeof resolved[name] !== 'boolean') throw wrongOption(name, 'true or false', resolved[name]);
  }
  const { formulas } = resolved;
  if (formulas !== 'escape' && formulas !== 'keep') throw wrongOption('formulas', "'escape' or 'keep'", formulas);
  if (!resolved['csv'] && !resolved['parquet'])
    throw new TypeError('csv and parquet are both false: nothing would be kept');
  return resolved as unknown as ResolvedLakeOptions;
}
