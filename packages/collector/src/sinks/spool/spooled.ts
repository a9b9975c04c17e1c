import { type Observer, type StreamRole, silentObserver } from '../../core/observer.js';
import type { Logger, PutOptions, Sink, SinkFailure, SinkRecord } from '../../core/types.js';
import { startDrainer } from './drain.js';
import type { Spool, SpoolStatus } from './spool.js';

export interface SpooledOptions {
  /**
   * `fallback`: records go to the sink, and to the spool when the sink gives up on them. `first`: records go to the spool
   * and are answered for; the sink gets them from there.
   */
  mode: 'fallback' | 'first';
  /**
   * Takes records that the sink refuses for good while they are drained: nobody waits for an answer any more. They are
   * passed over when the promise resolves; until then, and when it rejects, they stay in the spool and are handed over again.
   * The index of a failure is the place in `records`.
   */
  onRefused: (records: readonly SinkRecord[], failures: readonly SinkFailure[]) => Promise<void>;
  /** Told what is spooled and drained. @default nobody */
  observer?: Observer | undefined;
  /** What the observer is told. @default 'events' */
  stream?: StreamRole | undefined;
  /** @default none */
  log?: Logger | undefined;
  /** Most bytes that are on their way from the spool to the sink. @default 4_194_304, 4 MiB */
  maxOutstandingBytes?: number | undefined;
  /** Most that waits in memory for its turn to be spooled, in UTF-16 code units. @default 67_108_864 */
  maxWaiting?: number | undefined;
  /** First wait after the sink gave up on records of the spool; it doubles with each further time. Unit: ms. @default 100 */
  baseDelayMs?: number | undefined;
  /** Longest such wait. Unit: ms. @default 5_000 */
  maxDelayMs?: number | undefined;
  /** Longest wait for the sink to end. Unit: ms. @default 10_000 */
  closeTimeoutMs?: number | undefined;
}

export interface SpooledSink extends Sink {
  status(): SpoolStatus;
  /** Closes the sink, then the spool: what the sink gives up on at its end still finds its place on the disk. */
  close(): Promise<void>;
}

/** A put whose turn is kept: what it has to spool goes to the spool after what the puts before it have to. */
interface Turn {
  /** Nothing while the sink has the records. */
  spill: readonly SinkRecord[] | undefined;
  settle: (failure?: string) => void;
  next: Turn | undefined;
}

const silent: Logger = { info() {}, warn() {}, error() {} };

/**
 * Puts a spool beside a sink. A record counts as durable when the sink or the spool has it.
 *
 * The order of the records of one key is kept if the sink keeps it: it puts the records of one key in the order of the
 * calls, and when it gives up on a record it also gives up on all of the same key that came later, those included that come
 * before the promise of the put says so.
 */
export function spooled(sink: Sink, spool: Spool, options: SpooledOptions): SpooledSink {
  const { mode, onRefused, observer = silentObserver, stream = 'events', log = silent } = options;
  const { maxOutstandingBytes = 4 << 20, maxWaiting = 64 << 20, closeTimeoutMs = 10_000 } = options;
  const { baseDelayMs = 100, maxDelayMs = 5_000 } = options;
  const drainer = startDrainer({
    spool,
    sink,
    onRefused,
    observer,
    stream,
    log,
    maxOutstandingBytes,
    baseDelayMs,
    maxDelayMs,
  });
  let first: Turn | undefined;
  let last: Turn | undefined;
  /** Turns with something to spool, and the size of it. */
  let spilling = 0;
  let waiting = 0;
  /** Called whenever no turn is kept. */
  let onEmpty = (): void => {};
  let closing: Promise<void> | undefined;
  let closed = false;

  const take = (spill: readonly SinkRecord[] | undefined): Turn => {
    const turn: Turn = { spill, settle: () => {}, next: undefined };
    if (last) last.next = turn;
    else first = turn;
    last = turn;
    return turn;
  };
  const advance = (): void => {
    while (first?.spill) {
      const { spill, settle } = first;
      first = first.next;
      if (!first) last = undefined;
      if (spill.length === 0) continue;
      spilling--;
      waiting -= lengthOf(spill);
      spool.append(spill).then(
        () => {
          observer.spooled(stream, spill.length);
          settle();
        },
        (error: Error) => settle(error.message),
      );
    }
    if (!first) onEmpty();
  };
  /** Spools records when it is their turn. @returns The failure, if they could not be. */
  const spill = (records: readonly SinkRecord[], held?: Turn): Promise<string | undefined> => {
    const length = lengthOf(records);
    // What the sink gave up on was in memory all the time.
    if (!held && waiting + length > maxWaiting) return Promise.resolve('too much waits to be spooled');
    spilling++;
    waiting += length;
    const turn = held ?? take(records);
    turn.spill = records;
    return new Promise((resolve) => {
      turn.settle = resolve;
      advance();
    });
  };

  const direct = async (records: readonly SinkRecord[], putOptions?: PutOptions): Promise<readonly SinkFailure[]> => {
    const turn = take(undefined);
    let failures: readonly SinkFailure[];
    try {
      failures = await sink.put(records, putOptions);
    } catch (error) {
      failures = all(records, String(error));
    }
    const retryable = failures.filter((failure) => failure.retryable);
    if (retryable.length === 0) {
      turn.spill = [];
      advance();
      return failures;
    }
    const failure = await spill(
      retryable.flatMap(({ index }) => records[index] ?? []),
      turn,
    );
    if (failure === undefined) return failures.filter((one) => !one.retryable);
    return failures.map((one) => (one.retryable ? { ...one, message: `${one.message}; ${failure}` } : one));
  };

  const end = async (): Promise<void> => {
    closed = true;
    drainer.stop();
    const work = (async () => {
      await sink.close?.();
      await new Promise<void>((resolve) => {
        onEmpty = resolve;
        advance();
      });
      await drainer.ended();
    })();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, closeTimeoutMs, 'late');
    });
    try {
      if ((await Promise.race([work, late])) === 'late') log.warn({ closeTimeoutMs }, 'the sink did not end in time');
    } finally {
      clearTimeout(timer);
      work.catch(() => {});
      await spool.close();
    }
  };

  return {
    async put(records, putOptions) {
      if (records.length === 0) return [];
      if (closed) return all(records, 'the sink is closed');
      if (mode === 'fallback' && spilling === 0 && spool.idle) return direct(records, putOptions);
      const failure = await spill(records);
      return failure === undefined ? [] : all(records, failure);
    },
    status: () => spool.status(),
    close() {
      closing ??= end();
      return closing;
    },
  };
}

const all = (records: readonly SinkRecord[], message: string): SinkFailure[] =>
  records.map((_, index) => ({ index, retryable: true, message }));

function lengthOf(records: readonly SinkRecord[]): number {
  let length = 0;
  for (const { data } of records) length += data.length;
  return length;
}
