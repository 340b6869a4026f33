import {
  type ElementType,
  elementTypeOf,
  type Node,
  numberOf,
  numbersOf,
  shapeText,
  sizeOf,
  textOf,
} from '../graph';
import { axisOf } from '../strides';
import { fail, moved, numbers, type Operator, optional, type Shape } from './operator';

/**
 * Pad's numbers for all axes: first those before each axis, then those after each axis.
 * @param pads the same, for `axes` alone
 * @param axes default: all axes
 * @throws if there are not two numbers for each of `axes`
 */
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

const reshape = (node: Node, x: Shape, to: readonly number[]): Shape[] => {
  const shape = to.map((d, axis) => (d === 0 && !numberOf(node, 'allowzero', 0) ? x[axis] : d));
  const open = shape.indexOf(-1);
  if (open >= 0) shape[open] = sizeOf(x) / -sizeOf(shape);
  if (sizeOf(shape) !== sizeOf(x) || shape.some((d) => !Number.isInteger(d) || d < 0))
    fail(node, `${shapeText(x)} has ${sizeOf(x)} numbers, which don't fit ${shapeText(to)}`);
  return [shape];
};

const passesOn: Operator = { infer: (_, [x]) => [x], passesOn: true, moves: true };

/** Operators that move numbers, or return them unchanged. */
export const arrange = {
  Identity: passesOn,
  Dropout: {
    check(node) {
      if (node.outputs[1]) fail(node, 'its second output, mask, is not supported');
    },
    ...passesOn,
    infer(node, [x], constants) {
      const training = constants[2]?.data[0] ?? Number(!!node.inputs[2]);
      if (training) fail(node, 'training_mode is supported if it is constant and false');
      return [x];
    },
  },
  /**
   * Supported here where no number changes: all numbers on the GPU are f32, and `integer` and `bool` are whole already.
   * passes/expand.ts replaces the others.
   */
  Cast: {
    ...passesOn,
    types(node, [from]) {
      const to = numberOf(node, 'to', 1);
      const type = elementTypeOf(to) ?? fail(node, `to data type ${to} is not supported`);
      const keeps: Readonly<Record<ElementType, boolean>> = {
        float: from !== 'label',
        integer: from !== 'float' && (from === 'bool' || to === 6 || to === 7), // narrower types would wrap around
        bool: from === 'bool',
        label: false,
      };
      return keeps[type]
        ? [from === 'label' ? from : type]
        : fail(node, `from ${from} to data type ${to} is not supported`);
    },
  },
  Concat: {
    ...moved,
    infer(node, shapes) {
      const axis = axisOf(numberOf(node, 'axis', 1), shapes[0].length);
      for (const shape of shapes)
        if (shape.length !== shapes[0].length || shape.some((d, i) => i !== axis && d !== shapes[0][i]))
          fail(node, `${shapeText(shapes[0])} and ${shapeText(shape)} can't be joined along axis ${axis}`);
      return [shapes[0].map((d, i) => (i === axis ? shapes.reduce((sum, s) => sum + s[axis], 0) : d))];
    },
  },
  Pad: {
    ...moved,
    check(node) {
      const mode = textOf(node, 'mode', 'constant');
      if (!['constant', 'edge', 'reflect', 'wrap'].includes(mode))
        fail(node, `mode ${mode} is not supported, constant, edge, reflect and wrap are`);
    },
    infer(node, [x], constants) {
      const axes = optional(node, constants, 3, 'axes');
      optional(node, constants, 2, 'constant_value');
      const pads = padsOf(node, x.length, numbers(node, constants[1], 'pads'), axes);
      return [x.map((d, axis) => d + pads[axis] + pads[axis + x.length])];
    },
  },
  Flatten: {
    moves: true,
    infer(node, [x]) {
      const axis = axisOf(numberOf(node, 'axis', 1), x.length);
      return [[sizeOf(x.slice(0, axis)), sizeOf(x.slice(axis))]];
    },
  },
  Reshape: {
    moves: true,
    infer: (node, [x], constants) => reshape(node, x, numbers(node, constants[1], 'shape')),
  },
  Squeeze: {
    moves: true,
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
    moves: true,
    infer(node, [x], constants) {
      const given = numbers(node, constants[1], 'axes');
      const rank = x.length + given.length;
      const axes = given.map((a) => axisOf(a, rank));
      const rest = [...x];
      return [Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : rest.shift()!))];
    },
  },
  Transpose: {
    moves: true,
    infer(node, [x]) {
      const perm = numbersOf(
        node,
        'perm',
        x.map((_, axis) => x.length - 1 - axis),
      );
      const sorted = [...perm].sort((a, b) => a - b);
      if (perm.length !== x.length || sorted.some((axis, i) => axis !== i))
        fail(node, `perm ${shapeText(perm)} is not an order of the axes of ${shapeText(x)}`);
      return [perm.map((axis) => x[axis])];
    },
  },
  /** In ONNX it converts scores to dictionaries; here the output is the tensor of scores. */
  'ai.onnx.ml.ZipMap': passesOn,
} satisfies Readonly<Record<string, Operator>>;
