/**
 * What is known of each operator: its output's shape, and which of its attributes can't be run. An operator that
 * is not in this table, nor in fold.ts, is refused when a model is loaded.
 */

import {
  type Constant,
  type Node,
  nodeText,
  numberOf,
  numbersOf,
  shapeText,
  sizeOf,
  textOf,
  textsOf,
} from './graph';
import { axisOf, broadcast } from './strides';
import { windowOf } from './window';

type Shape = readonly number[];

export interface Operator {
  /** Shapes of the outputs from shapes (and, where they are known, values) of the inputs; throws what is wrong. */
  infer(node: Node, shapes: readonly Shape[], constants: readonly (Constant | undefined)[]): Shape[];
  /** Of the node alone, when the model is loaded: throws if its attributes ask for what can't be run. */
  check?(node: Node): void;
}

const fail = (node: Node, what: string): never => {
  throw new Error(`${nodeText(node)}: ${what}`);
};

const same: Operator = { infer: (_, [x]) => [x] };

const binary: Operator = {
  infer(node, [x, z]) {
    const y = broadcast(x, z);
    return [y ?? fail(node, `shapes ${shapeText(x)} and ${shapeText(z)} don't fit together`)];
  },
};

const numbers = (node: Node, constant: Constant | undefined, what: string): number[] =>
  constant && constant.type !== 'string'
    ? Array.from(constant.data)
    : fail(node, `its ${what} must be constant, but the model computes it`);

/** An input that may be left out, but not be computed. */
const optional = (
  node: Node,
  constants: readonly (Constant | undefined)[],
  at: number,
  what: string,
): number[] | undefined => (node.inputs[at] ? numbers(node, constants[at], what) : undefined);

/** Attributes of kernels with three axes are refused by windowOf; those of one axis here. */
const checkWindow = (node: Node): void => {
  for (const name of ['kernel_shape', 'strides', 'dilations']) {
    const length = numbersOf(node, name).length;
    if (length && length !== 2) fail(node, `takes pictures of two axes, ${name} has ${length}`);
  }
};

const pool: Operator = {
  check(node) {
    checkWindow(node);
    if (node.outputs.length > 1) fail(node, 'its second output, Indices, is not supported');
    if (numberOf(node, 'storage_order', 0)) fail(node, 'storage_order 1 is not supported');
  },
  infer: (node, [x]) => [[x[0], x[1], ...windowOf(node, x).out]],
};

const globalPool: Operator = {
  infer(node, [x]) {
    return x.length === 4 ? [[x[0], x[1], 1, 1]] : fail(node, `takes (B,C,H,W), x is ${shapeText(x)}`);
  },
};

const softmax: Operator = {
  infer(node, [x]) {
    const axis = axisOf(numberOf(node, 'axis', -1), x.length);
    return axis >= 0 && axis < x.length ? [x] : fail(node, `axis ${axis} is not in ${shapeText(x)}`);
  },
};

/** Pad's numbers before and after each axis of `rank`, from those of `axes` (all, unless they are named). */
export function padsOf(
  node: Node,
  rank: number,
  pads: readonly number[],
  axes?: readonly number[],
): number[] {
  const named = axes?.map((axis) => axisOf(axis, rank)) ?? Array.from({ length: rank }, (_, axis) => axis);
  if (pads.length !== 2 * named.length)
    fail(node, `pads has ${pads.length} numbers for ${named.length} axes`);
  const full = new Array<number>(2 * rank).fill(0);
  named.forEach((axis, i) => {
    full[axis] = pads[i];
    full[axis + rank] = pads[i + named.length];
  });
  return full;
}

/** Resize's sizes or scales for every axis: those of the attribute `axes` (all, unless they are named), else `x`'s. */
export function onAxes(node: Node, x: readonly number[], values: readonly number[]): number[] {
  const axes = numbersOf(
    node,
    'axes',
    x.map((_, axis) => axis),
  ).map((axis) => axisOf(axis, x.length));
  if (values.length !== axes.length)
    fail(node, `has ${values.length} sizes or scales for ${axes.length} axes`);
  return x.map((otherwise, axis) => (axes.includes(axis) ? values[axes.indexOf(axis)] : otherwise));
}

const reshape = (node: Node, x: Shape, to: readonly number[]): Shape[] => {
  const shape = to.map((d, axis) => (d === 0 && !numberOf(node, 'allowzero', 0) ? x[axis] : d));
  const open = shape.indexOf(-1);
  if (open >= 0) shape[open] = sizeOf(x) / -sizeOf(shape);
  if (sizeOf(shape) !== sizeOf(x) || shape.some((d) => !Number.isInteger(d) || d < 0))
    fail(node, `${shapeText(x)} has ${sizeOf(x)} numbers, which don't fit ${shapeText(to)}`);
  return [shape];
};

/** Along an axis: Resize makes a table of as many. */
const MOST_PIXELS = 2 ** 20;

const ml = 'ai.onnx.ml.';

/** By op_type, with the domain before it unless it is ONNX's own. */
export const operators: Readonly<Record<string, Operator>> = {
  Conv: {
    check: checkWindow,
    infer(node, [x, w, bias]) {
      if (x.length !== 4 || w.length !== 4)
        fail(node, `takes (B,C,H,W) and a weight of four axes, x is ${shapeText(x)}, weight ${shapeText(w)}`);
      const groups = numberOf(node, 'group', 1);
      if (w[1] * groups !== x[1])
        fail(
          node,
          `weight is ${shapeText(w)} in ${groups} group(s), for ${w[1] * groups} channels; x has ${x[1]}`,
        );
      if (w[0] % groups) fail(node, `${w[0]} output channels can't be shared by ${groups} groups`);
      if (bias && sizeOf(bias) !== w[0]) fail(node, `bias has ${sizeOf(bias)} numbers for ${w[0]} channels`);
      return [[x[0], w[0], ...windowOf(node, x, w.slice(2)).out]];
    },
  },
  MaxPool: pool,
  AveragePool: pool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  Relu: same,
  LeakyRelu: same,
  Elu: same,
  Clip: same,
  Sigmoid: same,
  Tanh: same,
  HardSwish: same,
  HardSigmoid: same,
  Identity: same,
  Dropout: {
    check(node) {
      if (node.outputs[1]) fail(node, 'its second output, mask, is not supported');
    },
    infer: (_, [x]) => [x],
  },
  PRelu: {
    infer(node, [x, slope]) {
      const fits = broadcast(x, slope)?.join() === x.join();
      return fits ? [x] : fail(node, `slope is ${shapeText(slope)}, x is ${shapeText(x)}`);
    },
  },
  Add: binary,
  Sub: binary,
  Mul: binary,
  Div: binary,
  Concat: {
    infer(node, shapes) {
      const axis = axisOf(numberOf(node, 'axis', 1), shapes[0].length);
      for (const shape of shapes)
        if (shape.length !== shapes[0].length || shape.some((d, i) => i !== axis && d !== shapes[0][i]))
          fail(node, `${shapeText(shapes[0])} and ${shapeText(shape)} can't be joined along axis ${axis}`);
      return [shapes[0].map((d, i) => (i === axis ? shapes.reduce((sum, s) => sum + s[axis], 0) : d))];
    },
  },
  Pad: {
    check(node) {
      const mode = textOf(node, 'mode', 'constant');
      if (mode !== 'constant') fail(node, `mode ${mode} is not supported, constant is`);
    },
    infer(node, [x], constants) {
      const axes = optional(node, constants, 3, 'axes');
      optional(node, constants, 2, 'constant_value');
      const pads = padsOf(node, x.length, numbers(node, constants[1], 'pads'), axes);
      return [x.map((d, axis) => d + pads[axis] + pads[axis + x.length])];
    },
  },
  Resize: {
    check(node) {
      const mode = textOf(node, 'mode', 'nearest');
      if (mode !== 'nearest') fail(node, `mode ${mode} is not supported, nearest is`);
      const policy = textOf(node, 'keep_aspect_ratio_policy', 'stretch');
      if (policy !== 'stretch') fail(node, `keep_aspect_ratio_policy ${policy} is not supported, stretch is`);
    },
    infer(node, [x], constants) {
      const sizes = optional(node, constants, 3, 'sizes');
      const scales = optional(node, constants, 2, 'scales');
      const y = sizes?.length
        ? onAxes(node, x, sizes)
        : onAxes(
            node,
            x.map(() => 1),
            scales ?? [],
          ).map((scale, axis) => Math.floor(Math.fround(x[axis] * scale)));
      if (
        y.length !== 4 ||
        x.length !== 4 ||
        y.some((d) => !(d >= 1 && d <= MOST_PIXELS)) ||
        y[0] !== x[0] ||
        y[1] !== x[1]
      )
        fail(
          node,
          `resizes pictures alone, by constant scales or sizes; ${shapeText(x)} to ${shapeText(y)} is not that`,
        );
      return [y];
    },
  },
  Flatten: {
    infer(node, [x]) {
      const axis = axisOf(numberOf(node, 'axis', 1), x.length);
      return [[sizeOf(x.slice(0, axis)), sizeOf(x.slice(axis))]];
    },
  },
  Reshape: { infer: (node, [x], constants) => reshape(node, x, numbers(node, constants[1], 'shape')) },
  Squeeze: {
    infer(node, [x], constants) {
      const axes =
        optional(node, constants, 1, 'axes')?.map((a) => axisOf(a, x.length)) ??
        x.flatMap((d, axis) => (d === 1 ? [axis] : []));
      if (axes.some((a) => x[a] !== 1))
        fail(node, `axes ${shapeText(axes)} of ${shapeText(x)} are not all 1 long`);
      return [x.filter((_, axis) => !axes.includes(axis))];
    },
  },
  Unsqueeze: {
    infer(node, [x], constants) {
      const given = numbers(node, constants[1], 'axes');
      const rank = x.length + given.length;
      const axes = given.map((a) => axisOf(a, rank));
      const rest = [...x];
      return [Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : rest.shift()!))];
    },
  },
  Transpose: {
    infer(node, [x]) {
      const perm = numbersOf(
        node,
        'perm',
        x.map((_, axis) => x.length - 1 - axis),
      );
      const sorted = [...perm].sort((a, b) => a - b);
      if (perm.length !== x.length || sorted.some((axis, i) => axis !== i))
        fail(node, `perm ${shapeText(perm)} is no order of the axes of ${shapeText(x)}`);
      return [perm.map((axis) => x[axis])];
    },
  },
  Gemm: {
    infer(node, [x, w, c]) {
      if (x.length !== 2 || w.length !== 2)
        fail(node, `takes matrices, not ${shapeText(x)} and ${shapeText(w)}`);
      const [m, i] = numberOf(node, 'transA', 0) ? [x[1], x[0]] : x;
      const transposed = numberOf(node, 'transB', 0) !== 0;
      const [inputs, outputs] = transposed ? [w[1], w[0]] : w;
      if (inputs !== i)
        fail(
          node,
          `weight is ${shapeText(w)}${transposed ? ', transposed' : ''}, for ${inputs} numbers; the graph gives ${i}`,
        );
      const y = [m, outputs];
      if (c && broadcast(c, y)?.join() !== y.join())
        fail(node, `C is ${shapeText(c)}, the product ${shapeText(y)}`);
      return [y];
    },
  },
  MatMul: {
    infer(node, [x, w]) {
      if (x.length < 2 || w.length < 2) fail(node, `takes matrices, not ${shapeText(x)} and ${shapeText(w)}`);
      const inputs = w[w.length - 2];
      const items = broadcast(x.slice(0, -2), w.slice(0, -2));
      if (inputs !== x[x.length - 1] || !items)
        fail(node, `${shapeText(x)} by ${shapeText(w)}: ${x[x.length - 1]} columns for ${inputs} rows`);
      return [[...items!, x[x.length - 2], w[w.length - 1]]];
    },
  },
  BatchNormalization: {
    check(node) {
      if (numberOf(node, 'training_mode', 0)) fail(node, 'training_mode 1 is not supported');
    },
    infer(node, [x, ...parameters]) {
      for (const p of parameters)
        if (sizeOf(p) !== x[1]) fail(node, `has parameters for ${sizeOf(p)} channels; x has ${x[1]}`);
      return [x];
    },
  },
  Softmax: softmax,
  LogSoftmax: softmax,
  [`${ml}Scaler`]: {
    infer(node, [x]) {
      const features = x[x.length - 1];
      for (const name of ['offset', 'scale']) {
        const { length } = numbersOf(node, name);
        if (length !== 1 && length !== features)
          fail(node, `${name} has ${length} numbers for ${features} features`);
      }
      return [x];
    },
  },
  [`${ml}Normalizer`]: {
    check(node) {
      const norm = textOf(node, 'norm', 'MAX');
      if (!['MAX', 'L1', 'L2'].includes(norm))
        fail(node, `norm ${norm} is not supported, MAX, L1 and L2 are`);
    },
    infer: (_, [x]) => [x],
  },
  [`${ml}SVMClassifier`]: {
    check(node) {
      const transform = textOf(node, 'post_transform', 'NONE');
      if (transform !== 'NONE') fail(node, `post_transform ${transform} is not supported, NONE is`);
      if (!numbersOf(node, 'support_vectors').length) fail(node, 'has no support vectors');
    },
    infer(node, [x]) {
      const { length } = numbersOf(node, 'classlabels_ints');
      const classes = length || textsOf(node, 'classlabels_strings').length;
      const pairs = (classes * (classes - 1)) / 2;
      const columns = classes === 2 || numbersOf(node, 'prob_a').length ? classes : pairs;
      return [[x[0]], [x[0], columns]];
    },
  },
};

/** What is known of a node's operator. */
export const operatorFor = (node: Node): Operator | undefined =>
  Object.hasOwn(operators, operatorOf(node)) ? operators[operatorOf(node)] : undefined;

/** The key of a node in `operators`. */
export const operatorOf = (node: Node): string => (node.domain ? `${node.domain}.${node.op}` : node.op);
