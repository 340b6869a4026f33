/** Where a browser keeps timings: IndexedDB. Without it (private windows, some workers) nothing is kept. */

import type { Timings, TuningStore } from './tuning';

const STORE = 'timings';

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Undefined where there is no IndexedDB. */
export function browserStore(): TuningStore | undefined {
  if (!globalThis.indexedDB) return undefined;
  let database: Promise<IDBDatabase> | undefined;
  const open = (): Promise<IDBDatabase> => {
    if (!database) {
      const request = indexedDB.open('mien', 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE);
      database = settled(request);
    }
    return database;
  };
  return {
    async load(adapter) {
      const store = (await open()).transaction(STORE).objectStore(STORE);
      return ((await settled(store.get(adapter))) as Timings | undefined) ?? {};
    },
    async save(adapter, timings) {
      const store = (await open()).transaction(STORE, 'readwrite').objectStore(STORE);
      // Another page may have learnt something meanwhile.
      const known = (await settled(store.get(adapter))) as Timings | undefined;
      await settled(store.put({ ...known, ...timings }, adapter));
    },
  };
}
