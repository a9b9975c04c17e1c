import type { Unit } from './batches.js';

/** How far an invocation got. */
export interface Outcome {
  /** Units from the first that are done. */
  readonly done: number;
  /** Why not all. */
  readonly reason?: string;
  /** As JSON, of a function with windows. */
  readonly state?: string;
}

/**
 * Reads a function's answer as Lambda does: the record with the lowest number that failed is where it goes on. An identifier
 * that is empty, missing or of no record of the batch fails all of it.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 *
 * @param windowed Whether the answer must have a `state`: without one all has failed.
 *   https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html
 */
export function judge(answer: unknown, units: readonly Unit[], windowed: boolean): Outcome {
  let state: string | undefined;
  if (windowed) {
    state = JSON.stringify((answer as { state?: unknown } | null | undefined)?.state);
    if (state === undefined) return { done: 0, reason: 'the answer has no state' };
  }
  const given = state === undefined ? {} : { state };
  const failures = (answer as { batchItemFailures?: unknown } | null | undefined)?.batchItemFailures ?? [];
  if (!Array.isArray(failures)) return { done: 0, reason: 'batchItemFailures is no list' };
  if (failures.length === 0) return { done: units.length, ...given };
  let done = units.length;
  for (const failure of failures) {
    const identifier = (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier;
    const at = units.findIndex(({ sequenceNumber }) => sequenceNumber === identifier);
    if (at === -1)
      return { done: 0, reason: `batchItemFailures names ${JSON.stringify(identifier)}, no record of the batch` };
    done = Math.min(done, at);
  }
  return { done, reason: `the function reports record ${units[done]?.sequenceNumber} as failed`, ...given };
}
