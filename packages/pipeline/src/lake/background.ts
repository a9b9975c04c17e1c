import { dayAt } from '../day.js';
import { type CompactContext, type CompactOptions, type CompactResult, compactLake } from './compaction.js';
import { openDuckdb } from './duckdb.js';
import type { LakeFiles } from './files.js';
import { workFolder } from './layout.js';
import { LakeError } from './manifest.js';
import { findSmallFiles, mergeSmallFiles } from './merge.js';
import type { ResolvedLakeOptions } from './options.js';
import type { LakeStore } from './store.js';

/** Compactions of a lake that is being written, one at a time. */
export interface Background {
  compact(options: CompactOptions): Promise<CompactResult>;
  /** Files were added: puts small ones together where there are too many. */
  filesAdded(): void;
  /** Interrupts what runs: the day that is on its way stays as it was. */
  close(): Promise<void>;
}

/** Between looks whether a day has ended. Unit: ms. */
const dayCheckMs = 60_000;

export interface BackgroundContext {
  readonly store: LakeStore;
  readonly files: LakeFiles;
  readonly now: () => number;
}

export function startBackground(options: ResolvedLakeOptions, { store, files, now }: BackgroundContext): Background {
  const { autoCompact, maxFiles, rowGroupSize, formulas, memoryMb } = options;
  let running: Promise<unknown> | undefined;
  let interrupt: (() => void) | undefined;
  let closed = false;
  let compactedOn: string | undefined;

  /** With a DuckDB of its own, so that a flush waits for none of it. */
  function inTurn<Result>(work: (context: CompactContext) => Promise<Result>): Promise<Result> {
    const before = running ?? Promise.resolve();
    const result = before.then(async () => {
      if (closed) throw new LakeError('The lake writer is closed');
      const { connection, close } = await openDuckdb(store.path(`${workFolder}/compact`), memoryMb);
      interrupt = () => connection.interrupt();
      try {
        return await work({ store, files, connection, rowGroupSize, formulas, now, isStopped: () => closed });
      } finally {
        interrupt = undefined;
        close();
      }
    });
    const settled = result.then(
      () => {},
      () => {},
    );
    running = settled;
    void settled.then(() => {
      if (running === settled) running = undefined;
    });
    return result;
  }

  const tellUnlessClosed = (error: unknown): void => {
    if (!closed) options.onError?.(error);
  };
  const compactDaily = (): void => {
    if (closed || running || compactedOn === dayAt(now())) return;
    compactedOn = dayAt(now());
    void inTurn((context) => compactLake(context, {})).catch(tellUnlessClosed);
  };
  const daily = autoCompact ? setInterval(compactDaily, dayCheckMs).unref() : undefined;

  return {
    compact: (given) => inTurn((context) => compactLake(context, given)),
    filesAdded() {
      if (!autoCompact || running || closed) return;
      if (findSmallFiles(store.manifest, maxFiles).length === 0) return;
      void inTurn((context) => mergeSmallFiles(context, maxFiles)).catch(tellUnlessClosed);
    },
    async close() {
      closed = true;
      clearInterval(daily);
      interrupt?.();
      await running;
    },
  };
}
