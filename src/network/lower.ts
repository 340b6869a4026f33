/** Graph -> Program: every node becomes kernels, none of which has seen a device. */

import { type FusedGraph, type FusedNode, fuse } from '../graph/fuse';
import type { Graph } from '../graph/graph';
import { operatorOf } from '../graph/operators';
import { resolve } from '../graph/resolve';
import { Builder, type Layout } from './builder';
import { lowerConcat, lowerIdentity, lowerPad, lowerReshape, lowerTranspose } from './operators/arrange';
import { lowerConv, lowerGlobalPool, lowerPool, lowerResize } from './operators/convolution';
import { lowerGemm, lowerMatMul, lowerNormalizer, lowerSoftmax } from './operators/dense';
import { lowerActivation, lowerBatchNormalization, lowerBinary, lowerScaler } from './operators/elementwise';
import { lowerSvmClassifier } from './operators/svm';
import type { OutputSpec, Program, StepSpec } from './program';

type Lower = (node: FusedNode, builder: Builder) => void;

/** By the keys of graph/operators.ts. */
export const lowerings: Readonly<Record<string, Lower>> = {
  Conv: lowerConv,
  MaxPool: lowerPool,
  AveragePool: lowerPool,
  GlobalAveragePool: lowerGlobalPool,
  GlobalMaxPool: lowerGlobalPool,
  Relu: lowerActivation,
  LeakyRelu: lowerActivation,
  Elu: lowerActivation,
  Clip: lowerActivation,
  Sigmoid: lowerActivation,
  Tanh: lowerActivation,
  HardSwish: lowerActivation,
  HardSigmoid: lowerActivation,
  PRelu: lowerBinary,
  Add: lowerBinary,
  Sub: lowerBinary,
  Mul: lowerBinary,
  Div: lowerBinary,
  Concat: lowerConcat,
  Pad: lowerPad,
  Resize: lowerResize,
  Flatten: lowerReshape,
  Reshape: lowerReshape,
  Squeeze: lowerReshape,
  Unsqueeze: lowerReshape,
  Transpose: lowerTranspose,
  Identity: lowerIdentity,
  Dropout: lowerIdentity,
  Cast: lowerIdentity,
  Gemm: lowerGemm,
  MatMul: lowerMatMul,
  BatchNormalization: lowerBatchNormalization,
  Softmax: lowerSoftmax,
  LogSoftmax: lowerSoftmax,
  'ai.onnx.ml.Scaler': lowerScaler,
  'ai.onnx.ml.Normalizer': lowerNormalizer,
  'ai.onnx.ml.SVMClassifier': lowerSvmClassifier,
  'ai.onnx.ml.ZipMap': lowerIdentity,
};

export interface LowerOptions {
  /** The largest batch that will be run; models with a fixed batch keep theirs. */
  readonly batch: number;
  /** Inputs that are written as nhwc4 (see shaders/plan.ts) instead of row-major. */
  readonly layouts?: Readonly<Record<string, Layout>>;
}

/** @throws what `resolve` throws, and in a node's name what its lowering can't run */
export function lower(graph: Graph, { batch, layouts = {} }: LowerOptions): Program {
  if (!Number.isInteger(batch) || batch < 1)
    throw new Error(`a batch of ${batch}: a whole number from 1 is needed`);
  for (const name of Object.keys(layouts))
    if (!graph.inputs.some((input) => input.name === name && input.shape.length === 4))
      throw new Error(`layouts names "${name}", but the model has no such input of four dimensions`);
  const fused = fuse(resolve(graph, batch));
  const batched = batchOf(graph, fused, batch);
  const builder = new Builder(fused.constants, fused.shapes, (name) => batched.has(name));
  const inputs = fused.inputs.map(({ name }) => ({ name, ...builder.make(name, layouts[name] ?? 'rows') }));
  for (const node of fused.nodes) {
    const lowerNode = Object.hasOwn(lowerings, operatorOf(node)) && lowerings[operatorOf(node)];
    if (!lowerNode) throw new Error(`${operatorOf(node)} "${node.name}" has no kernel`);
    lowerNode(node, builder);
  }
  const outputs = fused.outputs.map((name) => {
    const source = builder.value(name);
    return { name, ...builder.in('rows', name), shape: source.shape, classes: builder.classesOf(name) };
  });
  const open = inputs.some((input) => input.batched);
  return {
    batch: open ? batch : (inputs[0]?.shape[0] ?? 1),
    buffers: builder.buffers,
    steps: needed(builder.steps, outputs),
    inputs,
    outputs,
  };
}

/** The steps without those whose result no output needs: an operator may have more outputs than are asked for. */
function needed(steps: readonly StepSpec[], outputs: readonly OutputSpec[]): StepSpec[] {
  const read = new Set(outputs.map(({ buffer }) => buffer));
  return steps
    .toReversed()
    .filter(({ output, operands }) => {
      if (!read.has(output)) return false;
      for (const buffer of Object.values(operands)) read.add(buffer);
      return true;
    })
    .reverse();
}

/**
 * The values whose first axis is the batch: those that grow when the batch does. Shapes are worked out once more,
 * for one item more, and compared.
 * @throws if another axis than the first grows, since then no smaller batch could be run
 */
function batchOf(graph: Graph, fused: FusedGraph, batch: number): Set<string> {
  const growing = new Set<string>();
  if (graph.inputs.every(({ shape }) => typeof shape[0] === 'number' && shape[0] > 0)) return growing;
  const { shapes: larger, constants } = resolve(graph, batch + 1);
  for (const [name, constant] of constants) {
    const own = fused.constants.get(name);
    if (constant.type !== 'float32' || own?.type !== 'float32' || own.data.length !== constant.data.length)
      continue;
    if (own.data.some((v, i) => v !== constant.data[i]))
      throw new Error(`"${name}": the model computes with the size of the batch, which may change`);
  }
  for (const node of [...fused.nodes, ...fused.inputs.map(({ name }) => ({ name, outputs: [name] }))])
    for (const output of node.outputs) {
      const shape = fused.shapes.get(output);
      const other = larger.get(output);
      if (!shape || !other || shape.join() === other.join()) continue;
      if (shape[0] !== batch || other[0] !== batch + 1 || shape.slice(1).join() !== other.slice(1).join())
        throw new Error(
          `"${node.name}": with the batch, (${shape.join(',')}) becomes (${other.join(',')}); only the first axis may`,
        );
      growing.add(output);
    }
  return growing;
}
