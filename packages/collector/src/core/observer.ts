import type { RequestErrorCode } from './errors.js';

/** What a request was for. */
export type Route = 'events' | 'script' | 'operations' | 'other';
/** Which of the two streams. */
export type StreamRole = 'events' | 'dead_letters';

/** One PutRecords call, as it ended. */
export interface PutCall {
  readonly records: number;
  /** Data and keys, before base64. Unit: bytes. */
  readonly bytes: number;
  readonly durationMs: number;
  /** Records of the call that are not on the stream; all when the call itself failed. */
  readonly failed: number;
  /** `ok`, `partial`, or the name of the error. */
  readonly outcome: string;
}

/**
 * Told what happens, as numbers: metrics are made of it. Methods are called for every request, at most a few times: they
 * must be cheap and must not throw. Nothing here names a visitor.
 */
export interface Observer {
  /** A request was answered. Unit of `durationMs`: ms, from its arrival in the collector to the answer. */
  answered(route: Route, status: number, durationMs: number): void;
  /** A whole request was refused. */
  refused(code: RequestErrorCode): void;
  /** An envelope was read: its bytes after decompression, and its events. */
  received(site: string, bytes: number, events: number): void;
  /** Events of a request are durable. `lagMs`: from the newest event's (corrected) time to now; at least 0. */
  accepted(site: string, events: number, lagMs: number): void;
  /** An event of a request was rejected, for this first reason. */
  rejected(site: string, code: string): void;
  /** Events that browsers say they had to drop. */
  lostInBrowser(site: string, events: number): void;
  /** Records that were durable already, and were not written again. */
  repeated(stream: StreamRole, records: number): void;
  /** A PutRecords call ended. */
  put(stream: StreamRole, call: PutCall): void;
  /** Records are put again after a failure of their own. */
  retried(stream: StreamRole, records: number): void;
  /** Records went to the disk instead of the stream. */
  spooled(stream: StreamRole, records: number): void;
  /** Records of the disk are on the stream. */
  drained(stream: StreamRole, records: number): void;
}

/** Tells nobody. */
export const silentObserver: Observer = {
  answered() {},
  refused() {},
  received() {},
  accepted() {},
  rejected() {},
  lostInBrowser() {},
  repeated() {},
  put() {},
  retried() {},
  spooled() {},
  drained() {},
};
