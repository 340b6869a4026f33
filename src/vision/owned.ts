/** Resources that are destroyed together. */

interface Destroyable {
  destroy(): void;
}

/** Registers an object to be destroyed with the others, and returns it. */
export type Own = <T extends Destroyable>(resource: T) => T;

/** Creates an empty group of objects. `destroyAll` destroys them in the reverse order of their registration. */
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
