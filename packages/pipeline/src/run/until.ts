import { setTimeout as sleep } from 'node:timers/promises';

const lookMs = 25;
/** What says nothing may be slow: it gets more time than what fails. */
const unheardFactor = 10;

export interface UntilOptions {
  /** Rejects with what ends the reader, resolves when it was closed: then there is nothing to wait for. */
  readonly ended: Promise<unknown>;
  /** Counts up with what is done. With `lastFailure` and `patienceMs`, or it is waited for as long as it takes. */
  readonly progress?: (() => number) | undefined;
  /** What went wrong last, and when by `performance.now()`. */
  readonly lastFailure?: (() => { readonly error: unknown; readonly at: number } | undefined) | undefined;
  /** Given up when it failed and nothing was done for so long, or ten times as long without a failure. Unit: ms. @default for ever */
  readonly patienceMs?: number | undefined;
}

/** It fails and gets nowhere. */
export class NoProgressError extends Error {
  override readonly name = 'NoProgressError';
}

/**
 * Waits for a condition.
 *
 * @throws What ends the reader meanwhile, that it was closed, or {NoProgressError} with the last failure as its cause.
 */
export async function until(condition: () => boolean, options: UntilOptions): Promise<void> {
  const { ended, progress = () => 0, lastFailure = () => undefined, patienceMs = Number.POSITIVE_INFINITY } = options;
  let end: { readonly error?: unknown } | undefined;
  ended.then(
    () => {
      end = {};
    },
    (error: unknown) => {
      end = { error };
    },
  );
  let done = progress();
  let since = performance.now();
  while (!condition()) {
    if (end) throw 'error' in end ? end.error : new Error('The pipeline was closed before all was read');
    if (progress() !== done) {
      done = progress();
      since = performance.now();
    }
    const failure = lastFailure();
    const idleMs = performance.now() - since;
    if (failure && failure.at >= since && idleMs >= patienceMs)
      throw new NoProgressError((failure.error as Error).message, { cause: failure.error });
    if (idleMs >= patienceMs * unheardFactor)
      throw new NoProgressError(`nothing was done for ${Math.round(idleMs / 1_000)} s`);
    await sleep(lookMs);
  }
}
