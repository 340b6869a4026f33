/** Reads dropped model files: ONNX, also with its weights in other files, LIBSVM and LIBLINEAR. */

import { liblinearToGraph, parseLiblinearModel } from '../src/formats/liblinear';
import { parseLibsvmModel } from '../src/formats/libsvm-model';
import { parseOnnx } from '../src/formats/onnx';
import { type Graph, svmToGraph } from '../src/index';

/** A model whose operators are not checked yet. */
export interface DroppedModel {
  /** The name of its file. */
  readonly name: string;
  /** Bytes of all its files. */
  readonly bytes: number;
  /** The model. */
  readonly graph: Graph;
  /** The names of its classes, if it contains them. */
  readonly labels?: readonly string[];
  /** The number of the first feature in LIBSVM's rows. */
  readonly firstIndex: 0 | 1;
}

/**
 * Reads a model from files that were dropped together.
 * @throws Error, in one sentence, if there are no or several models, if a file with weights is missing, or if the model
 *   is damaged
 */
export async function readModelFiles(files: readonly File[]): Promise<DroppedModel> {
  const models = files.filter(({ name }) => /\.(onnx|model)$/i.test(name));
  const [file] = models;
  if (!file) throw new Error(`“${files[0].name}” contains no model: drop it together with its .onnx file`);
  if (models.length > 1) throw new Error(`${models.length} models were dropped; try one at a time`);
  const content = await bytesOf(file);
  const start = new TextDecoder().decode(content.subarray(0, 512));
  const named = `“${file.name}”`;
  const whole = () => new TextDecoder().decode(content);
  let [graph, firstIndex, bytes]: [Graph | undefined, 0 | 1, number] = [undefined, 1, file.size];
  if (/^\s*svm_type\b/.test(start)) {
    const svm = parseLibsvmModel(whole(), named);
    [graph, firstIndex] = [svmToGraph(svm), svm.firstIndex ?? 1];
  } else if (/^\s*solver_type\b/.test(start)) {
    graph = liblinearToGraph(parseLiblinearModel(whole(), named));
  } else if (/\.model$/i.test(file.name)) {
    throw new Error(`“${file.name}” is not a model of LIBSVM or LIBLINEAR: svm_type is not its first word`);
  } else {
    const parsed = parseOnnx(content, named);
    for (const tensor of parsed.missing) {
      const data = files.find(({ name }) => name === tensor.location.split(/[\\/]/).at(-1));
      if (!data)
        throw new Error(`“${file.name}” keeps its weights in “${tensor.location}”: drop both files together`);
      tensor.add(await bytesOf(data));
    }
    for (const location of new Set(parsed.missing.map((tensor) => tensor.location.split(/[\\/]/).at(-1))))
      bytes += files.find(({ name }) => name === location)?.size ?? 0;
    graph = parsed.graph;
  }
  return { name: file.name, bytes, graph, labels: labelsOf(graph), firstIndex };
}

/** Reads a file. @throws Error with its name */
export async function bytesOf(file: File): Promise<Uint8Array> {
  const content = await file.arrayBuffer().catch(() => {
    throw new Error(`“${file.name}” can't be read, or it is too large for this browser`);
  });
  return new Uint8Array(content);
}

/** The classes in the attributes of a classifier of ai.onnx.ml. */
function labelsOf({ nodes }: Graph): readonly string[] | undefined {
  for (const { attributes } of nodes)
    for (const [name, value] of Object.entries(attributes))
      if (name.startsWith('classlabels_') && Array.isArray(value) && value.length) return value.map(String);
  return undefined;
}

/** Sizes for the open dimensions after the batch: 224 for pictures, else 16. */
export function defaultSizes({ inputs }: Graph): Record<string, number> {
  const sizes: Record<string, number> = {};
  for (const { shape } of inputs)
    shape.slice(1).forEach((d, i) => {
      if (typeof d !== 'string') return;
      const isChannels = shape.length === 4 && i === 0 && shape[3] !== 1 && shape[3] !== 3;
      sizes[d] ??= isChannels ? 3 : shape.length === 4 ? 224 : 16;
    });
  return sizes;
}

/** The side of the crops that a face classifier reads: (N,1,S,S), (N,S,S,1) or (N,S²); undefined for other models. */
export function cropSide({ inputs }: Graph): number | undefined {
  const [first, ...others] = inputs;
  if (!first || others.length || (first.type ?? 'float') !== 'float') return undefined;
  const [, a, b, c] = first.shape;
  const { length } = first.shape;
  const side =
    length === 2
      ? Math.sqrt(Number(a))
      : length !== 4
        ? 0
        : a === 1 && b === c
          ? b
          : c === 1 && a === b
            ? a
            : 0;
  return typeof side === 'number' && Number.isInteger(side) && side >= 16 ? side : undefined;
}
