import { type Node, numberOf, numbersOf, shapeText, textOf } from '../graph';
import { axisOf } from '../strides';
import { fail, type Operator, optional } from './operator';

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

/** Maximum length of an axis of the output, since Resize creates a table with as many entries. */
const MOST = 2 ** 20;

const COORDINATES = ['half_pixel', 'asymmetric', 'align_corners', 'pytorch_half_pixel'];

/**
 * With align_corners, ONNX places the last pixel of the output by the product of length and scale, and onnxruntime by
 * the output's length: where this product is no whole number, they give different pictures.
 */
function checkCorners(node: Node, x: readonly number[], scales: readonly number[]): void {
  if (textOf(node, 'coordinate_transformation_mode', 'half_pixel') !== 'align_corners' || !scales.length)
    return;
  onAxes(
    node,
    x.map(() => 1),
    scales,
  ).forEach((scale, axis) => {
    if (!Number.isInteger(Math.fround(x[axis] * scale)))
      fail(
        node,
        `align_corners with scale ${scale} of ${x[axis]} is not supported: set sizes instead of scales`,
      );
  });
}

/** Checks that an attribute has one of the values that are supported. */
function checkOneOf(node: Node, name: string, supported: readonly string[]): void {
  const value = textOf(node, name, supported[0]);
  if (!supported.includes(value))
    fail(node, `${name} ${value} is not supported; supported: ${supported.join(', ')}`);
}

/** Operators that change the number of pixels. */
export const resize = {
  /** Upsample, and Resize until opset 10, become this by passes/modernise.ts; nearest_mode simple is theirs. */
  Resize: {
    check(node) {
      checkOneOf(node, 'mode', ['nearest', 'linear', 'cubic']);
      checkOneOf(node, 'keep_aspect_ratio_policy', ['stretch']);
      checkOneOf(node, 'coordinate_transformation_mode', COORDINATES);
      checkOneOf(node, 'nearest_mode', [
        'round_prefer_floor',
        'round_prefer_ceil',
        'floor',
        'ceil',
        'simple',
      ]);
      if (numberOf(node, 'antialias', 0)) fail(node, 'antialias 1 is not supported');
      if (numberOf(node, 'exclude_outside', 0) && textOf(node, 'mode', 'nearest') !== 'cubic')
        fail(node, 'exclude_outside 1 is only supported with mode cubic');
    },
    infer(node, [x], constants) {
      const sizes = optional(node, constants, 3, 'sizes');
      const scales = optional(node, constants, 2, 'scales');
      if (!sizes?.length) checkCorners(node, x, scales ?? []);
      const y = sizes?.length
        ? onAxes(node, x, sizes)
        : onAxes(
            node,
            x.map(() => 1),
            scales ?? [],
          ).map((scale, axis) => Math.floor(Math.fround(x[axis] * scale)));
      if (!x.length || y.some((d) => !(d >= 1 && d <= MOST)))
        fail(node, `${shapeText(x)} to ${shapeText(y)}: axes of 1 to ${MOST} are supported`);
      return [y];
    },
  },
} satisfies Readonly<Record<string, Operator>>;
