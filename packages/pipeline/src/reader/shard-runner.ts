import type { KinesisEventRecord } from '../lambda-event.js';
import { type Batch, cutBatches, toUnits, type Unit, type Window } from './batches.js';
import type { Patience, ReadRecord, StreamBatch } from './follow.js';
import { type EventSource, toEventRecord } from './lambda-records.js';
import { judge, type Outcome } from './outcome.js';
import { eventIdOfData } from './seen.js';
import type { ShardState, StateFile } from './state-file.js';

/** Records that the function was not able to deal with, and that are passed over. */
export interface Discarded {
  readonly shardId: string;
  readonly records: readonly ReadRecord[];
  /** What the last try said. */
  readonly reason: string;
  /** Of a final invocation that was given up: what was counted is lost with it. */
  readonly window?: { readonly start: string; readonly end: string };
  readonly state?: unknown;
}

export interface HandlerCounts {
  /** Handed over and dealt with. */
  records: number;
  /** Dropped: their ids were seen before. */
  duplicates: number;
  discarded: number;
  invocations: number;
  /** Of the invocations: those of which not all was dealt with. */
  failures: number;
}

/** What the runners of all shards share. */
export interface RunnerContext {
  readonly name: string;
  /** An event of Lambda's, with windows or without. */
  invoke(event: object): Promise<unknown>;
  readonly source: EventSource;
  readonly file: StateFile;
  readonly batchSize: number;
  /** 0 without windows. */
  readonly windowMs: number;
  readonly graceMs: number;
  /** Further tries for what has failed; Infinity for ever. */
  readonly maxRetries: number;
  readonly bisect: boolean;
  readonly dedup: boolean;
  readonly counts: HandlerCounts;
  onDiscard(discarded: Discarded): void | Promise<void>;
  onError(error: unknown): void;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  /** @throws If this process may no longer write here. */
  checkLock(): void;
}

/** Invokes a function for one shard. One call at a time; each returns early, with nothing half done, when it is to stop. */
export interface ShardRunner {
  take(batch: StreamBatch): Promise<void>;
  /** All that was put before `instant` (ms since the Unix epoch) is taken: a window that has ended is closed. */
  caughtUp(instant: number): Promise<void>;
  /** The shard has no more. */
  end(): Promise<void>;
  /** Closes the open window, trying once. @returns Whether none is open now. */
  finishWindow(): Promise<boolean>;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html: "a maximum of 1 MB per shard". Unit: bytes of JSON. */
export const maxStateBytes = 1_048_576;

export function createShardRunner(shardId: string, context: RunnerContext): ShardRunner {
  const { name, source, file, windowMs, counts, patience, signal } = context;

  /** Waits for the disk as long as it takes. @returns Whether it is written: not when it is to stop. */
  const save = async (state: ShardState, ids?: readonly string[]): Promise<boolean> => {
    for (let failures = 0; ; failures++) {
      context.checkLock();
      try {
        await file.put(shardId, state, ids);
        return true;
      } catch (error) {
        context.onError(new Error(`${name}: the state of ${shardId} cannot be written`, { cause: error }));
        if (signal.aborted) return false;
        await patience.backOff(failures);
      }
    }
  };

  const invoke = async (event: object, units: readonly Unit[]): Promise<Outcome> => {
    counts.invocations++;
    let outcome: Outcome;
    let cause: unknown;
    try {
      outcome = judge(await context.invoke(event), units, windowMs > 0);
    } catch (error) {
      cause = error;
      outcome = { done: 0, reason: (error as Error | undefined)?.message ?? String(error) };
    }
    if (outcome.reason !== undefined) {
      counts.failures++;
      context.onError(new Error(`${name}: an invocation for ${shardId} failed: ${outcome.reason}`, { cause }));
    }
    return outcome;
  };

  const windowEvent = (
    records: readonly KinesisEventRecord[],
    window: Window,
    state: string | undefined,
    final?: { readonly early: boolean },
  ): object => ({
    Records: records,
    window: shown(window),
    state: state === undefined ? {} : JSON.parse(state),
    shardId,
    eventSourceARN: source.eventSourceARN,
    isFinalInvokeForWindow: final !== undefined,
    isWindowTerminatedEarly: final?.early === true,
  });

  /** The units are dealt with: what is known of the shard from now on. */
  const pass = (units: readonly Unit[], counted: { window?: Window; state?: string } = {}): Promise<boolean> => {
    const position = units.at(-1)?.sequenceNumber ?? '';
    return save(
      { ...file.get(shardId), ...counted, position },
      units.flatMap(({ ids }) => ids),
    );
  };

  /** @returns Whether it was heard: not when it is to stop. */
  const giveUp = async (discarded: Omit<Discarded, 'shardId'>): Promise<boolean> => {
    for (let failures = 0; ; failures++) {
      try {
        await context.onDiscard({ shardId, ...discarded });
        counts.discarded += discarded.records.length;
        return true;
      } catch (error) {
        context.onError(new Error(`${name}: onDiscard failed for ${shardId}`, { cause: error }));
        await patience.backOff(failures);
        if (signal.aborted) return false;
      }
    }
  };

  /** @returns Whether all of it is dealt with, or given up: not when it is to stop. */
  const run = async (given: readonly Unit[], window: Window | undefined): Promise<boolean> => {
    let units = given;
    for (let failures = 0; ; ) {
      const filled = units.filter(({ records }) => records.length > 0);
      // Duplicates and nothing else.
      if (filled.length === 0) return pass(units);
      const records = filled.flatMap((unit) => unit.records.map((record) => toEventRecord(record, source)));
      const event = window ? windowEvent(records, window, file.get(shardId).state) : { Records: records };
      const { done, reason, state } = await invoke(event, filled);
      const failed = filled[done];
      if (done > 0) {
        const passed = failed ? units.slice(0, units.indexOf(failed)) : units;
        if (!(await pass(passed, window && state !== undefined ? { window, state } : {}))) return false;
        counts.records += filled.slice(0, done).reduce((sum, unit) => sum + unit.records.length, 0);
        failures = 0;
        units = units.slice(passed.length);
        // What the function holds is too much: the rest begins with nothing.
        if (state !== undefined && Buffer.byteLength(state) > maxStateBytes && !(await close(true))) return false;
      }
      if (!failed) return true;
      if (signal.aborted) return false;
      if (done === 0 && context.bisect && filled.length > 1) {
        const middle = units.indexOf(filled[Math.ceil(filled.length / 2)] as Unit);
        return (await run(units.slice(0, middle), window)) && (await run(units.slice(middle), window));
      }
      if (done === 0 && failures >= context.maxRetries) {
        // Told before it is passed over: a crash between the two tells it again.
        return (await giveUp({ records: filled.flatMap((unit) => unit.records), reason: reason ?? '' })) && pass(units);
      }
      await patience.backOff(failures++);
      if (signal.aborted) return false;
    }
  };

  /** @returns Whether no window is open: not when it is to stop, or failed and is to be tried once. */
  const close = async (early: boolean, once = false): Promise<boolean> => {
    const { position, window, state, closing } = file.get(shardId);
    if (!window) return true;
    const final = closing ?? { early };
    // On the disk before anybody may know of it: what comes later must not be added to what was emitted.
    if (!closing && !(await save({ ...file.get(shardId), closing: final }))) return false;
    const closed: ShardState = position === undefined ? {} : { position };
    for (let failures = 0; ; failures++) {
      const { reason } = await invoke(windowEvent([], window, state, final), []);
      if (reason === undefined) return save(closed);
      if (once || signal.aborted) return false;
      if (failures >= context.maxRetries) {
        const lost = { records: [], reason, window: shown(window), state: state && JSON.parse(state) };
        return (await giveUp(lost)) && save(closed);
      }
      await patience.backOff(failures);
      if (signal.aborted) return false;
    }
  };

  /** What an earlier life was about to close comes first. */
  const resume = async (): Promise<boolean> => !file.get(shardId).closing || close(false);

  const runBatch = async ({ units, window }: Batch): Promise<boolean> => {
    const open = file.get(shardId).window;
    if (window && open && open.start !== window.start && !(await close(false))) return false;
    return run(units, window);
  };

  return {
    async take({ records, lastSequenceNumber }) {
      if (!(await resume())) return;
      const units = toUnits(
        records,
        ({ data }) => (context.dedup ? eventIdOfData(data) : undefined),
        (id) => {
          const isNew = file.seen.add(id);
          if (!isNew) counts.duplicates++;
          return isNew;
        },
      );
      for (const batch of cutBatches(units, context.batchSize, windowMs)) {
        if (signal.aborted || !(await runBatch(batch))) return;
      }
      // An aggregate that holds nothing.
      if (file.get(shardId).position !== lastSequenceNumber && !signal.aborted)
        await save({ ...file.get(shardId), position: lastSequenceNumber });
    },
    async caughtUp(instant) {
      if (!(await resume())) return;
      const { window } = file.get(shardId);
      if (window && instant >= window.end + context.graceMs) await close(false);
    },
    async end() {
      if ((await resume()) && (await close(true)) && !signal.aborted) await save({ position: 'END' });
    },
    finishWindow: () => close(true, true),
  };
}

/** As Lambda writes it: `2020-12-09T07:04:00Z`. */
const shown = ({ start, end }: Window): { start: string; end: string } => ({ start: iso(start), end: iso(end) });
const iso = (instant: number): string => new Date(instant).toISOString().replace('.000Z', 'Z');
