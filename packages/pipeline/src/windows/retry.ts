import { setTimeout as sleepMs } from 'node:timers/promises';

export interface RetryOptions {
  /** Most tries of one call. 1–20. @default 6 */
  maxAttempts?: number | undefined;
  /** Longest wait before the second try; it doubles with each, up to 5 s. The wait is random. Unit: ms. @default 50 */
  firstDelayMs?: number | undefined;
  /** @default that of Node.js */
  sleep?: ((ms: number) => Promise<unknown>) | undefined;
  /** 0–1. @default Math.random */
  random?: (() => number) | undefined;
  /** Nobody waits any longer: nothing is tried again, and nothing is begun. */
  signal?: AbortSignal | undefined;
}

export const retryDefaults: { readonly maxAttempts: number; readonly firstDelayMs: number } = {
  maxAttempts: 6,
  firstDelayMs: 50,
};

/** Waits before try number `attempt` + 1. Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ */
export function createBackOff(
  options: RetryOptions = {},
): (attempt: number, signal?: AbortSignal | undefined) => Promise<void> {
  const { sleep, random = Math.random } = options;
  const firstDelayMs = options.firstDelayMs ?? retryDefaults.firstDelayMs;
  return async (attempt, signal = options.signal) => {
    const ms = Math.round(random() * Math.min(5_000, firstDelayMs * 2 ** (attempt - 1)));
    if (sleep) await sleep(ms);
    // Cut short, it is over: what comes next looks at the signal itself.
    else await sleepMs(ms, undefined, signal ? { signal } : {}).catch(() => {});
  };
}

/** Repeats `call` while what it throws may pass by itself: throttling, a server's failure, no answer. */
export async function withRetries<Result>(call: () => Promise<Result>, options: RetryOptions = {}): Promise<Result> {
  const maxAttempts = options.maxAttempts ?? retryDefaults.maxAttempts;
  const backOff = createBackOff(options);
  for (let attempt = 1; ; attempt++) {
    options.signal?.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      if (attempt >= maxAttempts || !mayPass(error)) throw error;
      await backOff(attempt);
    }
  }
}

const passing = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'Throttling',
  'RequestLimitExceeded',
  'LimitExceededException',
  'KMSThrottlingException',
  'InternalServerError',
  'InternalFailure',
  'InternalFailureException',
  'ServiceUnavailable',
  'TransactionConflictException',
  'TimeoutError',
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Whether the same call may succeed a moment later. */
export function mayPass(error: unknown): boolean {
  const {
    name = '',
    code = '',
    $metadata,
  } = (error ?? {}) as {
    name?: string;
    code?: string;
    $metadata?: { httpStatusCode?: number };
  };
  return passing.has(name) || passing.has(code) || ($metadata?.httpStatusCode ?? 0) >= 500;
}
