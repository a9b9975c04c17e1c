/** The last few things that were done, so as not to do them again. To forget one costs a repeat, nothing else. */
export interface Recent {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
}

/** @param most Entries that are kept; the one that was not asked for longest goes first. */
export function createRecent(most: number): Recent {
  const entries = new Map<string, string>();
  return {
    get(key) {
      const value = entries.get(key);
      if (value !== undefined) {
        entries.delete(key);
        entries.set(key, value);
      }
      return value;
    },
    set(key, value) {
      entries.delete(key);
      entries.set(key, value);
      if (entries.size > most) entries.delete(entries.keys().next().value as string);
    },
  };
}
