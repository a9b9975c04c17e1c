import type { ReadRecord } from './follow.js';

/** A record of Kinesis: one that was put alone, or an aggregate. Never cut. */
export interface Unit {
  readonly sequenceNumber: string;
  readonly arrivedAt: number;
  /** Those of its records that were not seen before; none when it holds only duplicates. */
  readonly records: readonly ReadRecord[];
  /** What is to be remembered of them. */
  readonly ids: readonly string[];
}

/** A tumbling window by arrival. Unit: ms since the Unix epoch. */
export interface Window {
  readonly start: number;
  /** The start of the next. */
  readonly end: number;
}

export interface Batch {
  readonly units: readonly Unit[];
  /** The one window of all its records; none without windows, or when all are duplicates. */
  readonly window?: Window;
}

export function windowOf(instant: number, windowMs: number): Window {
  const start = Math.floor(instant / windowMs) * windowMs;
  return { start, end: start + windowMs };
}

/**
 * Puts the parts of each aggregate together again.
 *
 * @param idOf By what a record is known; nothing for what is never a duplicate.
 * @param isNew Asked once for each id, in order.
 */
export function toUnits(
  records: readonly ReadRecord[],
  idOf: (record: ReadRecord) => string | undefined,
  isNew: (id: string) => boolean,
): Unit[] {
  const units: { sequenceNumber: string; arrivedAt: number; records: ReadRecord[]; ids: string[] }[] = [];
  for (const record of records) {
    const { sequenceNumber, arrivedAt } = record;
    let unit = units.at(-1);
    if (unit?.sequenceNumber !== sequenceNumber) {
      unit = { sequenceNumber, arrivedAt, records: [], ids: [] };
      units.push(unit);
    }
    const id = idOf(record);
    if (id !== undefined && !isNew(id)) continue;
    unit.records.push(record);
    if (id !== undefined) unit.ids.push(id);
  }
  return units;
}

/**
 * Cuts what was read into batches for a function, in order.
 *
 * @param size Most units in a batch that are not empty: Lambda, too, counts an aggregate as one.
 * @param windowMs Length of the windows; 0 for none. A batch never spans two.
 */
export function cutBatches(units: readonly Unit[], size: number, windowMs: number): Batch[] {
  const batches: { units: Unit[]; count: number; window?: Window }[] = [];
  for (const unit of units) {
    let batch = batches.at(-1);
    if (unit.records.length === 0) {
      // Only the position goes on: it opens no window and counts for nothing.
      if (batch) batch.units.push(unit);
      else batches.push({ units: [unit], count: 0 });
      continue;
    }
    const window = windowMs > 0 ? windowOf(unit.arrivedAt, windowMs) : undefined;
    if (!batch || batch.count >= size || (batch.window && batch.window.start !== window?.start)) {
      batch = { units: [], count: 0 };
      batches.push(batch);
    }
    batch.units.push(unit);
    batch.count++;
    if (window) batch.window = window;
  }
  return batches;
}
