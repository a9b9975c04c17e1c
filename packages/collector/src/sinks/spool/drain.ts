import type { Observer, StreamRole } from '../../core/observer.js';
import type { Logger, Sink, SinkFailure, SinkRecord } from '../../core/types.js';
import type { Spool } from './spool.js';
import type { Batch } from './store.js';

export interface DrainOptions {
  readonly spool: Spool;
  /** Where the records go. */
  readonly sink: Sink;
  readonly onRefused: (records: readonly SinkRecord[], failures: readonly SinkFailure[]) => Promise<void>;
  readonly observer: Observer;
  readonly stream: StreamRole;
  readonly log: Logger;
  /** Most bytes taken from the spool and not settled. */
  readonly maxOutstandingBytes: number;
  /** First wait after a failure; it doubles up to `maxDelayMs`. Unit: ms. */
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
}

export interface Drainer {
  /** Takes no more from the spool; what is on its way is not waited for. */
  stop(): void;
  /** Resolves when nothing is on its way any more. Call `stop` before. */
  ended(): Promise<void>;
}

/** Taken at once. Unit: bytes. A few hundred records: several are on their way together. */
const batchBytes = 1 << 18;

/** What is left of a batch. */
interface Open {
  readonly batch: Batch;
  records: readonly SinkRecord[];
  /** Whether the sink has the records now. */
  busy: boolean;
}

/** Moves records from the spool to a sink, oldest first, for as long as there are any. */
export function startDrainer(options: DrainOptions): Drainer {
  const { spool, sink, onRefused, observer, stream, log, maxOutstandingBytes, baseDelayMs, maxDelayMs } = options;
  /** In the order in which they were taken. */
  const open = new Set<Open>();
  let outstandingBytes = 0;
  let stopped = false;
  let failures = 0;
  let wake = (): void => {};
  let awake = false;

  const signal = (): void => {
    awake = true;
    wake();
  };
  const change = async (): Promise<void> => {
    if (!awake) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    awake = false;
  };
  /** Waits longer after each failure in a row; ends early when the drainer is stopped. */
  const pause = async (): Promise<void> => {
    const delayMs = Math.min(maxDelayMs, baseDelayMs * 2 ** Math.min(failures++, 16));
    let over = false;
    const timer = setTimeout(() => {
      over = true;
      signal();
    }, delayMs);
    while (!stopped && !over) await change();
    clearTimeout(timer);
  };

  /** Passes records over once whoever handles refused ones has them. */
  const refuse = async (records: readonly SinkRecord[], reasons: readonly SinkFailure[]): Promise<void> => {
    for (let delayMs = baseDelayMs; ; delayMs = Math.min(maxDelayMs, delayMs * 2)) {
      try {
        return await onRefused(records, reasons);
      } catch (error) {
        if (stopped) throw error;
        log.error(
          { err: error, records: records.length },
          'records that the stream refused could not be put elsewhere',
        );
        await new Promise((resolve) => setTimeout(resolve, delayMs));
      }
    }
  };

  const put = async (one: Open): Promise<void> => {
    one.busy = true;
    const { records } = one;
    let failed: readonly SinkFailure[];
    try {
      failed = await sink.put(records, { deadlineMs: Number.POSITIVE_INFINITY });
    } catch (error) {
      failed = records.map((_, index) => ({ index, retryable: true, message: String(error) }));
    }
    const again: SinkRecord[] = [];
    const refused: SinkRecord[] = [];
    const reasons: SinkFailure[] = [];
    for (const failure of failed) {
      const record = records[failure.index];
      if (!record) continue;
      if (failure.retryable) again.push(record);
      else {
        reasons.push({ ...failure, index: refused.length });
        refused.push(record);
      }
    }
    if (failed.length < records.length) {
      failures = 0;
      observer.drained(stream, records.length - failed.length);
    }
    if (refused.length > 0) {
      try {
        await refuse(refused, reasons);
      } catch {
        // Stopped: they stay in the spool.
        again.push(...refused);
      }
    }
    one.records = again;
    one.busy = false;
    if (again.length === 0) {
      open.delete(one);
      outstandingBytes -= one.batch.bytes;
      spool.settle(one.batch);
    } else if (!stopped) {
      const [first] = failed.filter(({ retryable }) => retryable);
      log.warn({ records: again.length, reason: first?.message.slice(0, 300) }, 'records of the spool are put again');
    }
    signal();
  };

  const isStalled = (): boolean => {
    for (const { busy } of open) if (!busy) return true;
    return false;
  };
  /**
   * The sink gave up on records although it was asked not to. What it gave up on is put again, one batch after the other
   * and before anything new, once the sink has nothing of ours any more: so the order within a key is kept.
   */
  const retry = async (): Promise<void> => {
    while (!stopped && [...open].some(({ busy }) => busy)) await change();
    await pause();
    for (const one of open) {
      if (stopped) return;
      await put(one);
      if (one.records.length > 0) return;
    }
  };

  const run = async (): Promise<void> => {
    while (!stopped) {
      if (isStalled()) {
        await retry();
        continue;
      }
      if (outstandingBytes >= maxOutstandingBytes) {
        await change();
        continue;
      }
      let batch: Batch | undefined;
      try {
        batch = await spool.take(batchBytes);
      } catch (error) {
        log.error({ err: error }, 'the spool cannot be read; its records wait');
        await pause();
        continue;
      }
      if (batch && stopped) return;
      if (!batch) {
        await change();
        continue;
      }
      outstandingBytes += batch.bytes;
      const one: Open = { batch, records: batch.records, busy: true };
      open.add(one);
      void put(one);
    }
  };

  spool.listen(signal);
  const running = run();
  return {
    stop() {
      stopped = true;
      signal();
    },
    async ended() {
      await running;
      while ([...open].some(({ busy }) => busy)) await change();
    },
  };
}
