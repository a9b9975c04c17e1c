/** Small values by name: in localStorage, or in memory where that is blocked, full or absent. */
export interface Storage {
  get(name: string): string | null;
  /** `null` removes it. */
  set(name: string, value: string | null): void;
}

export function createStorage(): Storage {
  const memory = new Map<string, string | null>();
  return {
    get(name) {
      try {
        return memory.get(name) ?? localStorage.getItem(name);
      } catch {
        return null;
      }
    },
    set(name, value) {
      try {
        if (value === null) localStorage.removeItem(name);
        else localStorage.setItem(name, value);
        memory.delete(name);
      } catch {
        memory.set(name, value);
      }
    },
  };
}
