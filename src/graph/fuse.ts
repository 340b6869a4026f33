/** Makes fewer nodes of a resolved graph, without changing what it computes. */

import { type Constant, floats, type Node, numberOf, numbersOf, sizeOf, textOf, unusedName } from './graph';
import { isTransparent, type ResolvedGraph } from './resolve';

/**
 * A node, and the activation that its kernel applies before it writes. A Conv may have a fourth input, a residual, and
 * the attribute `pool`: its kernel writes the largest of every 2 x 2.
 */
export interface FusedNode extends Node {
  readonly activation?: Node;
}

export interface FusedGraph extends ResolvedGraph {
  readonly nodes: readonly FusedNode[];
}

export function fuse(graph: ResolvedGraph): FusedGraph {
  return [
    dropIdentities,
    foldBatchNormalization,
    matMulToGemm,
    findSumPools,
    fuseResiduals,
    fuseActivations,
    fusePools,
    dropUnused,
  ].reduce((g: FusedGraph, pass) => pass(g), graph);
}

/** Replaces, from first to last, a node and the only reader of its output by what `join` makes of the two. */
function joinPairs(
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
  /** For each value, where in `nodes` its readers stand. */
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
    nodes[reader] = joined; // at the reader's place its other inputs are known
    for (const name of first.inputs) readers.get(name)?.delete(at);
    reads(reader, joined.inputs);
  }
  return { ...graph, nodes: nodes.filter((node) => node !== undefined), constants, shapes };
}

/** Identity, Dropout and their like hand on what they get; readers ask their source instead. */
function dropIdentities(graph: FusedGraph): FusedGraph {
  const source = new Map<string, string>();
  const nodes: FusedNode[] = [];
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => source.get(name) ?? name);
    const idle = node.op === 'Identity' || node.op === 'Dropout' || isTransparent(node);
    if (idle && !graph.outputs.includes(node.outputs[0])) source.set(node.outputs[0], inputs[0]);
    else nodes.push({ ...node, inputs });
  }
  return { ...graph, nodes };
}

/** y = (conv - mean) scale / sqrt(variance + epsilon) + shift, all of it constant: into Conv's weight and bias. */
function foldBatchNormalization(graph: FusedGraph): FusedGraph {
  return joinPairs(graph, (first, bn, add) => {
    if (bn.op !== 'BatchNormalization' || bn.inputs[0] !== first.outputs[0]) return undefined;
    if (first.op !== 'Conv' && !isPlainGemm(first)) return undefined;
    const weight = graph.constants.get(first.inputs[1]);
    const bias = first.inputs[2] ? graph.constants.get(first.inputs[2]) : floats([1], [0]);
    const parameters = bn.inputs.slice(1).map((name) => graph.constants.get(name));
    if (weight?.type !== 'float32' || bias?.type !== 'float32') return undefined;
    const affine = affineOf(bn, parameters);
    if (!affine || !(bias.data.length === 1 || isRow(bias.shape, affine.scale.length))) return undefined;

    const outputs = affine.scale.length;
    // Conv's weight is (O, ..); Gemm's is (I,O), or (O,I) if transposed.
    const outputFirst = first.op === 'Conv' || numberOf(first, 'transB', 0) !== 0;
    const inner = sizeOf(weight.shape) / outputs;
    const scaled = weight.data.map(
      (w, i) => w * affine.scale[outputFirst ? Math.floor(i / inner) : i % outputs],
    );
    const shifted = Array.from(
      affine.scale,
      (s, o) => bias.data[bias.data.length > 1 ? o : 0] * s + affine.shift[o],
    );
    const name = bn.outputs[0];
    return {
      ...first,
      inputs: [
        first.inputs[0],
        add(`${name}/weight`, floats(weight.shape, scaled)),
        add(`${name}/bias`, floats([outputs], shifted)),
      ],
      outputs: bn.outputs,
    };
  });
}

/** One number for each of n outputs: (n) or (1,n). */
const isRow = (shape: readonly number[], n: number): boolean =>
  shape.length <= 2 && sizeOf(shape) === n && shape[shape.length - 1] === n;

const isPlainGemm = (node: Node): boolean =>
  node.op === 'Gemm' &&
  numberOf(node, 'alpha', 1) === 1 &&
  numberOf(node, 'beta', 1) === 1 &&
  !numberOf(node, 'transA', 0);

/** BatchNormalization's constant scale, B, mean, var as y = x scale + shift; undefined if they are computed. */
export function affineOf(
  bn: Node,
  parameters: readonly (Constant | undefined)[],
): { scale: Float32Array; shift: Float32Array } | undefined {
  const [gain, offset, mean, variance] = parameters.map((p) => (p?.type === 'float32' ? p.data : undefined));
  if (!gain || !offset || !mean || !variance) return undefined;
  const epsilon = numberOf(bn, 'epsilon', 1e-5);
  const factor = Array.from(gain, (g, c) => g / Math.sqrt(variance[c] + epsilon));
  return {
    scale: Float32Array.from(factor),
    shift: Float32Array.from(factor, (f, c) => offset[c] - mean[c] * f),
  };
}

/** (B,I) by a constant (I,O), and a constant added: Gemm. */
function matMulToGemm(graph: FusedGraph): FusedGraph {
  return joinPairs(graph, (product, sum) => {
    if (product.op !== 'MatMul' || sum.op !== 'Add') return undefined;
    const other = sum.inputs.find((name) => name !== product.outputs[0]);
    const [x, w] = product.inputs.map((name) => graph.shapes.get(name)!);
    if (!other || !graph.constants.has(product.inputs[1]) || !graph.constants.has(other)) return undefined;
    if (x.length !== 2 || w.length !== 2 || !isRow(graph.shapes.get(other)!, w[1])) return undefined;
    return { ...product, op: 'Gemm', inputs: [...product.inputs, other], outputs: sum.outputs };
  });
}

/** A mean over a whole window, times that window's size, is a sum: AveragePool with the attribute `sum`. */
function findSumPools(graph: FusedGraph): FusedGraph {
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
 * A residual block's sum, Conv + z, in the Conv's kernel. Where z is a tensor whose channels were filled up with
 * zeros, the tensor itself is added.
 */
function fuseResiduals(graph: FusedGraph): FusedGraph {
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

/** Concat of a tensor and zeros, along the channels. */
function isFilledUp(graph: FusedGraph, node: FusedNode): boolean {
  const [first, ...others] = node.inputs;
  if (node.op !== 'Concat' || graph.constants.has(first) || ![1, -3].includes(numberOf(node, 'axis', 0)))
    return false;
  return others.every((name) => {
    const constant = graph.constants.get(name);
    return constant?.type === 'float32' && constant.data.every((v) => v === 0);
  });
}

const WITH_ACTIVATION = ['Conv', 'Gemm', 'MatMul', 'BatchNormalization', 'Add', 'Sub', 'Mul', 'Div'];
const ACTIVATIONS = ['Relu', 'LeakyRelu', 'Elu', 'Clip', 'Sigmoid', 'Tanh', 'HardSwish', 'HardSigmoid'];

function fuseActivations(graph: FusedGraph): FusedGraph {
  return joinPairs(graph, (first, second) => {
    if (first.activation || !WITH_ACTIVATION.includes(first.op) || !ACTIVATIONS.includes(second.op))
      return undefined;
    if (second.inputs.slice(1).some((name) => name && !graph.constants.has(name))) return undefined;
    return { ...first, outputs: second.outputs, activation: second };
  });
}

/** Conv and MaxPool of 2 x 2 by 2: the convolution's kernel writes the largest of each four. */
function fusePools(graph: FusedGraph): FusedGraph {
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

/** What no output needs. */
function dropUnused(graph: FusedGraph): FusedGraph {
  const needed = new Set(graph.outputs);
  const nodes = graph.nodes.filter(() => true);
  for (let i = nodes.length - 1; i >= 0; i--) {
    if (nodes[i].outputs.some((name) => needed.has(name)))
      for (const name of nodes[i].inputs) needed.add(name);
    else nodes.splice(i, 1);
  }
  return { ...graph, nodes };
}
