import { setMaxListeners } from 'node:events';
import { type Batch, createBatcher } from './batch.js';
import { toEvent } from './events.js';
import type { Io } from './io.js';
import type { Options } from './options.js';
import { createOrders, type Unit } from './orders.js';
import { createRate } from './rate.js';
import { readRows } from './rows.js';
import { type Sender, Stopped } from './send.js';
import type { SourceFile } from './source.js';
import type { State } from './state.js';
import type { Tally } from './summary.js';

/** With a rate, a batch is sent when its first event is that old, so that slow replays flow too. Unit: ms. */
const lingerMs = 250;
/** Shorter pauses are saved up: timers are not that exact. Unit: ms. */
const minPauseMs = 5;
const saveEveryMs = 1000;

export interface SendFileContext {
  readonly source: SourceFile;
  readonly options: Options;
  readonly envelope: Readonly<Record<string, unknown>>;
  readonly io: Io;
  readonly sender: Sender;
  readonly state: State;
  /** Rows that an earlier run has sent: they are read again, to find the orders, but not sent. */
  readonly resumeAfter: number;
  readonly tally: Tally;
}

export interface FileSending {
  /** Unit: bytes on disk. */
  bytesRead(): number;
  /** Rows from the first one on that are answered for, without a gap. */
  confirmed(): number;
  /**
   * Sends the file and keeps its state. Requests overtake one another, so events of one session may arrive in another
   * order than they stand in the file: readers sort by `event_time`.
   *
   * @returns How it ended.
   * @throws {Error} The file cannot be read, or the collector does not take it. The state is saved before.
   */
  run(): Promise<'sent' | 'limited' | 'interrupted'>;
}

export function createFileSending(context: SendFileContext): FileSending {
  const { source, options, io, sender, state, resumeAfter, tally } = context;
  const { summary } = tally;
  const limit = options.limit ?? Number.POSITIVE_INFINITY;
  const rows = readRows(source);
  const orders = createOrders();
  const batcher = createBatcher(context.envelope, io.now);
  const takeTokens = createRate(options.rate, io.now);
  const failure = new AbortController();
  const stop = AbortSignal.any([io.signal, failure.signal]);
  // Every request that waits for its next attempt listens: as many as are in flight, which is no leak.
  setMaxListeners(0, stop);

  /** Batches that the collector has not answered for, the one being filled included. */
  const unanswered = new Set<Batch>();
  const inFlight = new Set<Promise<void>>();
  let lastRow = 0;
  let savedAt = io.now();

  const confirmed = (): number => {
    let first = Math.min(orders.firstPending() ?? lastRow + 1, lastRow + 1);
    for (const batch of unanswered) first = Math.min(first, batch.firstRow);
    return Math.max(resumeAfter, first - 1);
  };

  const fail = (error: unknown): void => {
    if (!(error instanceof Stopped)) failure.abort(error);
  };

  /** Puts complete units into batches, at once: no row is between the orders and a batch while others are awaited. */
  const stage = (units: readonly Unit[]): { full: Batch[]; rows: number } => {
    const full: Batch[] = [];
    let staged = 0;
    for (const unit of units) {
      if ((unit.rows.at(-1)?.number ?? 0) <= resumeAfter) continue;
      const event = toEvent(unit, { identity: source.identity, currency: options.currency });
      const before = batcher.add({ unit, event });
      if (before) full.push(before);
      if (batcher.open) unanswered.add(batcher.open);
      staged += unit.rows.length;
    }
    return { full, rows: staged };
  };

  const dispatch = async (batch: Batch | undefined): Promise<void> => {
    while (inFlight.size >= options.concurrency) await Promise.race(inFlight);
    if (batch === undefined || stop.aborted) return;
    const what = `rows ${batch.firstRow}–${batch.lastRow} of ${source.path}`;
    const job = sender
      .send(batch.body(), what, stop)
      .then((answer) => {
        tally.answered(source.path, batch, answer);
        unanswered.delete(batch);
        if (io.now() - savedAt < saveEveryMs) return;
        savedAt = io.now();
        state.save({ rows: confirmed(), done: false });
      })
      .catch(fail)
      .finally(() => inFlight.delete(job));
    inFlight.add(job);
  };

  const pass = async (units: readonly Unit[]): Promise<void> => {
    const staged = stage(units);
    for (const batch of staged.full) await dispatch(batch);
    if (staged.rows === 0) return;
    const pauseMs = takeTokens(staged.rows);
    if (pauseMs < minPauseMs) return;
    if (batcher.open && io.now() + pauseMs - batcher.open.openedAt > lingerMs) await dispatch(batcher.take());
    await io.sleep(pauseMs, stop);
  };

  /** @returns Whether the limit ended it, not the file. */
  const readAll = async (): Promise<boolean> => {
    for await (const row of rows) {
      if (stop.aborted) return false;
      if (row.number > limit) {
        // The rest of an order that has begun is sent with it: half an order would be another event.
        if (!orders.sameSecond(row)) return true;
        if (!orders.continues(row)) continue;
      } else {
        lastRow = row.number;
      }
      summary.rows_read += 1;
      if (row.number <= resumeAfter) summary.rows_skipped += 1;
      if (row.uneven) summary.rows_uneven += 1;
      await pass(orders.add(row));
    }
    return false;
  };

  return {
    bytesRead: rows.bytesRead,
    confirmed,
    async run() {
      let limited = false;
      let unreadable: unknown;
      try {
        limited = await readAll();
        if (!stop.aborted) await pass(orders.close());
      } catch (error) {
        unreadable = error;
      }
      // What could be read before an error is sent too; only orders that were still open there are not.
      await dispatch(batcher.take());
      await Promise.all(inFlight);
      summary.rows_unsorted += orders.unsorted;
      if (confirmed() > 0) state.save({ rows: confirmed(), done: !(limited || stop.aborted || unreadable) });
      if (failure.signal.aborted) throw failure.signal.reason;
      if (unreadable !== undefined) throw unreadable;
      if (io.signal.aborted) return 'interrupted';
      return limited ? 'limited' : 'sent';
    },
  };
}
