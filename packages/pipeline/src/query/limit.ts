/** Runs work, at most so much at once, the rest in its order. */
export type Limit = <T>(work: () => Promise<T>, signal?: AbortSignal | undefined) => Promise<T>;

/** @returns What waits is given up, with the signal's reason, when its signal fires before its turn. */
export function createLimit(most: number): Limit {
  const waiting: (() => void)[] = [];
  let running = 0;

  const turn = (signal: AbortSignal | undefined): Promise<void> | undefined => {
    if (running < most) {
      running++;
      return undefined;
    }
    return new Promise<void>((resolve, reject) => {
      const start = (): void => {
        signal?.removeEventListener('abort', give);
        resolve();
      };
      const give = (): void => {
        waiting.splice(waiting.indexOf(start), 1);
        reject(signal?.reason);
      };
      waiting.push(start);
      signal?.addEventListener('abort', give, { once: true });
    });
  };

  return async (work, signal) => {
    signal?.throwIfAborted();
    await turn(signal);
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // Whoever waited longest takes the place over.
      if (next) next();
      else running--;
    }
  };
}
