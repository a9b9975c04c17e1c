/** Answers that several ask for at once, or again while nothing has changed. */
export interface SharedAnswers<T> {
  /**
   * @param key What is asked, and of which state of the data.
   * @param keep Whether the answer holds for later, too.
   * @param work Its signal fires when nobody waits for it any more.
   * @param signal Of whoever asks: rejected with its reason, while others go on waiting.
   */
  get(key: string, keep: boolean, work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>;
}

export interface SharedAnswersOptions<T> {
  /** Most answers kept. */
  maxAnswers: number;
  /** Most that is kept, as `weigh` has it; what alone weighs more than a quarter of it is not kept. */
  maxWeight: number;
  weigh(answer: T): number;
}

interface Entry<T> {
  readonly answer: Promise<T>;
  readonly stop: AbortController;
  waiting: number;
  /** 0 until it is there. */
  weight: number;
}

export function createSharedAnswers<T>({ maxAnswers, maxWeight, weigh }: SharedAnswersOptions<T>): SharedAnswers<T> {
  /** Those used last are last. */
  const entries = new Map<string, Entry<T>>();
  let weight = 0;

  const forget = (key: string, entry: Entry<T>): void => {
    if (entries.get(key) !== entry) return;
    entries.delete(key);
    weight -= entry.weight;
  };
  const begin = (key: string, keep: boolean, work: (signal: AbortSignal) => Promise<T>): Entry<T> => {
    const stop = new AbortController();
    const entry: Entry<T> = { answer: work(stop.signal), stop, waiting: 0, weight: 0 };
    entries.set(key, entry);
    entry.answer.then(
      (answer) => {
        const own = Math.max(1, weigh(answer));
        if (!keep || own > maxWeight / 4) return forget(key, entry);
        if (entries.get(key) !== entry) return;
        entry.weight = own;
        weight += own;
        for (const [oldKey, old] of entries) {
          if (entries.size <= maxAnswers && weight <= maxWeight) break;
          if (old.weight > 0 && old !== entry) forget(oldKey, old);
        }
      },
      () => forget(key, entry),
    );
    return entry;
  };

  return {
    async get(key, keep, work, signal) {
      signal.throwIfAborted();
      const known = entries.get(key);
      const entry = known ?? begin(key, keep, work);
      if (known) {
        entries.delete(key);
        entries.set(key, known);
      }
      entry.waiting++;
      let leave = (): void => {};
      const left = new Promise<never>((_, reject) => {
        leave = () => reject(signal.reason);
      });
      signal.addEventListener('abort', leave, { once: true });
      try {
        return await Promise.race([entry.answer, left]);
      } finally {
        signal.removeEventListener('abort', leave);
        if (--entry.waiting === 0 && entry.weight === 0) {
          // Whoever asks from now on gets a query of its own, not the end of this one.
          forget(key, entry);
          entry.stop.abort(signal.aborted ? signal.reason : undefined);
        }
      }
    },
  };
}
