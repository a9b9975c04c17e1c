import type { StoredEvent } from './types.js';

/** Events that wait to be confirmed, each under its own key: tabs cannot overwrite one another. */
export interface Store {
  add(events: readonly StoredEvent[]): Promise<void>;
  /** Oldest first. */
  read(most: number): Promise<StoredEvent[]>;
  remove(ids: readonly string[]): Promise<void>;
}

/**
 * A store in IndexedDB: a write is on the disk within milliseconds, while localStorage loses the last seconds when the
 * browser is killed. Each call is one transaction, and rejects where the browser blocks it.
 */
export function createStore(name: string): Store {
  let opened: Promise<IDBDatabase> | undefined;
  const open = (): Promise<IDBDatabase> => {
    opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore('events', { keyPath: 'event_id' });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return opened;
  };
  const transact = async <T>(
    mode: IDBTransactionMode,
    act: (events: IDBObjectStore) => IDBRequest<T> | undefined,
  ): Promise<T> => {
    const transaction = (await open()).transaction('events', mode);
    return new Promise((resolve, reject) => {
      const request = act(transaction.objectStore('events'));
      transaction.oncomplete = () => resolve(request?.result as T);
      transaction.onabort = () => reject(transaction.error);
    });
  };
  return {
    add: (events) =>
      transact('readwrite', (store) => {
        for (const event of events) store.put(event);
      }),
    read: (most) => transact('readonly', (store) => store.getAll(null, most)),
    remove: (ids) =>
      transact('readwrite', (store) => {
        for (const id of ids) store.delete(id);
      }),
  };
}
