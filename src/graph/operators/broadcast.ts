import { type ElementType, shapeText } from '../graph';
import { broadcast as joined } from '../strides';
import { fail, type Operator, type Shape } from './operator';

/** The shapes of all inputs, broadcast. The element types of several inputs are equal: ONNX demands it. */
const infer: Operator['infer'] = (node, [first, ...others]) => [
  others.reduce(
    (a: Shape, b) =>
      joined(a, b) ?? fail(node, `shapes ${shapeText(a)} and ${shapeText(b)} don't fit together`),
    first,
  ),
];

const floats: Operator = { infer };
const ordered: Operator = { infer, accepts: ['float', 'integer'], types: (_, [x]) => [x] };
const compared = (...accepts: ElementType[]): Operator => ({ infer, accepts, types: () => ['bool'] });
const order = compared('float', 'integer');
const logic = compared('bool');

/** Operators of two or more tensors, with broadcasting: shaders/broadcast. */
export const broadcast = {
  ...{ Pow: floats, Sum: floats, Mean: floats, Max: ordered, Min: ordered, Mod: ordered },
  ...{ Less: order, LessOrEqual: order, Greater: order, GreaterOrEqual: order },
  Equal: compared('float', 'integer', 'bool'),
  ...{ And: logic, Or: logic, Xor: logic },
  Where: { infer, accepts: ['float', 'integer', 'bool'], types: (_, [, x]) => [x] },
} satisfies Readonly<Record<string, Operator>>;
