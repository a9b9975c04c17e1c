import type { Chunk } from './chunk.js';

/** Writes chunks one after the other, each until it is written. */
export interface Flusher {
  /** Takes a chunk behind the others. */
  push(chunk: Chunk): void;
  /** What waits, first to last; the first is being written. */
  readonly waiting: readonly Chunk[];
  /** Why the last try failed; absent when it did not. */
  readonly failure: string | undefined;
  /** Resolves when all that waits is written. Rejects when a try fails; the chunk stays, and is tried again. */
  flush(): Promise<void>;
  /** Flushes, and tries no more once a try has failed. */
  close(): Promise<void>;
}

export interface FlusherOptions {
  /** It may have happened although it rejects. */
  write(chunk: Chunk): Promise<void>;
  /** After each chunk. */
  onWritten(): void;
  onError(error: unknown): void;
}

/** The first wait after a try that failed, and the longest. Unit: ms. */
const retryMs = { first: 500, most: 30_000 };

interface Waiter {
  readonly chunk: Chunk;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function createFlusher({ write, onWritten, onError }: FlusherOptions): Flusher {
  const waiting: Chunk[] = [];
  let waiters: Waiter[] = [];
  let failure: string | undefined;
  let working: Promise<void> | undefined;
  let cutWait: (() => void) | undefined;
  let closing = false;

  const start = (): void => {
    working ??= work();
  };

  async function work(): Promise<void> {
    try {
      for (let failures = 0; waiting[0]; ) {
        const [chunk] = waiting;
        if (await attempt(chunk)) {
          failures = 0;
        } else {
          if (closing) return;
          await wait(Math.min(retryMs.first * 2 ** failures, retryMs.most));
          failures += 1;
        }
      }
    } finally {
      // In the same turn as the last look: what is pushed from now on begins anew.
      working = undefined;
    }
  }

  /** @returns Whether it is written. */
  async function attempt(chunk: Chunk): Promise<boolean> {
    try {
      await write(chunk);
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
      const failed = waiters;
      waiters = [];
      for (const { reject } of failed) reject(error);
      onError(error);
      return false;
    }
    failure = undefined;
    waiting.shift();
    const done = waiters.filter((waiter) => waiter.chunk === chunk);
    waiters = waiters.filter((waiter) => waiter.chunk !== chunk);
    for (const { resolve } of done) resolve();
    onWritten();
    return true;
  }

  function wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      cutWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function flush(): Promise<void> {
    const chunk = waiting.at(-1);
    if (!chunk) return;
    start();
    await new Promise<void>((resolve, reject) => {
      waiters.push({ chunk, resolve, reject });
      cutWait?.();
    });
  }

  return {
    push(chunk) {
      waiting.push(chunk);
      start();
    },
    waiting,
    get failure() {
      return failure;
    },
    flush,
    async close() {
      closing = true;
      try {
        await flush();
      } finally {
        cutWait?.();
        await working;
      }
    },
  };
}
