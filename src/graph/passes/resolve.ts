/** Computes the shape of every value for one batch, and the values that are constant. */

import {
  type Constant,
  type Graph,
  integers,
  type Node,
  nodeText,
  numberOf,
  shapeText,
  sizeOf,
} from '../graph';
import { operatorFor, operatorNameOf } from '../operators';
import { folds } from './fold';

/** A graph with a number for every dimension. */
export interface ResolvedGraph extends Graph {
  /** The inputs, with a number for every dimension. */
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** The shape of each value, by name. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** The shapes for a batch with one item more; the same map if the batch is fixed. */
  readonly larger: ReadonlyMap<string, readonly number[]>;
}

/**
 * Checks that all operators of a graph are supported.
 * @throws one error that lists every node whose operator or attributes are not supported, by operator and name
 */
export function checkOperators(graph: Graph): void {
  const unknown: string[] = [];
  const refused: string[] = [];
  for (const node of graph.nodes) {
    const operator = operatorFor(node);
    const foldable = !node.domain && (Object.hasOwn(folds, node.op) || node.op === 'Shape');
    if (!operator && !foldable) unknown.push(nodeText(node));
    try {
      operator?.check?.(node);
    } catch (error) {
      refused.push((error as Error).message);
    }
  }
  if (unknown.length) refused.unshift(`unsupported operators: ${unknown.join(', ')}`);
  if (refused.length) throw new Error(refused.join('; '));
}

/**
 * Computes the shape of every value, and the values that are constant.
 * @param batch the first dimension of each input whose first dimension is symbolic
 * @throws if the shapes of nodes don't match (one error lists all of them, with both numbers each), if another
 *   dimension of an input is symbolic, if no node computes an output, or if a constant depends on the batch
 */
export function resolve(graph: Graph, batch: number): ResolvedGraph {
  const resolved = resolveFor(graph, batch);
  if (graph.inputs.every(({ shape }) => typeof shape[0] === 'number' && shape[0] > 0))
    return { ...resolved, larger: resolved.shapes };
  const { shapes: larger, constants } = resolveFor(graph, batch + 1);
  for (const [name, constant] of constants) {
    const own = resolved.constants.get(name);
    if (constant.type !== 'float32' || own?.type !== 'float32' || own.data.length !== constant.data.length)
      continue;
    if (own.data.some((v, i) => v !== constant.data[i]))
      throw new Error(`"${name}": the model computes with the size of the batch, which may change`);
  }
  return { ...resolved, larger };
}

function resolveFor(graph: Graph, batch: number): Omit<ResolvedGraph, 'larger'> {
  const inputs = graph.inputs.map(({ name, shape }) => ({
    name,
    shape: shape.map((d, axis) => {
      if (typeof d === 'number' && d > 0) return d;
      if (axis === 0) return batch;
      throw new Error(
        `input "${name}" is (${shape.join(',')}): only its first dimension, the batch, may be open`,
      );
    }),
  }));
  const constants = new Map(graph.constants);
  const shapes = new Map<string, readonly number[]>(inputs.map(({ name, shape }) => [name, shape]));
  for (const [name, constant] of constants) shapes.set(name, constant.shape);
  const known = new Set(shapes.keys());
  const nodes: Node[] = [];
  const errors: string[] = [];
  const labels = new Set<string>();

  for (const node of graph.nodes) {
    const inputNames = node.inputs.filter((name) => name);
    if (!inputNames.every((name) => known.has(name))) continue; // the error of an earlier node is in the list
    try {
      const values = node.inputs.map((name) => constants.get(name));
      const folded = fold(
        node,
        values,
        node.inputs.map((name) => shapes.get(name)),
      );
      if (folded) {
        constants.set(node.outputs[0], folded);
        shapes.set(node.outputs[0], folded.shape);
        known.add(node.outputs[0]);
        continue;
      }
      const given = node.inputs.map((name) => shapes.get(name) as readonly number[]);
      const operator = operatorFor(node);
      checkTypes(node, labels);
      if (!operator)
        throw new Error(`${nodeText(node)}: is supported for constants only, but its input is computed`);
      const made = operator.infer(node, given, values);
      node.outputs.forEach((name, i) => {
        if (!made[i]) return;
        checkShape(node, made[i]);
        shapes.set(name, made[i]);
        known.add(name);
      });
      nodes.push(node);
    } catch (error) {
      errors.push((error as Error).message);
    }
  }
  if (errors.length) throw new Error(errors.join('; '));
  for (const output of graph.outputs)
    if (!known.has(output)) throw new Error(`no node computes the output "${output}"`);
  return { ...graph, inputs, nodes, constants, shapes };
}

function fold(
  node: Node,
  values: readonly (Constant | undefined)[],
  shapes: readonly (readonly number[] | undefined)[],
): Constant | undefined {
  if (node.domain) return undefined;
  if (node.op === 'Shape' && shapes[0]) {
    const { start = 0, end } = node.attributes as { start?: number; end?: number };
    return integers(shapes[0].slice(start, end));
  }
  const all = node.inputs.every((name, i) => !name || values[i]);
  return all && Object.hasOwn(folds, node.op) ? folds[node.op](node, values) : undefined;
}

/** Maximum number of elements of a tensor: 2 GiB of f32. No GPU binds larger buffers. */
const MOST = 2 ** 29;

/** Rejects shapes that only a damaged file contains. @throws if a dimension or the size is out of range */
function checkShape(node: Node, shape: readonly number[]): void {
  if (shape.every((d) => Number.isInteger(d) && d >= 1) && sizeOf(shape) <= MOST) return;
  throw new Error(
    `${nodeText(node)}: creates a tensor of ${shapeText(shape)}; tensors of 1 to ${MOST} numbers are supported`,
  );
}

/** Operators whose first output is labels. */
const CLASSIFIERS = ['SVMClassifier', 'LinearClassifier'];
const ARRANGING = ['Identity', 'Dropout', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose'];

/**
 * Checks the types of a node's inputs. On the GPU all numbers are f32. An SVM's labels are positions in the list of its
 * classes: nodes may pass them on, but not compute with them. A Cast that would round is not supported.
 * @param labels the names of values that are labels; the node's output is added if it is one
 * @throws if the node computes with labels, or casts to a type that is not supported
 */
function checkTypes(node: Node, labels: Set<string>): void {
  const isLabel = node.inputs.some((name) => labels.has(name));
  const to = operatorNameOf(node) === 'Cast' ? numberOf(node, 'to', 1) : undefined;
  if (to !== undefined && [1, 10, 11].includes(to) === isLabel)
    throw new Error(
      `${nodeText(node)}: to data type ${to} of ${isLabel ? 'labels' : 'numbers'} is not supported`,
    );
  if (isLabel && to === undefined && !ARRANGING.includes(node.op) && node.op !== 'ZipMap')
    throw new Error(`${nodeText(node)}: computes with class labels, which is not supported`);
  if (isLabel || CLASSIFIERS.includes(node.op)) labels.add(node.outputs[0]);
}
