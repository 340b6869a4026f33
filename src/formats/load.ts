/** Loads models from addresses or bytes. */

import type { Graph } from '../graph/graph';
import { afterLoading } from '../graph/passes/passes';
import type { Svm } from '../svm/svm';
import { liblinearToGraph, parseLiblinearModel } from './liblinear';
import { parseLibsvmModel } from './libsvm-model';
import { parseOnnx } from './onnx';

/** The address of a file (in Node and Deno also a `file:` address), or the bytes of the file. */
export type Source = string | URL | ArrayBuffer | Uint8Array;

/**
 * Reads an ONNX model (opset 7 or later).
 * @param name the file's name in errors; default: the address, or `model` for bytes
 * @param externalData returns a file with weights (such as `model.onnx.data`), by its path relative to the model, which
 *   is how the model names it; default: the file at this path beside the model's address
 * @throws if a file can't be fetched, if it is not a complete ONNX file, or if it contains operators that are not
 *   supported; the message names them
 */
export async function loadOnnx(
  source: Source,
  name?: string,
  externalData?: (location: string) => Source | Promise<Source>,
): Promise<Graph> {
  const file = name ?? nameOf(source);
  const { graph, missing } = parseOnnx(await bytesOf(source), file);
  const find = externalData ?? ((location: string) => besides(source, location, file));
  for (const location of new Set(missing.map((tensor) => tensor.location))) {
    const data = await bytesOf(await find(location));
    await inFile(file, () => {
      for (const tensor of missing) if (tensor.location === location) tensor.add(data);
    });
  }
  return inFile(file, () => afterLoading(graph));
}

async function inFile<T>(file: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
}

/** The address of a file beside a model. @throws if the model has no address */
function besides(model: Source, location: string, file: string): URL {
  if (typeof model === 'string' || model instanceof URL) {
    const base = globalThis.location?.href;
    const address = String(model);
    if (!address.startsWith('blob:') && URL.canParse(address, base))
      return new URL(location, new URL(address, base));
  }
  throw new Error(
    `${file}: its weights are in "${location}"; pass a function that returns this file as the third argument of loadOnnx`,
  );
}

/**
 * Reads an SVM in LIBSVM's text format, of any svm_type and any kernel but `precomputed`. `svmToGraph` converts the result to a graph.
 * @param name the file's name in errors; default: the address, or `model` for bytes
 * @throws if it can't be fetched, or if its content is wrong; the message then contains file and line
 */
export async function loadLibsvm(source: Source, name?: string): Promise<Svm> {
  return parseLibsvmModel(new TextDecoder().decode(await bytesOf(source)), name ?? nameOf(source));
}

/**
 * Reads a model in LIBLINEAR's text format, and converts it to a graph. Its input is `x` (N,features). For classes, the
 * outputs are `label` (N) and `scores` (N,k): probabilities with a solver of logistic regression, else decision values,
 * for two classes (-d, d). For regression, the output is `y` (N,1); for a one-class machine, `y` is 1 or -1.
 * @param name the file's name in errors; default: the address, or `model` for bytes
 * @throws if it can't be fetched, or if its content is wrong; the message then contains file and line
 */
export async function loadLiblinear(source: Source, name?: string): Promise<Graph> {
  const text = new TextDecoder().decode(await bytesOf(source));
  return liblinearToGraph(parseLiblinearModel(text, name ?? nameOf(source)));
}

const nameOf = (source: Source): string =>
  typeof source === 'string' || source instanceof URL ? String(source) : 'model';

async function bytesOf(source: Source): Promise<Uint8Array> {
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
