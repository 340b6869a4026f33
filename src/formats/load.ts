/** Loads models from addresses or bytes. */

import type { Graph } from '../graph/graph';
import { afterLoading } from '../graph/passes/passes';
import type { Svm } from '../svm/svm';
import { liblinearToGraph, parseLiblinearModel } from './liblinear';
import { parseLibsvmModel } from './libsvm-model';
import { parseOnnx } from './onnx';
import { bytesOf, nameOf, type Source } from './source';

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
  if (missing.length) {
    const { addExternalData, besides } = await import('./external-data');
    const find = externalData ?? ((location: string) => besides(source, location));
    await inFile(file, () => addExternalData(missing, find));
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
