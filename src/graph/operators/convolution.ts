import { type Node, numberOf, numbersOf, shapeText, sizeOf, textOf } from '../graph';
import { axisOf } from '../strides';
import { windowOf } from '../window';
import { fail, type Operator, optional } from './operator';

/** Rejects windows that do not have two axes, when the model is loaded. */
const checkWindow = (node: Node): void => {
  for (const name of ['kernel_shape', 'strides', 'dilations']) {
    const length = numbersOf(node, name).length;
    if (length && length !== 2) fail(node, `needs pictures of two axes, but ${name} has ${length}`);
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
    return x.length === 4 ? [[x[0], x[1], 1, 1]] : fail(node, `needs (B,C,H,W), but x is ${shapeText(x)}`);
  },
};

/**
 * Resize's sizes or scales for every axis.
 * @param x the numbers for axes that are not in the attribute `axes` (default: all axes)
 * @param values the numbers for the axes in `axes`
 * @throws if there is not one number for each of these axes
 */
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

/** Maximum number of pixels along an axis of Resize's output, since it creates a table with as many entries. */
const MOST_PIXELS = 2 ** 20;

/** Operators on pictures (B,C,H,W). */
export const convolution = {
  Conv: {
    check: checkWindow,
    infer(node, [x, w, bias]) {
      if (x.length !== 4 || w.length !== 4)
        fail(
          node,
          `needs (B,C,H,W) and a weight of four axes, but x is ${shapeText(x)}, weight ${shapeText(w)}`,
        );
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
          `only resizes pictures, by constant scales or sizes; ${shapeText(x)} to ${shapeText(y)} is not that`,
        );
      return [y];
    },
  },
} satisfies Readonly<Record<string, Operator>>;
