import type { Context, DeadLetter, StreamRecord } from '@rastro/schema';
import type { RequestErrorCode } from './errors.js';

/** A request, whatever brought it: adapters translate their world to this and back. */
export interface CollectRequest {
  /** Upper case. */
  readonly method: string;
  /** Path of the URL, without the query. */
  readonly path: string;
  /** By lower-case name; a repeated header is joined by `, `. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** As it came: not decompressed. */
  readonly body: Uint8Array;
  /** Address of the visitor, from a trusted source only. It is cut to a prefix and never stored whole. */
  readonly ip?: string | undefined;
  /** Whether the visitor's connection is encrypted, as far as a trusted source says. */
  readonly secure?: boolean | undefined;
}

export interface CollectResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** Why the request was refused, for metrics; not part of what is sent. */
  readonly code?: RequestErrorCode | undefined;
}

/** What a sink puts: one record of a stream. */
export interface SinkRecord {
  /** Records with the same id are the same: site, type and `event_id`, or the `dead_letter_id`. */
  readonly id: string;
  /** 1–256 characters. */
  readonly partitionKey: string;
  /** JSON text. */
  readonly data: string;
}

/** A record that the sink could not make durable. */
export interface SinkFailure {
  /** Position in the records given to `put`. */
  readonly index: number;
  /** Whether sending the same record again later can help. */
  readonly retryable: boolean;
  /** What happened, for logs and dead letters. */
  readonly message: string;
}

export interface PutOptions {
  /**
   * No try for a record begins later than this after `put` was called; `Infinity` tries until the sink is closed.
   * Unit: ms. @default the sink's own
   */
  readonly deadlineMs?: number | undefined;
}

/** Where records become durable. */
export interface Sink {
  /**
   * Resolves when each record is durable or has failed, after the sink's own retries.
   *
   * @returns The records that failed; empty when all are durable. A sink does not throw for a record.
   */
  put(records: readonly SinkRecord[], options?: PutOptions): Promise<readonly SinkFailure[]>;
  /** Ends what the sink holds open. Records put before are settled first. */
  close?(): Promise<void>;
}

/** A shop, found by its site key. */
export interface Site {
  /** Name of the shop in the records. */
  readonly name: string;
  /** Origins of pages that may send, as configured. */
  readonly origins: readonly string[] | '*';
  /** Whether pages of this origin may send. Requests without `Origin` (servers) pass unasked. */
  readonly allows: (origin: string) => boolean;
  /** Whether it takes cancellations and refunds. */
  readonly orderChanges: boolean;
}

/** Why something was refused; the codes stand in `errors.ts`. */
export interface Problem {
  readonly code: string;
  /** JSON Pointer into the event, `''` for the whole. */
  readonly path: string;
  readonly message: string;
}

/** An event that passed validation: ids are text, amounts are numbers, nothing is empty. */
export type CleanEvent = Readonly<Record<string, unknown>> & {
  readonly event_id: string;
  readonly event_type: string;
  readonly event_time: number;
};

/** The envelope without its events, checked. */
export interface CleanEnvelope {
  readonly key: string;
  readonly sent_at?: number;
  readonly source?: string;
  readonly sdk?: string;
  readonly webdriver?: boolean;
  readonly dropped?: number;
  readonly customer_id?: string;
  readonly device_id?: string;
  readonly session_id?: string;
  readonly context?: Context;
}

export type { Context, DeadLetter, StreamRecord };

/** The answer to a request whose events are all durable. */
export interface Answer {
  /** Events on the stream, an order being one. */
  readonly accepted: number;
  /** Events on the dead-letter stream, with the first reason of each. */
  readonly rejected: readonly ({ readonly index: number; readonly event_id?: string } & Problem)[];
  /** What was accepted all the same; left out when there is nothing. */
  readonly warnings?: readonly Warning[];
}
export interface Warning {
  /** Position of the event; absent when it concerns the envelope. */
  readonly index?: number;
  readonly code: string;
  readonly path?: string;
}

/** For operators: structured, without personal data. */
export interface Logger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}
