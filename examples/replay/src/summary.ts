import type { Batch } from './batch.js';
import { createKeyCounter, type HottestKey } from './keys.js';
import type { Answer } from './send.js';
import type { StreamSummary } from './stream-summary.js';

export interface Count {
  events: number;
  rows: number;
}
export interface Rejections extends Count {
  /** The first one: which row, and what the collector said. */
  readonly example: { readonly file: string; readonly row: number; readonly message: string };
}
export type FileState = 'sent' | 'limited' | 'already_sent' | 'interrupted' | 'failed';
export interface FileSummary {
  readonly file: string;
  readonly state: FileState;
  /** Rows that were not sent again, since an earlier run had sent them. */
  readonly resumed_after: number;
  /** Rows that the collector has answered for without a gap, earlier runs included. */
  readonly confirmed_rows: number;
}

/** What a run did. Orders count as one event; `rows` are those of the files. */
export interface Summary {
  files: FileSummary[];
  rows_read: number;
  /** Of these: answered for by an earlier run. */
  rows_skipped: number;
  /** Rows with more or fewer fields than the header. They are sent all the same. */
  rows_uneven: number;
  /** Rows whose time lies before that of a row above them: an order may come apart there. */
  rows_unsorted: number;
  sent: Count;
  /** Of the events sent: purchases. */
  orders: number;
  accepted: Count;
  rejected: Count;
  rejected_by_code: Record<string, Rejections>;
  /** By code; one event can have several. */
  warnings: Record<string, number>;
  requests: number;
  retries: number;
  seconds: number;
  /** Rows answered for per second. */
  rows_per_second: number;
  /** The partition key with most accepted records, counted here by the rule of the wire format. */
  hottest_key?: HottestKey;
  /** What the collector itself counts, when it has the endpoint for it. */
  stream?: StreamSummary;
  /** Why the run ended before its end. */
  error?: string;
}

export interface Tally {
  readonly summary: Summary;
  /** Counts a batch that the collector has answered for. */
  answered(file: string, batch: Batch, answer: Answer): void;
  /** Fills in what is known at the end only. */
  finish(seconds: number): void;
}

export function createTally(): Tally {
  const keys = createKeyCounter();
  const none = (): Count => ({ events: 0, rows: 0 });
  const add = (count: Count, rows: number): void => {
    count.events += 1;
    count.rows += rows;
  };
  const summary: Summary = {
    files: [],
    rows_read: 0,
    rows_skipped: 0,
    rows_uneven: 0,
    rows_unsorted: 0,
    sent: none(),
    orders: 0,
    accepted: none(),
    rejected: none(),
    rejected_by_code: {},
    warnings: {},
    requests: 0,
    retries: 0,
    seconds: 0,
    rows_per_second: 0,
  };
  return {
    summary,
    answered(file, batch, answer) {
      const refused = new Map(answer.rejected.map((rejection) => [rejection.index, rejection]));
      for (const [index, { unit, event }] of batch.entries.entries()) {
        const rows = unit.rows.length;
        add(summary.sent, rows);
        if (event.items) summary.orders += 1;
        const rejection = refused.get(index);
        if (!rejection) {
          add(summary.accepted, rows);
          keys.add(event);
          continue;
        }
        add(summary.rejected, rows);
        const { code, message } = rejection;
        summary.rejected_by_code[code] ??= { ...none(), example: { file, row: unit.rows[0]?.number ?? 0, message } };
        add(summary.rejected_by_code[code], rows);
      }
      for (const { code } of answer.warnings) summary.warnings[code] = (summary.warnings[code] ?? 0) + 1;
    },
    finish(seconds) {
      const hottest = keys.hottest();
      if (hottest) summary.hottest_key = hottest;
      summary.seconds = seconds;
      summary.rows_per_second = seconds > 0 ? summary.sent.rows / seconds : 0;
    },
  };
}
