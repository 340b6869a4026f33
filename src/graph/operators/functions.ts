import type { ElementType } from '../graph';
import { type Operator, same } from './operator';

const keeping = (accepts: readonly ElementType[]): Operator => ({
  ...{ ...same, accepts },
  types: (_, [x]) => [x],
});
/** The sign of a whole number changes without a rounding. */
const signed = keeping(['float', 'integer']);
const making = (type: ElementType): Operator => ({
  ...{ ...same, accepts: ['float', 'integer', 'bool'] },
  types: () => [type],
});

/**
 * Functions of one number: shaders/functions. Passes replace Cast by those of the domain `mien` where numbers change:
 * see passes/expand.ts.
 */
export const functions = {
  ...{ Abs: signed, Neg: signed, Sign: signed, Not: keeping(['bool']) },
  ...{ Exp: same, Sqrt: same, Reciprocal: same, Log: same, Floor: same, Ceil: same, Round: same, Erf: same },
  ...{ Softsign: same, Selu: same, Celu: same, ThresholdedRelu: same },
  ...{ Sin: same, Cos: same, Tan: same, Asin: same, Acos: same, Atan: same },
  ...{ Sinh: same, Cosh: same, Asinh: same, Acosh: same, Atanh: same },
  ...{ 'mien.Truncate': making('integer'), 'mien.IsNotZero': making('bool') },
} satisfies Readonly<Record<string, Operator>>;
