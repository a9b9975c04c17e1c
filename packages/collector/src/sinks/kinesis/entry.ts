import type { SinkFailure } from '../../core/types.js';

/** A record on its way. */
export interface Entry {
  readonly partitionKey: string;
  readonly data: string;
  readonly dataBytes: number;
  /** What the service counts: data and key. Unit: bytes. */
  readonly bytes: number;
  readonly put: Put;
  /** Position in its put. */
  readonly index: number;
  /** Why its last call failed. */
  failedFor?: string;
}

/** A call of `put` that waits for its records. */
export interface Put {
  /** No call for its records begins later. Unit: ms of the sink's clock. */
  readonly deadlineAt: number;
  left: number;
  readonly failures: SinkFailure[];
  /** Called once, when all its records are settled. */
  resolve(failures: readonly SinkFailure[]): void;
}

/** A record is settled: on the stream, or failed. */
export function settle({ put, index }: Entry, failure?: Omit<SinkFailure, 'index'>): void {
  if (failure) put.failures.push({ index, ...failure });
  if (--put.left === 0) put.resolve(put.failures.sort((a, b) => a.index - b.index));
}
