/** What the passes share that replace two nodes by one. */

import { type Constant, type Node, sizeOf, unusedName } from '../graph';
import type { ResolvedGraph } from './resolve';

/**
 * A node after fusing. A Conv may have a fourth input, a residual that is added. It may also have the attribute `pool`:
 * its kernel then writes the maximum of each window of 2 x 2.
 */
export interface FusedNode extends Node {
  /** The activation that the node's kernel applies to the numbers that it writes. */
  readonly activation?: Node;
}

/** A graph with fused nodes. */
export interface FusedGraph extends ResolvedGraph {
  /** The nodes in topological order. */
  readonly nodes: readonly FusedNode[];
}

/**
 * Replaces pairs of nodes, in order: a node with one output, and the only reader of that output.
 * @param join returns the node that replaces both, or undefined to keep them
 */
export function joinPairs(
  graph: FusedGraph,
  join: (
    first: FusedNode,
    second: FusedNode,
    addConstant: (name: string, c: Constant) => string,
  ) => FusedNode | undefined,
): FusedGraph {
  const constants = new Map(graph.constants);
  const shapes = new Map(graph.shapes);
  const nodes: (FusedNode | undefined)[] = [...graph.nodes];
  const addConstant = (wanted: string, constant: Constant) => {
    const name = unusedName(wanted, (n) => shapes.has(n));
    constants.set(name, constant);
    shapes.set(name, constant.shape);
    return name;
  };
  /** The positions in `nodes` of the readers of each value. */
  const readers = new Map<string, Set<number>>();
  const reads = (at: number, inputs: readonly string[]) => {
    for (const name of inputs) readers.set(name, (readers.get(name) ?? new Set()).add(at));
  };
  graph.nodes.forEach((node, at) => {
    reads(at, node.inputs);
  });
  for (const [at, first] of nodes.entries()) {
    if (first?.outputs.length !== 1 || graph.outputs.includes(first.outputs[0])) continue;
    const [reader, ...others] = readers.get(first.outputs[0]) ?? [];
    if (reader === undefined || others.length) continue;
    const joined = join(first, nodes[reader]!, addConstant);
    if (!joined) continue;
    nodes[at] = undefined;
    nodes[reader] = joined; // the reader's other inputs are computed before this position
    for (const name of first.inputs) readers.get(name)?.delete(at);
    reads(reader, joined.inputs);
  }
  return { ...graph, nodes: nodes.filter((node) => node !== undefined), constants, shapes };
}

/** Whether a shape is one number for each of n outputs: (n) or (1,n). */
export const isRow = (shape: readonly number[], n: number): boolean =>
  shape.length <= 2 && sizeOf(shape) === n && shape[shape.length - 1] === n;
