import { setTimeout as sleep } from 'node:timers/promises';
import { StoppedError } from './errors.js';

export interface BackOff {
  /** Bound of the first wait; it doubles with each failure. Unit: ms. */
  readonly baseMs: number;
  /** Unit: ms. */
  readonly maxMs: number;
}

/**
 * Exponential back-off with full jitter: many who failed together do not come back together.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @param failures From 0.
 * @param random 0 up to 1.
 */
export const backOffMs = ({ baseMs, maxMs }: BackOff, failures: number, random: number): number =>
  Math.round(Math.min(maxMs, baseMs * 2 ** Math.min(failures, 30)) * random);

/**
 * How long `Retry-After` asks to wait: seconds, or a date. https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
 *
 * @returns Unit: ms; nothing when it says neither.
 */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1_000;
  // Engines read any number as a year.
  const at = /^\s*[a-z]{3}/i.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** Waits, unless it is to stop. @throws {StoppedError} At once when it is. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, signal ? { signal } : {});
  } catch (cause) {
    throw new StoppedError('stopped while waiting', { cause });
  }
}
