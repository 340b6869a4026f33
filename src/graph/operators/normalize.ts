import { type Node, numberOf, numbersOf, shapeText, sizeOf, textOf } from '../graph';
import { axisOf } from '../strides';
import { fail, type Operator, type Shape, same } from './operator';

/** Checks that scale or bias is absent, or has one number for each of `count`. */
function checkAffine(node: Node, name: string, shape: Shape | undefined, counts: readonly number[]): void {
  if (shape && !counts.includes(sizeOf(shape)))
    fail(node, `${name} is ${shapeText(shape)}, but ${counts.join(' or ')} numbers are needed`);
}

/** Rejects a tensor without channels and pixels. */
function checkRank(node: Node, x: Shape, least: number): void {
  if (x.length < least) fail(node, `is ${shapeText(x)}; at least ${least} axes are needed`);
}

/** The axis from which on a node normalizes. @throws if x has no such axis */
export function firstAxis(node: Node, x: Shape): number {
  const given = numberOf(node, 'axis', -1);
  const axis = axisOf(given, x.length);
  if (!(axis >= 0 && axis < x.length)) fail(node, `axis ${given} is not an axis of ${shapeText(x)}`);
  return axis;
}

/** The axes of MeanVarianceNormalization, ascending. @throws if x has no such axes */
export function meanAxes(node: Node, x: Shape): number[] {
  const given = numbersOf(node, 'axes', [0, 2, 3]);
  const axes = given.map((axis) => axisOf(axis, x.length)).sort((a, b) => a - b);
  if (axes.some((axis, i) => !(axis >= 0 && axis < x.length) || axis === axes[i - 1]))
    fail(node, `axes ${shapeText(given)} are not different axes of ${shapeText(x)}`);
  return axes;
}

/** Normalizes the axes from `axis` to the last, with a scale and a bias for each of their numbers. */
const alongRow: Operator = {
  check(node) {
    if (node.outputs.slice(1).some((name) => name))
      fail(node, `has ${node.outputs.length} outputs; only the first is supported`);
  },
  infer(node, [x, scale, bias]) {
    const N = sizeOf(x.slice(firstAxis(node, x)));
    checkAffine(node, 'Scale', scale, [N, 1]);
    checkAffine(node, 'B', bias, [N, 1]);
    return [x];
  },
};

/** Operators that bring groups of numbers to a common scale. */
export const normalize = {
  InstanceNormalization: {
    infer(node, [x, scale, bias]) {
      checkRank(node, x, 3);
      checkAffine(node, 'scale', scale, [x[1]]);
      checkAffine(node, 'B', bias, [x[1]]);
      return [x];
    },
  },
  LayerNormalization: alongRow,
  RMSNormalization: alongRow,
  /** Scale and bias are for each group up to opset 20, for each channel since opset 21. */
  GroupNormalization: {
    infer(node, [x, scale, bias]) {
      checkRank(node, x, 3);
      const groups = numberOf(node, 'num_groups', 0);
      if (!(groups >= 1) || x[1] % groups)
        fail(node, `num_groups is ${groups}, which does not divide ${x[1]} channels`);
      checkAffine(node, 'scale', scale, [x[1], groups]);
      checkAffine(node, 'bias', bias, [sizeOf(scale)]);
      return [x];
    },
  },
  MeanVarianceNormalization: {
    infer(node, [x]) {
      meanAxes(node, x);
      return [x];
    },
  },
  LpNormalization: {
    check(node) {
      const p = numberOf(node, 'p', 2);
      if (p !== 1 && p !== 2) fail(node, `p is ${p}; 1 and 2 are supported`);
    },
    infer(node, [x]) {
      firstAxis(node, x);
      return [x];
    },
  },
  LRN: {
    check(node) {
      const [alpha, bias] = [numberOf(node, 'alpha', 1e-4), numberOf(node, 'bias', 1)];
      if (!(alpha >= 0 && bias > 0))
        fail(node, `alpha is ${alpha} and bias ${bias}; at least 0 and more than 0 are supported`);
      const size = numberOf(node, 'size', 0);
      if (!(Number.isInteger(size) && size >= 1)) fail(node, `size is ${size}; at least 1 is supported`);
    },
    infer(node, [x]) {
      checkRank(node, x, 2);
      return [x];
    },
  },
  'ai.onnx.ml.Normalizer': {
    check(node) {
      const norm = textOf(node, 'norm', 'MAX');
      if (!['MAX', 'L1', 'L2'].includes(norm))
        fail(node, `norm ${norm} is not supported, MAX, L1 and L2 are`);
    },
    infer: same.infer,
  },
} satisfies Readonly<Record<string, Operator>>;
