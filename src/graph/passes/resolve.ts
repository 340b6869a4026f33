/** Computes the shape of every value for one batch, and the values that are constant. */

import {
  type Constant,
  type ElementType,
  type Graph,
  integers,
  listed,
  type Node,
  nodeText,
  shapeText,
  sizeOf,
} from '../graph';
import { operatorFor, operatorNameOf } from '../operators';
import type { Operator } from '../operators/operator';
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

/** The errors of several nodes in one: its message lists them, up to about 300 characters. */
export class Refused extends Error {
  /** @param all one text for each node */
  constructor(readonly all: readonly string[]) {
    super(listed(all));
  }
}

/**
 * Returns what of a graph is not supported: one text for all operators that are unknown, with the number of their nodes,
 * and one for each node whose attributes are not supported.
 */
export function refusalsOf(graph: Graph): string[] {
  const unknown = new Map<string, Node[]>();
  const refused: string[] = [];
  for (const node of graph.nodes) {
    const operator = operatorFor(node);
    const foldable = !node.domain && (Object.hasOwn(folds, node.op) || node.op === 'Shape');
    const name = operatorNameOf(node);
    if (!operator && !foldable) unknown.set(name, [...(unknown.get(name) ?? []), node]);
    try {
      operator?.check?.(node);
    } catch (error) {
      refused.push((error as Error).message);
    }
  }
  const names = [...unknown.values()].map(
    ([first, ...others]) => `${nodeText(first)}${others.length ? ` and ${others.length} more` : ''}`,
  );
  if (names.length) refused.unshift(`unsupported operators: ${listed(names, ', ')}`);
  return refused;
}

/**
 * Checks that all operators of a graph are supported.
 * @throws one error with what refusalsOf returns, up to about 300 characters
 */
export function checkOperators(graph: Graph): void {
  const refused = refusalsOf(graph);
  if (refused.length) throw new Error(listed(refused));
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
  const other = resolveFor(graph, batch + 1);
  checkConstants(resolved, other.constants);
  return { ...resolved, larger: other.shapes };
}

/** The operators whose output has the shape that a constant input contains: these numbers are not computed with. */
const TAKE_SHAPES = ['Reshape', 'Expand', 'Resize'];

/**
 * Rejects constants that nodes compute with and that depend on the batch, since a run may have fewer items.
 * @param larger the constants of the same graph for a larger batch. A constant that has more rows there is accepted if
 *   its first rows are equal.
 */
function checkConstants(
  { nodes, constants }: Omit<ResolvedGraph, 'larger'>,
  larger: ReadonlyMap<string, Constant>,
): void {
  for (const node of nodes) {
    if (!node.domain && TAKE_SHAPES.includes(node.op)) continue;
    for (const name of node.inputs) {
      const [own, other] = [constants.get(name), larger.get(name)];
      if (!own || !other || own === other) continue;
      if (Array.prototype.some.call(own.data, (value, i) => !Object.is(value, other.data[i])))
        throw new Error(
          `${nodeText(node)}: computes with the size of the batch ("${name}"), which may change`,
        );
    }
  }
}

function resolveFor(graph: Graph, batch: number): Omit<ResolvedGraph, 'larger'> {
  const inputs = graph.inputs.map(({ name, shape }) => ({
    name,
    shape: shape.map((d, axis) => {
      if (typeof d === 'number' && d > 0) return d;
      if (axis === 0) return batch;
      throw new Error(
        `input "${name}" is (${shape.join(',')}): ${d} needs a size, such as compile(graph, gpu, { dims: { '${d}': 320 } })`,
      );
    }),
  }));
  const constants = new Map(graph.constants);
  const shapes = new Map<string, readonly number[]>(inputs.map(({ name, shape }) => [name, shape]));
  for (const [name, constant] of constants) shapes.set(name, constant.shape);
  const known = new Set(shapes.keys());
  const nodes: Node[] = [];
  const errors: string[] = [];
  const types = new Map<string, ElementType>(graph.inputs.map(({ name, type }) => [name, type ?? 'float']));

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
      if (!operator)
        throw new Error(`${nodeText(node)}: is supported for constants only, but its input is computed`);
      const made = operator.infer(node, given, values);
      const outputTypes = typesOf(node, operator, types);
      node.outputs.forEach((name, i) => {
        types.set(name, outputTypes[i] ?? 'float');
      });
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
  if (errors.length) throw new Refused(errors);
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

/**
 * Checks what the computed inputs of a node contain, and returns what its outputs contain.
 * @param types what each computed value contains; constants are not checked
 * @throws if the operator does not accept it: it would compute with the positions of labels, or round whole numbers
 */
function typesOf(
  node: Node,
  operator: Operator,
  types: ReadonlyMap<string, ElementType>,
): readonly ElementType[] {
  const given = node.inputs.map((name) => types.get(name) ?? 'float');
  const accepted = operator.accepts ?? ['float'];
  const wrong = given.find((type) => !accepted.includes(type));
  if (wrong && !operator.moves)
    throw new Error(
      `${nodeText(node)}: computes with ${wrong === 'label' ? 'class labels' : `values of type ${wrong}`}, which is not supported`,
    );
  return operator.types?.(node, given) ?? (operator.moves ? node.outputs.map(() => given[0]) : []);
}
