import { numberOf, shapeText } from '../graph';
import { axisOf } from '../strides';
import { fail, numbers, type Operator } from './operator';

/** Indices are numbers of f32, which are exact up to here. */
const MOST = 2 ** 24;

const argument: Operator = {
  accepts: ['float', 'integer'],
  types: () => ['integer'],
  infer(node, [x]) {
    const axis = axisOf(numberOf(node, 'axis', 0), x.length);
    if (!(axis >= 0 && axis < x.length)) fail(node, `axis ${axis} is not in ${shapeText(x)}`);
    if (x[axis] > MOST) fail(node, `axis ${axis} has ${x[axis]} numbers; at most ${MOST} are supported`);
    const kept = numberOf(node, 'keepdims', 1) ? [1] : [];
    return [x.flatMap((d, a) => (a === axis ? kept : [d]))];
  },
};

/** Operators that compare the numbers along an axis. The indices that they compute are numbers of f32. */
export const order = {
  /** Until opset 9, k was an attribute: passes/modernise.ts makes it an input. */
  TopK: {
    accepts: ['float', 'integer'],
    types: (_, [x]) => [x, 'integer'],
    infer(node, [x], constants) {
      const axis = axisOf(numberOf(node, 'axis', -1), x.length);
      if (!(axis >= 0 && axis < x.length)) fail(node, `axis ${axis} is not in ${shapeText(x)}`);
      const [k] = numbers(node, constants[1], 'K');
      if (!(k >= 1 && k <= x[axis]) || x[axis] > MOST)
        fail(node, `selects ${k} of ${x[axis]} numbers; at least 1 of at most ${MOST} are supported`);
      const y = x.map((d, a) => (a === axis ? k : d));
      return [y, y];
    },
  },
  ArgMax: argument,
  ArgMin: argument,
} satisfies Readonly<Record<string, Operator>>;
