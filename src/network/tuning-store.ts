/** Stores timings in IndexedDB. Where the browser has none (private windows, some workers), nothing is stored. */

import type { KernelTimings, TuningStore } from './tuning';

const STORE = 'timings';

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/**
 * Returns a store in IndexedDB; undefined if there is none. The store's promises reject if the database fails, and stay
 * pending if it does not answer.
 */
export function browserStore(): TuningStore | undefined {
  if (!globalThis.indexedDB) return undefined;
  /** Runs `work` in a transaction. The database is closed afterwards, since an open one could not be deleted. */
  const using = async <T>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => Promise<T>,
  ): Promise<T> => {
    const request = indexedDB.open('mien', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    const database = await settled(request);
    try {
      return await work(database.transaction(STORE, mode).objectStore(STORE));
    } finally {
      database.close();
    }
  };
  const read = async (store: IDBObjectStore, id: string): Promise<KernelTimings> =>
    (await settled(store.get(id))) ?? {};
  return {
    load: (id) => using('readonly', (store) => read(store, id)),
    // Reads again before it writes, since another page may have stored timings meanwhile.
    save: (id, timings) =>
      using('readwrite', async (store) => {
        await settled(store.put({ ...(await read(store, id)), ...timings }, id));
      }),
  };
}
