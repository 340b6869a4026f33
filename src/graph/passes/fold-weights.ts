/**
 * The constants that models of small image classifiers contain as nodes: weights stored as whole numbers or halves. What
 * else is computed from constants is in fold.ts, which is downloaded when a model needs it.
 */

import {
  type Constant,
  elementTypeOf,
  floats,
  integers,
  type Node,
  nodeText,
  numberOf,
  shapeText,
  sizeOf,
} from '../graph';
import type { Fold } from '../operators';
import { axisOf } from '../strides';

/** Maximum number of elements of a constant, so that a damaged file does not use all memory. */
const MOST = 2 ** 24;

/** The same for ConstantOfShape, which can create all weights of a dense layer: VGG-19's largest has 102,760,448. */
const MOST_EQUAL = 2 ** 27;

/** Returns the number of elements of a new constant. @throws if it is greater than `most` */
export function bounded(node: Node, shape: readonly number[], most = MOST): number {
  const size = sizeOf(shape);
  if (shape.every((d) => Number.isInteger(d) && d >= 0) && size <= most) return size;
  throw new Error(
    `${nodeText(node)}: creates a constant of ${shapeText(shape)}; at most ${most} numbers are allowed`,
  );
}

/** A constant of numbers. */
export type Numeric = Exclude<Constant, { type: 'string' }>;

/** Returns a constant of numbers. @throws if it is absent, or contains texts */
export const numeric = (node: Node, constant: Constant | undefined): Numeric => {
  if (!constant || constant.type === 'string') throw new Error(`${nodeText(node)}: needs constant numbers`);
  return constant;
};

/** Creates a constant with other numbers, of the type of `model`. */
export const like = (model: Numeric, shape: readonly number[], data: ArrayLike<number>): Constant =>
  model.type === 'float32'
    ? floats(shape, Float32Array.from(data))
    : { type: model.type, shape, data: Float64Array.from(data) };

/** Conversions to integers and bool, by TensorProto.DataType. Integers wrap around, as in C. */
const casts: Readonly<Record<number, (v: number) => number>> = {
  2: (v) => v & 0xff,
  3: (v) => (v << 24) >> 24,
  4: (v) => v & 0xffff,
  5: (v) => (v << 16) >> 16,
  6: (v) => v | 0,
  9: (v) => Number(v !== 0),
  12: (v) => v >>> 0,
};

/**
 * DequantizeLinear: (x - x_zero_point) x_scale. There is one scale for all of x, for each index of an axis, or for each
 * block of `block_size` neighbours along an axis. Models store weights as whole numbers to make the file smaller.
 */
const dequantize: Fold = (node, inputs) => {
  const [x, scale] = [numeric(node, inputs[0]), numeric(node, inputs[1])];
  const zero = inputs[2] && numeric(node, inputs[2]);
  const axis = axisOf(numberOf(node, 'axis', 1), x.shape.length);
  const block = numberOf(node, 'block_size', 0);
  const blocked = x.shape.map((d, a) => (a === axis ? Math.ceil(d / block) : d));
  const one = scale.data.length === 1 && !block;
  if (block ? scale.shape.join() !== blocked.join() : !one && scale.data.length !== x.shape[axis])
    throw new Error(
      `${nodeText(node)}: x_scale is ${shapeText(scale.shape)}, x ${shapeText(x.shape)} with axis ${axis}${block ? ` in blocks of ${block}` : ''}`,
    );
  if (zero && zero.data.length !== scale.data.length)
    throw new Error(
      `${nodeText(node)}: x_zero_point has ${zero.data.length} numbers, but x_scale has ${scale.data.length}`,
    );
  const inner = one ? x.data.length : sizeOf(x.shape.slice(axis + 1));
  const channels = x.shape[axis] ?? 1;
  const scaleOf = (at: number): number => {
    if (one) return 0;
    const channel = Math.floor(at / inner) % channels;
    if (!block) return channel;
    const outer = Math.floor(at / (inner * channels));
    return (outer * blocked[axis] + Math.floor(channel / block)) * inner + (at % inner);
  };
  const data = Float32Array.from(x.data, (value, at) => {
    const i = scaleOf(at);
    return (value - (zero?.data[i] ?? 0)) * scale.data[i];
  });
  return floats(x.shape, data);
};

/** A function for each operator that computes its output from constant inputs. Each throws if an input is wrong. */
export const weightFolds: Readonly<Record<string, Fold>> = {
  Constant(node) {
    const { value, value_float, value_floats, value_int, value_ints } = node.attributes;
    if (typeof value === 'object' && 'type' in value) return value;
    if (typeof value_float === 'number') return floats([], [value_float]);
    if (Array.isArray(value_floats)) return floats([value_floats.length], value_floats as number[]);
    if (typeof value_int === 'number') return integers([value_int], []);
    if (Array.isArray(value_ints)) return integers(value_ints as number[]);
    throw new Error(`${nodeText(node)}: contains no tensor of numbers`);
  },
  ConstantOfShape(node, [shape]) {
    const dims = Array.from(numeric(node, shape).data);
    const given = node.attributes.value;
    const model = numeric(node, typeof given === 'object' && 'type' in given ? given : floats([1], [0]));
    const size = bounded(node, dims, model.type === 'float32' ? MOST_EQUAL : MOST);
    const [value] = model.data;
    if (model.type === 'float32')
      return floats(dims, value ? new Float32Array(size).fill(value) : new Float32Array(size));
    return { type: model.type, shape: dims, data: new Float64Array(size).fill(value) };
  },
  Cast(node, [x]) {
    const constant = numeric(node, x);
    const to = numberOf(node, 'to', 1);
    const type = elementTypeOf(to);
    if (!type) throw new Error(`${nodeText(node)}: to data type ${to} is not supported`);
    if (type === 'float') return floats(constant.shape, Float32Array.from(constant.data));
    const data = Float64Array.from(constant.data, casts[to] ?? Math.trunc);
    const { shape } = constant;
    return type === 'bool' ? { type, shape, data } : { type: 'int64', shape, data, dataType: to };
  },
  DequantizeLinear: dequantize,
};
