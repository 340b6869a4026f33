import { equationOfMatMul } from '../einsum';
import { type Node, numberOf } from '../graph';
import type { FusedGraph, FusedNode } from './join-pairs';

/** Below this number of rows, one workgroup for each number of the product is as fast as tiles. */
const FEW_ROWS = 8;

/**
 * Replaces products of computed tensors by Einsum, whose kernel reads both operands by any strides. MatMul and Gemm then
 * are only what the kernel of fully connected layers computes. Such an Einsum may have a third input, the C of a Gemm
 * that is added to the product, and the attributes `alpha` and `beta` of a Gemm.
 */
export const productsToEinsum = (graph: FusedGraph): FusedGraph => ({
  ...graph,
  nodes: graph.nodes.map((node) => {
    if (node.domain) return node;
    if (node.op === 'MatMul' && !isDenseMatMul(graph, node)) return fromMatMul(graph, node);
    return node.op === 'Gemm' && !isDenseGemm(graph, node) ? fromGemm(node) : node;
  }),
});

const isFloats = (graph: FusedGraph, name: string): boolean => graph.constants.get(name)?.type === 'float32';

const shapesOf = (graph: FusedGraph, { inputs }: Node): (readonly number[])[] =>
  inputs.map((name) => graph.shapes.get(name) ?? []);

function isDenseMatMul(graph: FusedGraph, node: Node): boolean {
  const [x, w] = shapesOf(graph, node);
  if (x.length < 2 || w.length < 2 || w.length > x.length) return false;
  const isConstant = isFloats(graph, node.inputs[1]);
  // Does the left operand have the same items as the product, and is there one w, or one for each item?
  const isShared =
    w.length === 2 && (isConstant || graph.shapes === graph.larger || !grows(graph, node.inputs[1]));
  const isOwn = w.length === 3 && x.length === 3 && (w[0] === x[0] || w[0] === 1);
  if (!isShared && !isOwn) return false;
  return isConstant || x[x.length - 2] < FEW_ROWS;
}

/** Whether a value's shape depends on the batch. */
const grows = (graph: FusedGraph, name: string): boolean =>
  graph.shapes.get(name)?.join() !== (graph.larger.get(name) ?? graph.shapes.get(name))?.join();

function isDenseGemm(graph: FusedGraph, node: Node): boolean {
  const [, weight, c] = node.inputs;
  const shape = c ? (graph.shapes.get(c) ?? []) : [];
  const isRow = !c || (isFloats(graph, c) && (shape.length < 2 || shape[0] === 1));
  return !numberOf(node, 'transA', 0) && isFloats(graph, weight) && isRow;
}

const fromMatMul = (graph: FusedGraph, node: FusedNode): FusedNode => {
  const [x, w] = shapesOf(graph, node);
  return { ...node, op: 'Einsum', attributes: { equation: equationOfMatMul(x, w) } };
};

const fromGemm = (node: FusedNode): FusedNode => {
  const x = numberOf(node, 'transA', 0) ? 'im' : 'mi';
  const w = numberOf(node, 'transB', 0) ? 'oi' : 'io';
  const factors = { alpha: numberOf(node, 'alpha', 1), beta: numberOf(node, 'beta', 1) };
  return { ...node, op: 'Einsum', attributes: { equation: `${x},${w}->mo`, ...factors } };
};
