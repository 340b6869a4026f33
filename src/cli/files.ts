/** What the commands read and write. */

import { access, constants, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read or written',
  ENOTDIR: 'its folder is a file',
};

const inWords = (file: string, error: NodeJS.ErrnoException): never => {
  throw new Error(`${file}: ${reasons[error.code ?? ''] ?? error.message}`);
};

/** @throws `FILE: why not` */
export const readBytes = (file: string): Promise<Uint8Array> =>
  readFile(file).catch((error: NodeJS.ErrnoException) => inWords(file, error));

/** @throws `FILE: why not` */
export const readText = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => inWords(file, error));

/** Before long work: whether its result can be written. @throws `FILE: why not` */
export async function checkWritable(file: string): Promise<void> {
  await access(dirname(file), constants.W_OK).catch(() => {
    throw new Error(`${file}: there is no folder ${dirname(file)} that may be written to`);
  });
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory()) throw new Error(`${file}: ${reasons.EISDIR}`);
}

/** @throws `FILE: why not` */
export const write = (file: string, data: Uint8Array | string): Promise<void> =>
  writeFile(file, data).catch((error: NodeJS.ErrnoException) => inWords(file, error));

/** Puts a file's name before what an action throws. */
export function inFile<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
}
