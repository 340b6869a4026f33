import { planArgMax } from '../../../shaders/argmax/argmax';
import { planBinarizer } from '../../../shaders/binarizer/binarizer';
import { planCopy } from '../../../shaders/copy/copy';
import { planDense } from '../../../shaders/dense/dense';
import { planUnary } from '../../../shaders/elementwise/elementwise';
import { planGather } from '../../../shaders/gather/gather';
import type { Activation } from '../../../shaders/snippets/activation';
import { planSoftmax } from '../../../shaders/softmax/softmax';
import { planVotes } from '../../../shaders/svm/svm';
import { elementTypeOf, numberOf, numbersOf, sizeOf, textOf } from '../../graph/graph';
import { classesOf, type ml as known } from '../../graph/operators/ml';
import type { FusedNode } from '../../graph/passes/join-pairs';
import type { Machine } from '../../svm/collapse';
import { listOf, machineOfNode } from '../../svm/node';
import type { Builder, Lower } from '../builder';
import type { Placed } from '../program';
import { lowerDecisions, rowsOf } from './svm';

/** SVMRegressor: the decision value, or with one_class its sign, 1 or -1. */
async function lowerSvmRegressor(node: FusedNode, builder: Builder): Promise<void> {
  const x = rowsOf(node, builder);
  const [B, K] = x.shape;
  const S = numberOf(node, 'n_supports', 0);
  const { d } = await lowerDecisions(
    node,
    builder,
    x,
    S ? machineOfNode(node, K, [S, 0], 1) : linearOf(node, K),
  );
  if (!numberOf(node, 'one_class', 0)) {
    builder.alias(node.outputs[0], d, d.strides);
    return;
  }
  const votes = builder.scratch(`${node.name}/votes`, [B, 2], x.batched);
  const plans = planVotes({ B, S, classes: 2 });
  builder.step(`${node.name}/votes`, node.op, plans, { d: d.buffer }, 'votes', votes);
  lowerProduct(node, builder, votes, { name: node.outputs[0], weight: [1, -1], bias: [0] });
}

/** An SVMRegressor without support vectors: its coefficients are one weight for each feature. */
const linearOf = (node: FusedNode, K: number): Machine => ({
  ...{ kernel: 'linear', gamma: 0, coef0: 0, degree: 0, counts: [1, 0], coefficients: [1] },
  supportVectors: listOf(node, 'coefficients', K),
  rho: listOf(node, 'rho', 1).map((r) => -r),
});

/** Adds a step that computes act(weight x + bias) of rows x (B,I); weight (O,I), bias (O). */
function lowerProduct(
  { name: node, op }: FusedNode,
  builder: Builder,
  x: Placed,
  {
    name,
    weight,
    bias,
    activation,
  }: {
    readonly name: string | Placed;
    readonly weight: ArrayLike<number>;
    readonly bias: ArrayLike<number>;
    readonly activation?: Activation;
  },
): Placed {
  const [B, I] = x.shape;
  const O = bias.length;
  const y = typeof name === 'string' ? builder.make(name, 'rows') : name;
  const plans = planDense({ B, M: 1, I, O, weightStrides: [0, I, 1], constant: true, activation });
  const operands = {
    x: x.buffer,
    weight: builder.upload(`${node}/coefficients`, Float32Array.from(weight)),
    bias: builder.upload(`${node}/intercepts`, Float32Array.from(bias)),
  };
  builder.step(`${node}/product`, op, plans, operands, 'y', y, 2 * B * I * O);
  return y;
}

/** LinearRegressor: coefficients x + intercepts. */
function lowerLinearRegressor(node: FusedNode, builder: Builder): void {
  const x = rowsOf(node, builder);
  const targets = numberOf(node, 'targets', 1);
  const weight = listOf(node, 'coefficients', targets * x.shape[1]);
  const bias = numbersOf(node, 'intercepts').length ? listOf(node, 'intercepts', targets) : [];
  lowerProduct(node, builder, x, {
    ...{ name: node.outputs[0], weight, bias: bias.length ? bias : new Float32Array(targets) },
  });
}

/**
 * LinearClassifier: scores and the class with the largest. One row of coefficients for two classes is the score s of the
 * second class: that of the first is -s before LOGISTIC, and 1 - s without it, as in onnxruntime.
 */
function lowerLinearClassifier(node: FusedNode, builder: Builder): void {
  const x = rowsOf(node, builder);
  const [B, K] = x.shape;
  const classes = classesOf(node);
  const C = classes.length;
  const own = numbersOf(node, 'intercepts');
  const rows = own.length;
  const given = listOf(node, 'coefficients', rows * K);
  const isOne = rows < C;
  const both = isOne
    ? { weight: [...given.map((w) => -w), ...given], bias: [-own[0], own[0]] }
    : { weight: given, bias: own };
  const raw = lowerProduct(node, builder, x, {
    ...{ name: builder.scratch(`${node.name}/raw`, [B, C], x.batched), ...both },
  });
  const label = builder.make(node.outputs[0], 'rows');
  builder.step(`${node.name}/label`, node.op, planArgMax({ B, I: C }), { x: raw.buffer }, 'y', label);
  builder.label(node.outputs[0], classes);
  const [, scores] = node.outputs;
  if (!scores) return;
  const transform = textOf(node, 'post_transform', 'NONE');
  if (transform === 'NONE' && isOne) {
    lowerProduct(node, builder, x, { name: scores, weight: both.weight, bias: [1 - own[0], own[0]] });
  } else if (transform === 'NONE') {
    builder.alias(scores, raw, raw.strides);
  } else {
    const plans =
      transform === 'SOFTMAX'
        ? planSoftmax({ B, outer: 1, N: C, inner: 1, log: false })
        : planUnary({ size: C, activation: { op: 'Sigmoid' } });
    const y = builder.make(scores, 'rows');
    builder.step(`${node.name}/scores`, node.op, plans, { x: raw.buffer }, 'y', y);
  }
}

/** Binarizer: 1 above the threshold, else 0. */
function lowerBinarizer(node: FusedNode, builder: Builder): void {
  const x = builder.in('rows', node.inputs[0]);
  const plans = planBinarizer({ size: sizeOf(x.shape.slice(1)), threshold: numberOf(node, 'threshold', 0) });
  builder.step(node.name, node.op, plans, { x: x.buffer }, 'y', builder.make(node.outputs[0], 'rows'));
}

/** ArrayFeatureExtractor: a copy for each run of neighbouring positions. */
function lowerFeatureExtractor(node: FusedNode, builder: Builder): void {
  const x = builder.in('rows', node.inputs[0]);
  const positions = builder.numbers(node.inputs[1]) ?? builder.fail(node, 'its positions must be constant');
  const y = builder.make(node.outputs[0], 'rows');
  const features = x.shape[x.shape.length - 1];
  const N = positions.length;
  const outer = x.shape.length === 1 ? 1 : sizeOf(x.shape.slice(1, -1));
  const [xItem, yItem] = [outer * features, outer * N];
  for (let start = 0; start < N; ) {
    let end = start + 1;
    while (end < N && positions[end] === positions[end - 1] + 1) end++;
    const plans = planCopy({
      ...{ dims: [1, 1, outer, end - start], xItem, yItem },
      ...{ xStrides: [0, 0, features, 1], yStrides: [0, 0, N, 1] },
      ...{ xOrigin: -positions[start], yOrigin: start },
    });
    builder.step(`${node.name}/${start}`, node.op, plans, { x: x.buffer }, 'y', y);
    start = end;
  }
}

/** Choose: the positions become those of labels. */
function lowerChoose(node: FusedNode, builder: Builder): void {
  const x = builder.in('rows', node.inputs[0]);
  builder.alias(node.outputs[0], x, x.strides);
  builder.label(node.outputs[0], classesOf(node));
}

/** LabelNumber: each position is replaced by the number that is its label. */
function lowerLabelNumber(node: FusedNode, builder: Builder): void {
  const [name] = node.outputs;
  const classes = builder.classesOf(node.inputs[0]) ?? [];
  const numbers = classes.map((label) =>
    typeof label === 'number' ? label : builder.fail(node, `casts the label "${label}", which is no number`),
  );
  const x = builder.in('rows', node.inputs[0]);
  const isWhole = elementTypeOf(numberOf(node, 'to', 1)) === 'integer';
  if (isWhole || numbers.every((label, i) => label === i)) {
    builder.alias(name, x, x.strides);
    if (isWhole) builder.label(name, numbers);
    return;
  }
  const table = Float32Array.from(numbers);
  const rounded = numbers.find((label, i) => label !== table[i]);
  if (rounded !== undefined) builder.fail(node, `casts the label ${rounded}, which f32 numbers do not have`);
  const y = builder.make(name, 'rows');
  const K = sizeOf(x.shape.slice(1));
  const plans = planGather({ outer: 1, A: table.length, K, inner: 1, xItem: 0, indexStrides: [K, 0, 1, 0] });
  const operands = { x: builder.upload(`${node.name}/labels`, table), indices: x.buffer };
  builder.step(node.name, 'Cast', plans, operands, 'y', y);
}

/** The lowering of each operator of graph/operators/ml.ts. */
export const ml: { readonly [Name in keyof typeof known]: Lower } = {
  'ai.onnx.ml.SVMRegressor': lowerSvmRegressor,
  'ai.onnx.ml.LinearRegressor': lowerLinearRegressor,
  'ai.onnx.ml.LinearClassifier': lowerLinearClassifier,
  'ai.onnx.ml.Binarizer': lowerBinarizer,
  'ai.onnx.ml.ArrayFeatureExtractor': lowerFeatureExtractor,
  'mien.Choose': lowerChoose,
  'mien.LabelNumber': lowerLabelNumber,
};
