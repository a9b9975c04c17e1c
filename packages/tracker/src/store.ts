import type { StoredEvent } from './types.js';

/** Events that wait to be confirmed, each under its own key: tabs cannot overwrite one another. */
export interface Store {
  add(events: readonly StoredEvent[]): Promise<void>;
  /** Oldest first. */
  read(most: number): Promise<StoredEvent[]>;
  remove(ids: readonly string[]): Promise<void>;
}

/** A database that does not open by then is treated as blocked. Unit: ms. */
const openTimeoutMs = 3000;

/**
 * A store in IndexedDB: a write is on the disk within milliseconds, while localStorage loses the last seconds when the
 * browser is killed. Each call is one transaction, and rejects where the browser blocks it.
 */
export function createStore(name: string): Store {
  let opened: Promise<IDBDatabase> | undefined;
  const open = (): Promise<IDBDatabase> => {
    opened ??= new Promise((resolve, reject) => {
      setTimeout(reject, openTimeoutMs, 'IndexedDB timeout');
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore('events', { keyPath: 'event_id' });
      request.onsuccess = () => {
        const database = request.result;
        // Deleted by the shopper, or about to be: not held, and opened anew when it is needed.
        database.onversionchange = database.onclose = () => {
          database.close();
          opened = undefined;
        };
        resolve(database);
      };
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
