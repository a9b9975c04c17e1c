import type { Sink, SinkFailure, SinkRecord } from '../core/types.js';

export interface OnceOptions {
  /** Most ids remembered; the oldest are forgotten first. An id costs about 150 bytes. @default 100_000 */
  maxIds?: number | undefined;
  /** How long an id is remembered. Unit: ms. @default 600_000, ten minutes */
  keepMs?: number | undefined;
  /** Told how many records of a put were repeats. @default nobody */
  onRepeats?: ((records: number) => void) | undefined;
  /** Clock, ms since the Unix epoch. @default Date.now */
  now?: (() => number) | undefined;
}

/**
 * Wraps a sink so that a record put again shortly after is not written again: a retry whose first answer was lost, or
 * events that a closing page and the next page both sent.
 *
 * A record still on its way counts only once it is durable: the repeat waits for it, and shares its fate.
 */
export function once(sink: Sink, options: OnceOptions = {}): Sink {
  const { maxIds = 100_000, keepMs = 600_000, now = Date.now, onRepeats } = options;
  /** By id: when it became durable, or the put that is deciding it. Maps keep the order of insertion. */
  const seen = new Map<string, number | Pending>();

  const forget = (at: number): void => {
    for (const [id, since] of seen) {
      if (typeof since !== 'number') continue;
      if (seen.size <= maxIds && since > at - keepMs) break;
      seen.delete(id);
    }
  };

  return {
    async put(records, putOptions) {
      forget(now());
      const fresh: SinkRecord[] = [];
      /** Places in `records` of the fresh ones. */
      const places: number[] = [];
      const own: Pending = { fresh, outcome: undefined };
      let waits: { readonly index: number; readonly pending: Pending }[] | undefined;
      for (const [index, record] of records.entries()) {
        const before = seen.get(record.id);
        if (before === undefined) {
          seen.set(record.id, own);
          fresh.push(record);
          places.push(index);
        } else if (typeof before !== 'number') {
          waits ??= [];
          waits.push({ index, pending: before });
        }
      }
      if (fresh.length < records.length) onRepeats?.(records.length - fresh.length);
      const settled: SinkFailure[] = [];
      if (fresh.length > 0) {
        own.outcome = sink.put(fresh, putOptions);
        let failures: readonly SinkFailure[];
        try {
          failures = await own.outcome;
        } catch (error) {
          for (const { id } of fresh) seen.delete(id);
          throw error;
        }
        const at = now();
        for (const { id } of fresh) seen.set(id, at);
        for (const failure of failures) {
          seen.delete((fresh[failure.index] as SinkRecord).id);
          settled.push({ ...failure, index: places[failure.index] as number });
        }
      }
      for (const { index, pending } of waits ?? []) {
        const { id } = records[index] as SinkRecord;
        const failures = (await pending.outcome) ?? [];
        const failure = failures.find((one) => pending.fresh[one.index]?.id === id);
        if (failure) settled.push({ ...failure, index });
      }
      return waits ? settled.sort((a, b) => a.index - b.index) : settled;
    },
    ...(sink.close ? { close: () => sink.close?.() ?? Promise.resolve() } : {}),
  };
}

/** A put that is deciding its records. */
interface Pending {
  readonly fresh: readonly SinkRecord[];
  outcome: Promise<readonly SinkFailure[]> | undefined;
}
