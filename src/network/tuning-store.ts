/** Where a browser keeps timings: IndexedDB. Without it (private windows, some workers) nothing is kept. */

import type { KernelTimings, TuningStore } from './tuning';

const STORE = 'timings';

/** Milliseconds. Some browsers' databases never answer, and a network must not wait for one. */
const OPEN_TIMEOUT = 1000;

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    setTimeout(() => reject(new Error('IndexedDB does not answer')), OPEN_TIMEOUT);
  });

/** Undefined where there is no IndexedDB. Its promises reject where it fails. */
export function browserStore(): TuningStore | undefined {
  if (!globalThis.indexedDB) return undefined;
  /** A transaction on a database that is opened for it: one that is kept open would hold up its deletion. */
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
    // Another page may have learnt something meanwhile.
    save: (id, timings) =>
      using('readwrite', async (store) => {
        await settled(store.put({ ...(await read(store, id)), ...timings }, id));
      }),
  };
}
