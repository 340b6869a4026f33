/** Whatever must be destroyed with what uses it. */

interface Destroyable {
  destroy(): void;
}

/** Remembers an object until all are destroyed, and returns it. */
export type Own = <T extends Destroyable>(resource: T) => T;

/** Objects that are destroyed together, the last one first. */
export function createOwner(): { own: Own; destroyAll(): void } {
  const owned: Destroyable[] = [];
  return {
    own(resource) {
      owned.push(resource);
      return resource;
    },
    destroyAll() {
      for (const resource of owned.splice(0).reverse()) resource.destroy();
    },
  };
}
