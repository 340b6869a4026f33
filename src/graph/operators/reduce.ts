import { numberOf, numbersOf, shapeText } from '../graph';
import { axisOf } from '../strides';
import { fail, type Operator, optional } from './operator';

/** The axes are an attribute up to opset 17, and an input since opset 18. */
const meanOfPixels: Operator = {
  infer(node, [x], constants) {
    const given = optional(node, constants, 1, 'axes') ?? numbersOf(node, 'axes');
    const axes = given.map((axis) => axisOf(axis, x.length)).sort((a, b) => a - b);
    if (x.length !== 4 || axes.join() !== '2,3')
      fail(
        node,
        `is supported over axes 2 and 3 of (B,C,H,W), not over axes ${shapeText(given)} of ${shapeText(x)}`,
      );
    return [numberOf(node, 'keepdims', 1) ? [x[0], x[1], 1, 1] : [x[0], x[1]]];
  },
};

/** Operators that join the numbers along axes to one. */
export const reduce = {
  ReduceMean: meanOfPixels,
} satisfies Readonly<Record<string, Operator>>;
