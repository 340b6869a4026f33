import { erf } from '../snippets/activation.ref';
import type { FunctionName, FunctionOptions } from './functions';

/** Rounds a half to the even number. */
const roundEven = (v: number): number => {
  const low = Math.floor(v);
  if (v - low !== 0.5) return Math.round(v);
  return low % 2 === 0 ? low : low + 1;
};

/** Each function in float64, of v and its parameters. */
export const functionTwins: Readonly<
  Record<FunctionName, (v: number, alpha: number, beta: number) => number>
> = {
  Abs: Math.abs,
  Neg: (v) => -v,
  Exp: Math.exp,
  Sqrt: Math.sqrt,
  Reciprocal: (v) => 1 / v,
  Log: Math.log,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Round: roundEven,
  Sign: Math.sign,
  Erf: erf,
  Softsign: (v) => v / (1 + Math.abs(v)),
  Selu: (v, alpha, gamma) => gamma * (v < 0 ? alpha * Math.expm1(v) : v),
  Celu: (v, alpha) => Math.max(v, 0) + Math.min(alpha * Math.expm1(v / alpha), 0),
  ThresholdedRelu: (v, alpha) => (v > alpha ? v : 0),
  Sin: Math.sin,
  Cos: Math.cos,
  Tan: Math.tan,
  Asin: Math.asin,
  Acos: Math.acos,
  Atan: Math.atan,
  Sinh: Math.sinh,
  Cosh: Math.cosh,
  Asinh: Math.asinh,
  Acosh: Math.acosh,
  Atanh: Math.atanh,
  Not: (v) => 1 - v,
  'mien.Truncate': Math.trunc,
  'mien.IsNotZero': (v) => Number(v !== 0),
};

/** x -> y of the same shape; NaN where the number is padding. */
export function applyFunction(
  { op, parameters: [alpha = 0, beta = 0], channels: [used, stored] = [1, 1] }: FunctionOptions,
  x: Float32Array,
): Float64Array {
  return Float64Array.from(x, (v, at) =>
    at % stored < used ? functionTwins[op](v, alpha, beta) : Number.NaN,
  );
}
