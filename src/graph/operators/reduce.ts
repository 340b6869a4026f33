import { type ElementType, type Node, numberOf, numbersOf, shapeText } from '../graph';
import { axisOf } from '../strides';
import { fail, type Operator, optional } from './operator';

/**
 * The axes that a reduction removes, in ascending order. An empty list of axes means all axes, or with
 * `noop_with_empty_axes` none.
 * @param given the numbers of the input `axes`. Older opsets have an attribute instead; default: that attribute
 * @throws if an axis is out of range or given twice
 */
export function reducedAxes(node: Node, rank: number, given?: readonly number[]): number[] {
  const axes = given ?? numbersOf(node, 'axes');
  if (!axes.length)
    return numberOf(node, 'noop_with_empty_axes', 0) ? [] : Array.from({ length: rank }, (_, a) => a);
  const sorted = axes.map((axis) => axisOf(axis, rank)).sort((a, b) => a - b);
  if (sorted.some((axis, i) => !(axis >= 0 && axis < rank) || axis === sorted[i - 1]))
    fail(node, `axes ${shapeText(axes)} are not different axes of a tensor with ${rank} axes`);
  return sorted;
}

/** A reduction. The axes are an attribute up to opset 17 (ReduceSum: 12), and an input since then. */
const reduction = (accepts: readonly ElementType[] = ['float']): Operator => ({
  accepts,
  types: (_, [type]) => [type],
  infer(node, [x], constants) {
    const axes = reducedAxes(node, x.length, optional(node, constants, 1, 'axes'));
    const kept = numberOf(node, 'keepdims', 1) === 1;
    return [x.flatMap((d, axis) => (axes.includes(axis) ? (kept ? [1] : []) : [d]))];
  },
});

const floats = reduction();
const withIntegers = reduction(['float', 'integer']);
const withBools = reduction(['float', 'integer', 'bool']);

/**
 * A reduction that also changes single numbers. Engines disagree whether it does so without axes, so this is refused.
 */
const changing: Operator = {
  ...floats,
  infer(node, shapes, constants) {
    if (!reducedAxes(node, shapes[0].length, optional(node, constants, 1, 'axes')).length && shapes[0].length)
      fail(node, 'noop_with_empty_axes without axes is not supported');
    return floats.infer(node, shapes, constants);
  },
};

/** Operators that join the numbers along axes to one. */
export const reduce = {
  ReduceSum: withIntegers,
  ReduceMean: floats,
  ReduceMax: withBools,
  ReduceMin: withBools,
  ReduceProd: withIntegers,
  ReduceL1: changing,
  ReduceL2: changing,
  ReduceSumSquare: changing,
  ReduceLogSum: changing,
  ReduceLogSumExp: changing,
} satisfies Readonly<Record<string, Operator>>;
