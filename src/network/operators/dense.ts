import { planDense } from '../../../shaders/dense/dense';
import { areHalves } from '../../../shaders/snippets/blocks';
import { planSoftmax } from '../../../shaders/softmax/softmax';
import { numberOf, sizeOf } from '../../graph/graph';
import type { dense as known } from '../../graph/operators/dense';
import type { FusedNode } from '../../graph/passes/join-pairs';
import { axisOf, broadcastStrides, denseStrides } from '../../graph/strides';
import type { Builder, Lower } from '../builder';
import { activationOf } from './activation';

/** y = alpha x weight + beta C. The constants alpha and beta are multiplied into weight and bias. */
function lowerGemm(node: FusedNode, builder: Builder): void {
  const [xName, weightName, biasName] = node.inputs;
  if (numberOf(node, 'transA', 0)) builder.fail(node, 'transA 1 is not supported');
  const weight = builder.constant(weightName) ?? builder.fail(node, 'its weight B must be constant');
  const alpha = numberOf(node, 'alpha', 1);
  const beta = numberOf(node, 'beta', 1);
  const x = builder.in('rows', xName);
  const y = builder.make(node.outputs[0], 'rows');
  const [B, O] = y.shape;
  const I = x.shape[1];
  builder.step(
    node.name,
    'Gemm',
    planDense({
      ...{ B, M: 1, I, O },
      weightStrides: numberOf(node, 'transB', 0) ? [0, I, 1] : [0, 1, O],
      constant: true,
      halves: alpha === 1 && areHalves(weight),
      activation: activationOf(node.activation, builder),
    }),
    {
      x: x.buffer,
      weight: builder.upload(weightName, alpha === 1 ? weight : weight.map((w) => w * alpha)),
      bias: builder.upload(biasName || `${node.name}/bias`, biasOf(node, builder, O, beta)),
    },
    'y',
    y,
    2 * B * I * O,
  );
}

/** C of a Gemm, times beta, as one number for each output. */
function biasOf(node: FusedNode, builder: Builder, O: number, beta: number): Float32Array {
  const name = node.inputs[2];
  const bias = new Float32Array(O);
  if (!name) return bias;
  const data = builder.constant(name) ?? builder.fail(node, 'its C must be constant');
  const shape = builder.shape(name);
  if (shape.length === 2 && shape[0] !== 1)
    builder.fail(node, `C is (${shape.join(',')}): a row for each item is not supported`);
  const [step] = broadcastStrides(shape.slice(-1), denseStrides(shape.slice(-1)), [O]);
  return bias.map((_, o) => data[o * step] * beta);
}

/** MatMul: the last two axes are matrices, and the axes before them are broadcast. */
function lowerMatMul(node: FusedNode, builder: Builder): void {
  const x = builder.in('rows', node.inputs[0]);
  const w = builder.in('rows', node.inputs[1]);
  const y = builder.make(node.outputs[0], 'rows');
  const O = y.shape[y.shape.length - 1];
  const I = w.shape[w.shape.length - 2];
  const shared = w.shape.length === 2;
  const items = y.shape[0];
  // Either all items share one weight, or each item of the batch has its own.
  const ownWeights = w.shape.length === 3 && x.shape.length === 3 && x.shape[0] === items;
  if (!shared && !ownWeights)
    builder.fail(
      node,
      `(${x.shape.join(',')}) by (${w.shape.join(',')}) is not supported: a matrix, or one an item, is`,
    );
  if (shared && w.batched)
    builder.fail(node, 'a matrix on the right that grows with the batch is not supported');
  const constant = builder.constant(node.inputs[1]);
  builder.step(
    node.name,
    'MatMul',
    planDense({
      ...{ B: items, M: sizeOf(y.shape.slice(1, -1)), I, O },
      weightStrides: [shared || w.shape[0] === 1 ? 0 : I * O, 1, O],
      constant: constant !== undefined,
      halves: constant && areHalves(constant),
      activation: activationOf(node.activation, builder),
    }),
    { x: x.buffer, weight: w.buffer, bias: builder.upload(`${node.name}/bias`, new Float32Array(O)) },
    'y',
    y,
    2 * sizeOf(y.shape) * I,
  );
}

/** Softmax and LogSoftmax. Where the batch is fixed, it is an axis like the others. */
function lowerSoftmax(node: FusedNode, builder: Builder): void {
  const x = builder.in('rows', node.inputs[0]);
  const y = builder.make(node.outputs[0], 'rows');
  const axis = axisOf(numberOf(node, 'axis', -1), x.shape.length);
  if (axis === 0 && x.batched) builder.fail(node, 'along the batch is not supported');
  const [B, ...item] = axis === 0 ? [1, ...x.shape] : x.shape;
  const at = axis === 0 ? 0 : axis - 1;
  const flatten = numberOf(node, 'flatten', 0) === 1; // until opset 12, see graph/passes/modernise.ts
  const sizes = {
    outer: sizeOf(item.slice(0, at)),
    N: flatten ? sizeOf(item.slice(at)) : item[at],
    inner: flatten ? 1 : sizeOf(item.slice(at + 1)),
  };
  builder.step(
    node.name,
    node.op,
    planSoftmax({ B, ...sizes, log: node.op === 'LogSoftmax' }),
    { x: x.buffer },
    'y',
    { ...y, shape: [B, ...item] },
  );
}

/** The lowering of each operator of graph/operators/dense.ts. */
export const dense: { readonly [Name in keyof typeof known]: Lower } = {
  Gemm: lowerGemm,
  MatMul: lowerMatMul,
  Softmax: lowerSoftmax,
  LogSoftmax: lowerSoftmax,
};
