/**
 * Wraps a sink so that a record put again shortly after is not written again: a retry whose first answer was lost, or
 * events that a closing page and the next page both sent.
 *
 * A record still on its way counts only once it is durable: the repeat waits for it, and shares its fate.
 */
export function once(sink, options = {}) {
  const { maxIds = 100_000, keepMs = 600_000, now = Date.now } = options;
  /** By id: when it became durable, or the put that is deciding it. Maps keep the order of insertion. */
  const seen = new Map();
  const forget = () => {
    for (const [id, at] of seen) {
      if (typeof at !== 'number') continue;
      if (seen.size <= maxIds && at > now() - keepMs) break;
      seen.delete(id);
    }
  };
  return {
    async put(records) {
      forget();
      const fresh = [];
      const waits = [];
      let settle = () => {};
      let fail = () => {};
      const outcome = new Promise((resolve, reject) => {
        settle = resolve;
        fail = reject;
      });
      // Unobserved when nothing waits: the error reaches the caller below.
      outcome.catch(() => {});
      for (const record of records) {
        const before = seen.get(record.id);
        if (before === undefined) {
          const at = fresh.push(record) - 1;
          const wait = outcome.then((failures) => failures.find((failure) => failure.index === at));
          wait.catch(() => {});
          seen.set(record.id, wait);
          waits.push(wait);
        } else waits.push(typeof before === 'number' ? undefined : before);
      }
      if (fresh.length > 0) {
        try {
          const failures = await sink.put(fresh);
          const failed = new Set(failures.map((failure) => failure.index));
          for (const [at, { id }] of fresh.entries()) {
            seen.delete(id);
            if (!failed.has(at)) seen.set(id, now());
          }
          settle(failures);
        } catch (error) {
          for (const { id } of fresh) seen.delete(id);
          fail(error);
          throw error;
        }
      }
      const settled = await Promise.all(waits);
      return settled.flatMap((failure, index) => (failure ? [{ ...failure, index }] : []));
    },
    ...(sink.close ? { close: () => sink.close?.() ?? Promise.resolve() } : {}),
  };
}
