import { useSyncExternalStore } from 'react';

/** A value that lives outside of React. */
export interface Store<T> {
  get(): T;
  set(value: T): void;
  /** @returns Ends it. */
  subscribe(listener: () => void): () => void;
  /** What a server renders, where there is no shopper. */
  readonly initial: T;
}

/**
 * @param name Entry of localStorage that keeps the value over reloads and shares it with the other tabs. Where the browser
 *   blocks that, and without a name, the value lives as long as the page.
 */
export function createStore<T>(initial: T, name?: string): Store<T> {
  const listeners = new Set<() => void>();
  const kept = name !== undefined && typeof document !== 'undefined';
  const read = (): T => {
    try {
      return JSON.parse(localStorage.getItem(name as string) as string) ?? initial;
    } catch {
      return initial;
    }
  };
  let value = kept ? read() : initial;
  const change = (next: T): void => {
    value = next;
    for (const listener of listeners) listener();
  };
  if (kept) {
    addEventListener('storage', ({ key }) => {
      // No key: another tab has cleared everything.
      if (key === name || key === null) change(read());
    });
  }
  return {
    initial,
    get: () => value,
    set(next) {
      try {
        if (kept) localStorage.setItem(name, JSON.stringify(next));
      } catch {}
      change(next);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useStore<T>({ subscribe, get, initial }: Store<T>): T {
  return useSyncExternalStore(subscribe, get, () => initial);
}
