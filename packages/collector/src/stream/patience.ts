/** Waiting and trying again, until a signal says to stop. */
export interface Patience {
  /** Resolves after `ms`, or as soon as it is to stop. */
  pause(ms: number): Promise<void>;
  /** A pause that doubles with each failure up to 5 s, with jitter. */
  backOff(failures: number): Promise<void>;
  /** Calls until it works, with back-off between. @throws Only when it is to stop. */
  attempt<T>(call: () => Promise<T>): Promise<T>;
}

const maxBackOffMs = 5_000;

/** @param firstMs The shortest back-off. Unit: ms. */
export function createPatience(signal: AbortSignal, firstMs: number, onError: (error: unknown) => void): Patience {
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.max(0, ms));
      signal.addEventListener('abort', wake, { once: true });
    });

  const backOff = (failures: number): Promise<void> =>
    pause(Math.min(maxBackOffMs, firstMs * 2 ** failures) * (1 + Math.random() / 4));

  const attempt = async <T>(call: () => Promise<T>): Promise<T> => {
    for (let failures = 0; ; failures++) {
      signal.throwIfAborted();
      try {
        return await call();
      } catch (error) {
        if (signal.aborted) throw error;
        onError(error);
        await backOff(failures);
      }
    }
  };

  return { pause, backOff, attempt };
}
