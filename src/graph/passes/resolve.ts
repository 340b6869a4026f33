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
import { type Expansion, type Fold, type KnownGraph, operatorFor, operatorNameOf } from '../operators';
import type { Operator } from '../operators/operator';
import { weightFolds } from './fold-weights';

/** A graph with a number for every dimension. */
export interface ResolvedGraph extends KnownGraph {
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
export function refusalsOf(graph: KnownGraph): string[] {
  const unknown = new Map<string, Node[]>();
  const refused: string[] = [];
  for (const node of graph.nodes) {
    const operator = operatorFor(graph, node);
    const foldable =
      !node.domain &&
      (foldOf(graph, node) || expansionFor(graph, node) || ['Shape', 'Size'].includes(node.op));
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
export function checkOperators(graph: KnownGraph): void {
  const refused = refusalsOf(graph);
  if (refused.length) throw new Error(listed(refused));
}

/**
 * Computes the shape of every value, and the values that are constant.
 * @param batch the first dimension of each input whose first dimension is symbolic
 * @throws if the shapes of nodes don't match (one error lists all of them, with both numbers each), if another
 *   dimension of an input is symbolic, if no node computes an output, or if a constant depends on the batch
 */
export function resolve(graph: KnownGraph, batch: number): ResolvedGraph {
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

/** What is known so far of the values of a graph, and its nodes that are not constant. */
interface Found {
  readonly constants: Map<string, Constant>;
  readonly shapes: Map<string, readonly number[]>;
  readonly types: Map<string, ElementType>;
  readonly known: Set<string>;
  readonly nodes: Node[];
  readonly errors: string[];
  /** How many numbers all constants have that were computed. */
  folded: number;
}

/** Maximum of `Found.folded`, so that a small file can't use all memory: 1 GiB of f32. */
const MOST_FOLDED = 2 ** 28;

/** Counts the numbers of a constant that was computed. @throws if all of them are too many */
function count(node: Node, { data }: Constant, found: Found): void {
  found.folded += data.length;
  if (found.folded > MOST_FOLDED)
    throw new Error(
      `${nodeText(node)}: the constants computed up to here have ${found.folded} numbers; at most ${MOST_FOLDED} are allowed`,
    );
}

/** Adds what is known of a node's outputs to `found`. */
function visit(graph: KnownGraph, node: Node, found: Found): void {
  const { constants, shapes, types, known, nodes, errors } = found;
  const inputNames = node.inputs.filter((name) => name);
  if (!inputNames.every((name) => known.has(name))) return; // the error of an earlier node is in the list
  const values = node.inputs.map((name) => constants.get(name));
  const given = node.inputs.map((name) => shapes.get(name) as readonly number[]);
  const add = (name: string, constant: Constant): string => {
    constants.set(name, constant);
    shapes.set(name, constant.shape);
    known.add(name);
    return name;
  };
  try {
    const folded = fold(graph, node, values, given);
    if (folded) {
      count(node, folded, found);
      add(node.outputs[0], folded);
      return;
    }
    const inputTypes = node.inputs.map(
      (name, i) => TYPES[values[i]?.type ?? ''] ?? types.get(name) ?? 'float',
    );
    const expansion = expansionFor(graph, node)?.(node, {
      shapes: given,
      constants: values,
      types: inputTypes,
      add,
    });
    if (expansion) {
      for (const each of expansion) visit(graph, each, found);
      return;
    }
    const operator = operatorFor(graph, node);
    if (!operator)
      throw new Error(`${nodeText(node)}: is supported for constants only, but its input is computed`);
    const made = operator.infer(node, given, values);
    const outputTypes = typesOf(node, operator, values, inputTypes);
    node.outputs.forEach((name, i) => {
      types.set(name, outputTypes[i] ?? 'float');
      if (!made[i]) return;
      checkShape(node, made[i]);
      shapes.set(name, made[i]);
      known.add(name);
    });
    nodes.push(node);
  } catch (error) {
    // Operators read their inputs without checking that each of them is there.
    const shape = (name: string) => (name ? shapeText(shapes.get(name) ?? []) : 'none');
    const given = node.inputs.length
      ? `its inputs are ${node.inputs.map(shape).join(', ')}`
      : 'it has no inputs';
    errors.push(
      error instanceof TypeError
        ? `${nodeText(node)}: ${given}, which is not what the operator needs`
        : (error as Error).message,
    );
  }
}

/** The inputs with a number for every dimension. @throws if another dimension than the first is symbolic */
function inputsOf(graph: Graph, batch: number): ResolvedGraph['inputs'] {
  return graph.inputs.map(({ name, shape }) => ({
    name,
    shape: shape.map((d, axis) => {
      if (typeof d === 'number' && d > 0) return d;
      if (axis === 0) return batch;
      throw new Error(
        `input "${name}" is (${shape.join(',')}): ${d} needs a size, such as compile(graph, gpu, { dims: { '${d}': 320 } })`,
      );
    }),
  }));
}

function resolveFor(graph: KnownGraph, batch: number): Omit<ResolvedGraph, 'larger'> {
  const inputs = inputsOf(graph, batch);
  const constants = new Map(graph.constants);
  const shapes = new Map<string, readonly number[]>(inputs.map(({ name, shape }) => [name, shape]));
  for (const [name, constant] of constants) shapes.set(name, constant.shape);
  const known = new Set(shapes.keys());
  const nodes: Node[] = [];
  const errors: string[] = [];
  const types = new Map<string, ElementType>(graph.inputs.map(({ name, type }) => [name, type ?? 'float']));

  const found = { constants, shapes, types, known, nodes, errors, folded: 0 };
  for (const node of graph.nodes) {
    visit(graph, node, found);
    if (found.folded > MOST_FOLDED) break;
  }
  if (errors.length) throw new Refused(errors);
  for (const output of graph.outputs)
    if (!known.has(output)) throw new Error(`no node computes the output "${output}"`);
  return { ...graph, inputs, nodes, constants, shapes };
}

function foldOf({ further }: KnownGraph, { op }: Node): Fold | undefined {
  const folds = further?.folds ?? weightFolds;
  return Object.hasOwn(folds, op) ? folds[op] : undefined;
}
/** What replaces nodes of this operator; undefined if nothing does. */
const expansionFor = ({ further }: KnownGraph, { op, domain }: Node): Expansion | undefined =>
  further && !domain && Object.hasOwn(further.expansions, op) ? further.expansions[op] : undefined;

function fold(
  graph: KnownGraph,
  node: Node,
  values: readonly (Constant | undefined)[],
  shapes: readonly (readonly number[] | undefined)[],
): Constant | undefined {
  if (node.domain) return undefined;
  if (node.op === 'Size' && shapes[0]) return integers([sizeOf(shapes[0])], []);
  if (node.op === 'Shape' && shapes[0]) {
    const { start = 0, end } = node.attributes as { start?: number; end?: number };
    return integers(shapes[0].slice(start, end));
  }
  const all = node.inputs.every((name, i) => !name || values[i]);
  return all ? foldOf(graph, node)?.(node, values) : undefined;
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

/** What the numbers of a constant are, by its type. */
const TYPES: Readonly<Record<string, ElementType>> = { float32: 'float', int64: 'integer', bool: 'bool' };

/**
 * Checks what the computed inputs of a node contain, and returns what its outputs contain.
 * @param values those inputs that are constant; whether the operator accepts them is not checked
 * @param given what the inputs contain
 * @throws if the operator does not accept it: it would compute with the positions of labels, or round whole numbers
 */
function typesOf(
  node: Node,
  operator: Operator,
  values: readonly (Constant | undefined)[],
  given: readonly ElementType[],
): readonly ElementType[] {
  const accepted = operator.accepts ?? ['float'];
  const wrong = given.find((type, i) => !values[i] && !accepted.includes(type));
  if (wrong && !operator.moves)
    throw new Error(
      `${nodeText(node)}: computes with ${wrong === 'label' ? 'class labels' : `values of type ${wrong}`}, which is not supported`,
    );
  return operator.types?.(node, given) ?? (operator.moves ? node.outputs.map(() => given[0]) : []);
}
