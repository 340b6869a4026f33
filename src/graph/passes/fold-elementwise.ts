/** Constants that are computed number by number, with broadcasting. */

import { type Node, nodeText, numberOf } from '../graph';
import type { Fold } from '../operators';
import { broadcast, broadcastStrides, denseStrides, eachIndex } from '../strides';
import { bounded, like, type Numeric, numeric } from './fold-weights';

/** The largest absolute value. */
const largest = (data: Float32Array | Float64Array): number => {
  let most = 0;
  for (const v of data) most = Math.max(most, Math.abs(v));
  return most;
};

type Operation = (...values: number[]) => number;

/** Applies an operation to the numbers of all inputs, after broadcasting. */
function combined(node: Node, parts: readonly Numeric[], operation: Operation) {
  const shape = parts.reduce((a: readonly number[] | undefined, b) => a && broadcast(a, b.shape), []);
  if (!shape) throw new Error(`${nodeText(node)}: shapes of its constants don't fit together`);
  const strides = parts.map((part) => broadcastStrides(part.shape, denseStrides(part.shape), shape));
  const data = new Float64Array(bounded(node, shape));
  eachIndex(shape, (index, at) => {
    const values = parts.map(
      ({ data }, i) => data[index.reduce((sum, n, axis) => sum + n * strides[i][axis], 0)],
    );
    data[at] = operation(...values);
  });
  return { shape, data };
}

const arithmetic =
  (operation: Operation): Fold =>
  (node, inputs) => {
    const parts = inputs.map((input) => numeric(node, input));
    const { shape, data } = combined(node, parts, operation);
    if (parts[0].type === 'float32') return like(parts[0], shape, data);
    // Integers would wrap around at their type's limit. The widths are not stored, so int32's limit is assumed.
    const most = Math.max(2 ** 31 - 1, ...parts.map((part) => largest(part.data)));
    if (data.some((v) => !(Math.abs(v) <= most)))
      throw new Error(`${nodeText(node)}: its integers would be greater than ${most}`);
    return like(parts[0], shape, data.map(Math.trunc));
  };

const each =
  (operation: (v: number) => number): Fold =>
  (node, [x]) => {
    const constant = numeric(node, x);
    return like(constant, constant.shape, Float64Array.from(constant.data, operation));
  };

const condition =
  (operation: (...values: number[]) => boolean): Fold =>
  (node, inputs) => ({
    type: 'bool',
    ...combined(
      node,
      inputs.map((input) => numeric(node, input)),
      (...values) => Number(operation(...values)),
    ),
  });

const modulo = (a: number, b: number): number => {
  const rest = a % b;
  return rest && rest < 0 !== b < 0 ? rest + b : rest;
};

const roundEven = (v: number): number =>
  v % 1 === 0.5 || v % 1 === -0.5 ? 2 * Math.round(v / 2) : Math.round(v);

/** The operators that compute constants number by number. */
export const elementwiseFolds = {
  Add: arithmetic((a, b) => a + b),
  Sub: arithmetic((a, b) => a - b),
  Mul: arithmetic((a, b) => a * b),
  Div: arithmetic((a, b) => a / b),
  Pow: arithmetic(Math.pow),
  Max: arithmetic(Math.max),
  Min: arithmetic(Math.min),
  Sum: arithmetic((...values) => values.reduce((sum, v) => sum + v)),
  Mean: arithmetic((...values) => values.reduce((sum, v) => sum + v) / values.length),
  Mod: (node, inputs) => arithmetic(numberOf(node, 'fmod', 0) ? (a, b) => a % b : modulo)(node, inputs),
  Floor: each(Math.floor),
  Ceil: each(Math.ceil),
  Round: each(roundEven),
  Sqrt: each(Math.sqrt),
  Exp: each(Math.exp),
  Log: each(Math.log),
  Reciprocal: each((v) => 1 / v),
  Abs: each(Math.abs),
  Neg: each((v) => -v),
  Sign: each(Math.sign),
  Less: condition((a, b) => a < b),
  LessOrEqual: condition((a, b) => a <= b),
  Greater: condition((a, b) => a > b),
  GreaterOrEqual: condition((a, b) => a >= b),
  Equal: condition((a, b) => a === b),
  And: condition((a, b) => !!a && !!b),
  Or: condition((a, b) => !!a || !!b),
  Xor: condition((a, b) => a !== b),
  Not: condition((a) => !a),
  Where(node, inputs) {
    const parts = inputs.map((input) => numeric(node, input));
    const { shape, data } = combined(node, parts, (c, x, y) => (c ? x : y));
    return like(parts[1], shape, data);
  },
} satisfies Readonly<Record<string, Fold>>;
