/** Models from where they lie: addresses or bytes. */

import type { Graph } from '../graph/graph';
import { afterLoading } from '../graph/passes/passes';
import type { Svm } from '../svm/svm';
import { parseLibsvmModel } from './libsvm-model';
import { parseOnnx } from './onnx';

/** An address to fetch (in Node and Deno also a `file:` address), or the file itself. */
export type Source = string | URL | ArrayBuffer | Uint8Array;

/**
 * Reads an ONNX model (opset 9 to 21).
 * @param name what errors call it; the address, if there is one
 * @throws if it can't be fetched, is no whole ONNX file, or holds operators that can't be run: all of them are named
 */
export async function loadOnnx(source: Source, name?: string): Promise<Graph> {
  const file = name ?? nameOf(source);
  const graph = parseOnnx(await bytesOf(source), file);
  try {
    return afterLoading(graph);
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
}

/**
 * Reads an SVM in LIBSVM's text format (svm_type c_svc or nu_svc). `svmToGraph` makes a graph of it.
 * @throws if it can't be fetched, or with file and line what is wrong in it
 */
export async function loadLibsvm(source: Source, name?: string): Promise<Svm> {
  return parseLibsvmModel(new TextDecoder().decode(await bytesOf(source)), name ?? nameOf(source));
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
  // Servers of pages with one address for all answer so where there is no file.
  if (response.headers.get('content-type')?.startsWith('text/html'))
    throw new Error(`${source}: the server answers with a page (text/html) instead of a model`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Reads files in Node and Deno, whose fetch may not. An import of node:fs would break bundlers for the web. */
const fileSystem = (): typeof import('node:fs/promises') | undefined =>
  globalThis.process?.getBuiltinModule?.('node:fs/promises');
