import type { StreamRole } from '../core/observer.js';

/** What a spool says of itself. */
export interface SpoolStatus {
  readonly records: number;
  /** On disk. */
  readonly bytes: number;
  readonly maxBytes: number;
  /** When the oldest record in it was written, ms since the Unix epoch; nothing when it is empty. */
  readonly oldestAt?: number | null | undefined;
  readonly segments: number;
  /** Whether records are being put on the stream now. */
  readonly draining: boolean;
  /** Why it cannot be written. */
  readonly error?: unknown;
}

/** What a producer says of itself. */
export interface ProducerStatus {
  readonly queuedRecords: number;
  readonly queuedBytes: number;
  /** PutRecords calls without an answer yet. */
  readonly inFlight: number;
  /** Open shards, or their number, when known. */
  readonly shards?: number | readonly unknown[] | undefined;
}

/** One of something for each stream, or for one of them. */
export type PerStream<T> = { readonly [role in StreamRole]?: T | undefined };
