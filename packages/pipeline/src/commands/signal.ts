/** A disk that says nothing must not keep the process: what is not durable is read again. Unit: ms. */
const closeDeadlineMs = 30_000;

/**
 * Closes at the first SIGINT or SIGTERM, and ends the process: with 0 when all is finished, with 1 when that failed or took
 * too long. A second signal ends it at once.
 */
export function closeOnSignal(close: () => Promise<void>, onError: (error: unknown) => void): void {
  const end = (): void => {
    process.off('SIGINT', end).off('SIGTERM', end);
    const late = new Promise<never>((_, reject) => {
      setTimeout(
        () => reject(new Error(`ended before all was finished: ${closeDeadlineMs / 1_000} s`)),
        closeDeadlineMs,
      );
    });
    Promise.race([close(), late]).then(
      () => process.exit(0),
      (error: unknown) => {
        onError(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', end).on('SIGTERM', end);
}
