/** Where a model comes from, and its bytes. */

/** The address of a file (in Node and Deno also a `file:` address), or the bytes of the file. */
export type Source = string | URL | ArrayBuffer | Uint8Array;

/** The name of a source in errors. */
export const nameOf = (source: Source): string =>
  typeof source === 'string' || source instanceof URL ? String(source) : 'model';

/** Returns the bytes of a source. @throws Error `ADDRESS: what is wrong` if it can't be fetched */
export async function bytesOf(source: Source): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  const files = String(source).startsWith('file:') && fileSystem();
  if (files)
    return files.readFile(new URL(source)).catch((error: Error) => {
      throw new Error(`${source}: can't be read: ${error.message}`);
    });
  const response = await fetch(source).catch((error: Error) => {
    throw new Error(`${source}: can't be fetched: ${error.message}`);
  });
  if (!response.ok)
    throw new Error(
      `${source}: the server answers ${`${response.status} ${response.statusText}`.trim()} instead of a model`,
    );
  // Servers of single-page applications answer with their page if the file does not exist.
  if (response.headers.get('content-type')?.startsWith('text/html'))
    throw new Error(`${source}: the server answers with a page (text/html) instead of a model`);
  return new Uint8Array(await response.arrayBuffer());
}

/** The file system of Node and Deno, whose fetch may not read files. Importing node:fs would break web bundlers. */
const fileSystem = (): typeof import('node:fs/promises') | undefined =>
  globalThis.process?.getBuiltinModule?.('node:fs/promises');
