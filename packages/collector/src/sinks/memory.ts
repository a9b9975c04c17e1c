import type { Sink, SinkRecord } from '../core/types.js';

/** Keeps records in memory: for tests. */
export interface MemorySink extends Sink {
  /** Everything put, in order. */
  readonly records: SinkRecord[];
}

export function createMemorySink(): MemorySink {
  const records: SinkRecord[] = [];
  return {
    records,
    async put(batch) {
      records.push(...batch);
      return [];
    },
  };
}
