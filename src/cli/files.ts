/** What the commands read and write. */

import { readFile, writeFile } from 'node:fs/promises';

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

/** @throws `FILE: why not` */
export const write = (file: string, data: Uint8Array | string): Promise<void> =>
  writeFile(file, data).catch((error: NodeJS.ErrnoException) => inWords(file, error));
