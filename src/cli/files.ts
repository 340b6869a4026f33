/** Reading and writing the files of the commands. */

import { access, constants, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, normalize } from 'node:path';
import { loadOnnx } from '../formats/load';
import type { Graph } from '../graph/graph';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'the file does not exist',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read or written',
  ENOTDIR: 'its folder is a file',
};

/** Describes an error of the file system in words. */
export const reasonOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return reasons[code ?? ''] ?? message;
};

const inWords = (file: string, error: NodeJS.ErrnoException): never => {
  throw new Error(`${file}: ${reasonOf(error)}`);
};

/** Reads a file. @throws Error with the message `FILE: REASON` */
export const readBytes = (file: string): Promise<Uint8Array> =>
  readFile(file).catch((error: NodeJS.ErrnoException) => inWords(file, error));

/** Reads a file as UTF-8. @throws Error with the message `FILE: REASON` */
export const readText = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => inWords(file, error));

/**
 * Checks, before long computations, that the results can be written and that no input is overwritten.
 * @param outputs the files to write
 * @param inputs the files that are read
 * @throws Error with the message `FILE: REASON`, also if an output is the same file as an input or another output,
 *   through any path or link
 */
export async function checkWritable(outputs: readonly string[], inputs: readonly string[]): Promise<void> {
  const taken = new Map<string, string>();
  for (const file of inputs)
    for (const key of await identities(file))
      taken.set(key, 'it is an input of this call, which is not overwritten');
  for (const file of outputs) {
    await access(dirname(file), constants.W_OK).catch(() => {
      throw new Error(`${file}: there is no folder ${dirname(file)} that can be written to`);
    });
    const found = await stat(file).catch(() => undefined);
    if (found?.isDirectory()) throw new Error(`${file}: ${reasons.EISDIR}`);
    // Pipes and devices, such as /dev/null, contain no data that could be overwritten.
    if (found && !found.isFile()) continue;
    const keys = await identities(file);
    const [reason] = keys.flatMap((key) => taken.get(key) ?? []);
    if (reason) throw new Error(`${file}: ${reason}`);
    for (const key of keys) taken.set(key, 'two outputs would go to this file');
  }
}

/** Keys that all paths of a file share: the real path, and for hard links the device and the inode number. */
async function identities(file: string): Promise<string[]> {
  const real = await realpath(file).catch(async () => {
    const folder = await realpath(dirname(file)).catch(() => dirname(file));
    return join(folder, basename(file));
  });
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  return found ? [real, `${found.dev}:${found.ino}`] : [real];
}

/** Writes a file. @throws Error with the message `FILE: REASON` */
export const write = (file: string, data: Uint8Array | string): Promise<void> =>
  writeFile(file, data).catch((error: NodeJS.ErrnoException) => inWords(file, error));

/**
 * Returns a function that reads a file with weights of the model `file`, by its path relative to the model.
 * The function throws an Error with the file's name; also if the path is outside the model's folder.
 */
export const externalFiles =
  (file: string) =>
  (location: string): Promise<Uint8Array> => {
    const path = normalize(location);
    if (isAbsolute(path) || path.startsWith('..'))
      throw new Error(
        `${file}: its weights are in "${location}", outside its folder; move that file beside it`,
      );
    return readBytes(join(dirname(file), path));
  };

/**
 * Reads an ONNX model, and the files beside it that contain its weights.
 * @throws Error with the file's name; also if the model names a file outside its folder
 */
export async function readModel(file: string): Promise<Graph> {
  const graph = await loadOnnx(await readBytes(file), file, externalFiles(file));
  for (const warning of graph.warnings ?? []) process.stderr.write(`mien: ${file}: ${warning}\n`);
  return graph;
}

/** Runs `action`. @throws Error: what `action` throws, with the file's name before its message */
export async function inFile<T>(file: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
}
