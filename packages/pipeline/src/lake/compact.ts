import { type CompactOptions, type CompactResult, compactLake } from './compaction.js';
import { openDuckdb } from './duckdb.js';
import { nodeFiles } from './files.js';
import { workFolder } from './layout.js';
import { type LakeOptions, resolveLakeOptions } from './options.js';
import { openStore } from './store.js';

export interface CompactDirectoryOptions
  extends CompactOptions,
    Pick<LakeOptions, 'directory' | 'formulas' | 'rowGroupSize' | 'memoryMb' | 'now' | 'onError'> {
  /** Ends it: the day that is on its way stays as it was. */
  signal?: AbortSignal | undefined;
}

/**
 * Compacts a lake that nobody writes. `LakeWriter.compact` is for one that is open.
 *
 * @throws {TypeError} If an option is wrong.
 * @throws {LakeError} If the folder is no lake, or is in use.
 */
export async function compactDirectory(options: CompactDirectoryOptions): Promise<CompactResult> {
  const { directory, formulas, rowGroupSize, memoryMb } = resolveLakeOptions({ ...options, stream: 'any' });
  const { signal } = options;
  const store = await openStore(directory, nodeFiles, { onError: options.onError });
  try {
    await nodeFiles.makeFolder(store.path(workFolder));
    const duckdb = await openDuckdb(store.path(`${workFolder}/compact`), memoryMb);
    const stop = (): void => duckdb.connection.interrupt();
    signal?.addEventListener('abort', stop);
    try {
      const now = options.now ?? Date.now;
      const isStopped = (): boolean => signal?.aborted === true;
      const context = {
        store,
        files: nodeFiles,
        connection: duckdb.connection,
        rowGroupSize,
        formulas,
        now,
        isStopped,
      };
      return await compactLake(context, options);
    } finally {
      signal?.removeEventListener('abort', stop);
      duckdb.close();
    }
  } finally {
    await store.close();
  }
}
