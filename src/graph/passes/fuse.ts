/** Passes that fuse two nodes into one kernel. */

import { type Node, numberOf, numbersOf, sizeOf, textOf } from '../graph';
import { isActivation } from '../operators/activation';
import { type FusedGraph, type FusedNode, isRow, joinPairs } from './join-pairs';

/** Replaces MatMul of (B,I) and a constant (I,O), followed by Add of a constant row, by Gemm. */
export function matMulToGemm(graph: FusedGraph): FusedGraph {
  return joinPairs(graph, (product, sum) => {
    if (product.op !== 'MatMul' || sum.op !== 'Add') return undefined;
    const other = sum.inputs.find((name) => name !== product.outputs[0]);
    const [x, w] = product.inputs.map((name) => graph.shapes.get(name)!);
    if (!other || !graph.constants.has(product.inputs[1]) || !graph.constants.has(other)) return undefined;
    if (x.length !== 2 || w.length !== 2 || !isRow(graph.shapes.get(other)!, w[1])) return undefined;
    return { ...product, op: 'Gemm', inputs: [...product.inputs, other], outputs: sum.outputs };
  });
}

/** Replaces AveragePool, times the size of its window, by a sum: AveragePool with the attribute `sum`. */
export function findSumPools(graph: FusedGraph): FusedGraph {
  return joinPairs(graph, (pool, times) => {
    if (pool.op !== 'AveragePool' || times.op !== 'Mul') return undefined;
    const factor = graph.constants.get(times.inputs.find((name) => name !== pool.outputs[0]) ?? '');
    const kernel = pool.attributes.kernel_shape as readonly number[];
    const counted = numberOf(pool, 'count_include_pad', 0) === 1 || isUnpadded(pool);
    const whole = counted && !numberOf(pool, 'ceil_mode', 0);
    if (!whole || factor?.type !== 'float32' || factor.data.length !== 1) return undefined;
    if (factor.data[0] !== sizeOf(kernel) || factor.shape.length > 4) return undefined;
    return { ...pool, attributes: { ...pool.attributes, sum: 1 }, outputs: times.outputs };
  });
}

const isUnpadded = (node: Node): boolean =>
  !['SAME_UPPER', 'SAME_LOWER'].includes(textOf(node, 'auto_pad', 'NOTSET')) &&
  ((node.attributes.pads as readonly number[] | undefined) ?? []).every((pad) => pad === 0);

/**
 * Fuses the sum of a residual block, Conv + z, into the kernel of the Conv. If z is a tensor whose channels were padded
 * with zeros, the kernel adds the tensor without the padding.
 */
export function fuseResiduals(graph: FusedGraph): FusedGraph {
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node])));
  return joinPairs(graph, (conv, sum) => {
    if (conv.op !== 'Conv' || conv.activation || conv.inputs[3] || sum.op !== 'Add') return undefined;
    const [y] = conv.outputs;
    const z = sum.inputs.find((name) => name !== y);
    const shape = graph.shapes.get(y)!;
    if (!z || graph.constants.has(z) || graph.shapes.get(z)!.join() !== shape.join()) return undefined;
    const [x, weight, bias = ''] = conv.inputs;
    const isDepthwise = graph.shapes.get(weight)![1] === 1 && numberOf(conv, 'group', 1) > 1;
    if (isDepthwise || shape.length !== 4) return undefined;
    const maker = makers.get(z);
    const own = maker && isFilledUp(graph, maker) ? maker.inputs[0] : z;
    return { ...conv, inputs: [x, weight, bias, own], outputs: sum.outputs };
  });
}

/** Whether a node is a Concat of a tensor and zeros along the channels. */
function isFilledUp(graph: FusedGraph, node: FusedNode): boolean {
  const [first, ...others] = node.inputs;
  if (node.op !== 'Concat' || graph.constants.has(first) || ![1, -3].includes(numberOf(node, 'axis', 0)))
    return false;
  return others.every((name) => {
    const constant = graph.constants.get(name);
    return constant?.type === 'float32' && constant.data.every((v) => v === 0);
  });
}

/** Operators whose kernels can apply an activation to the numbers that they write. */
const WITH_ACTIVATION = [
  'Conv',
  'ConvTranspose',
  'Gemm',
  'MatMul',
  'BatchNormalization',
  'Add',
  'Sub',
  'Mul',
  'Div',
];

/** Fuses an activation into the kernel of the node before it. */
export function fuseActivations(graph: FusedGraph): FusedGraph {
  return joinPairs(graph, (first, second) => {
    if (first.activation || !WITH_ACTIVATION.includes(first.op) || !isActivation(second)) return undefined;
    if (second.inputs.slice(1).some((name) => name && !graph.constants.has(name))) return undefined;
    return { ...first, outputs: second.outputs, activation: second };
  });
}

/**
 * Fuses MaxPool with windows of 2 x 2 and strides of 2 into the Conv before it, whose kernel then writes the maximum of
 * each window.
 */
export function fusePools(graph: FusedGraph): FusedGraph {
  return joinPairs(graph, (conv, pool) => {
    if (conv.op !== 'Conv' || pool.op !== 'MaxPool' || conv.inputs[3] || conv.attributes.pool)
      return undefined;
    if (numberOf(conv, 'group', 1) !== 1 || pool.outputs.length > 1) return undefined;
    const [before, after] = [conv.outputs[0], pool.outputs[0]].map((name) => graph.shapes.get(name)!);
    const isHalf = [2, 3].every((axis) => after[axis] === Math.floor(before[axis] / 2));
    const isTwo = ['kernel_shape', 'strides'].every((name) => numbersOf(pool, name).join() === '2,2');
    const dilations = numbersOf(pool, 'dilations');
    if (!isTwo || !isHalf || !isUnpadded(pool) || dilations.some((d) => d !== 1)) return undefined;
    return { ...conv, attributes: { ...conv.attributes, pool: 1 }, outputs: pool.outputs };
  });
}
