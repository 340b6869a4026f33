import { type Case, EPS, exact, type KernelCases, random, rounded, type Tolerance } from '../cases/case';
import {
  type FunctionName,
  type FunctionOptions,
  functionNames,
  functionParameters,
  planFunction,
} from './functions';
import { applyFunction } from './functions.ref';

interface Range {
  readonly low: number;
  readonly high: number;
  readonly tolerance: Tolerance;
  /** Numbers to test besides random ones. */
  readonly also?: readonly number[];
}

// exp of half of v, at most 4.5 ulp for v of at most 3, twice, and a product.
const throughExp: Tolerance = rounded(24, 'two exps of at most 5 ulp (WGSL), and a product', 24 * EPS);
// WGSL allows log an absolute error of 2^-21 for 0.5 .. 2, else 3 ulp.
const throughLog: Tolerance = { abs: 2 ** -21 + 8 * EPS, rel: 12 * EPS, why: "log: WGSL's bound" };
const throughArc: Tolerance = {
  abs: 6.77e-5,
  rel: 4096 * 2 * EPS,
  why: "WGSL's bound for asin, acos and atan",
};
// The rest of v after multiples of pi has an error of 2 EPS of v, at most 20, and the series one of 5.7e-8.
const throughSeries: Tolerance = {
  abs: 5.7e-8 + 48 * EPS,
  rel: 8 * EPS,
  why: 'a remainder of v and a series',
};
const anyNumber = { low: -4, high: 4, tolerance: exact, also: [-0.5, 0.5, 1.5, 2.5, -1.5, 0, -1e6, 3] };

const ranges: Readonly<Record<FunctionName, Range>> = {
  Abs: anyNumber,
  Neg: anyNumber,
  Exp: { low: -3, high: 3, tolerance: throughExp, also: [-1e4, -200, 0] },
  // WGSL: the error of 1 / inverseSqrt, which is 2 ulp, and of a quotient of 2.5 ulp.
  Sqrt: { low: 0, high: 9, tolerance: rounded(10, '4.5 ulp (WGSL)') },
  Reciprocal: { low: 0.5, high: 4, tolerance: rounded(6, '2.5 ulp (WGSL)'), also: [-8, -0.1] },
  Log: { low: 0.1, high: 9, tolerance: throughLog },
  Floor: anyNumber,
  Ceil: anyNumber,
  Round: anyNumber,
  Sign: anyNumber,
  Erf: {
    low: -4,
    high: 4,
    tolerance: { abs: 1.5e-7 + 32 * EPS, rel: 0, why: 'the formula of erfc (1.5e-7), in f32' },
    also: [-100, 100, 0],
  },
  Softsign: { low: -4, high: 4, tolerance: rounded(8, 'a sum and a quotient'), also: [-1e6] },
  Selu: {
    low: -4,
    high: 4,
    tolerance: rounded(8, 'exp: 11 ulp below 1 (WGSL)', 48 * EPS),
    also: [-1e4, 1e4],
  },
  Celu: {
    low: -4,
    high: 4,
    tolerance: rounded(8, 'exp: 15 ulp below 1 (WGSL)', 48 * EPS),
    also: [-1e4, 1e4],
  },
  ThresholdedRelu: { low: -4, high: 4, tolerance: exact },
  Sin: { low: -20, high: 20, tolerance: throughSeries, also: [0, -3.5] },
  Cos: { low: -20, high: 20, tolerance: throughSeries, also: [0, 1.5707964] },
  Tan: { low: -1, high: 1, tolerance: { ...throughSeries, abs: 4 * throughSeries.abs }, also: [20, -9] },
  Asin: { low: -1, high: 1, tolerance: throughArc },
  Acos: { low: -1, high: 1, tolerance: throughArc },
  Atan: { low: -4, high: 4, tolerance: throughArc },
  Sinh: { low: -3, high: 3, tolerance: throughExp },
  Cosh: { low: -3, high: 3, tolerance: throughExp },
  Asinh: { low: -4, high: 4, tolerance: throughLog, also: [1e12, -1e12] },
  Acosh: { low: 1.01, high: 9, tolerance: throughLog, also: [1e12] },
  Atanh: { low: -0.9, high: 0.9, tolerance: throughLog },
  Not: { low: 0, high: 0, tolerance: exact, also: [1, 0] },
  'mien.Truncate': anyNumber,
  'mien.IsNotZero': anyNumber,
};

function functionCase(name: string, B: number, o: FunctionOptions): Case {
  return {
    name: `${o.op}: ${name}`,
    build() {
      const { low, high, tolerance, also = [] } = ranges[o.op];
      const x = random(1, B * o.size, low, high);
      if (o.size > 8) x.set(also);
      return {
        candidates: planFunction(o),
        batch: B,
        operands: { x },
        expected: applyFunction(o, x),
        tolerance,
        cost: { flop: x.length, bytes: 8 * x.length },
      };
    },
  };
}

export const functionCases: KernelCases = {
  kernel: 'functions',
  cases: [
    ...functionNames.map((op) =>
      functionCase('a batch above the workgroup', 3, {
        op,
        size: 67,
        parameters: Object.values(functionParameters(op)).map((v) => v * 0.75),
      }),
    ),
    {
      ...functionCase('a layer: 64 at 48x48', 1, { op: 'Erf', size: 64 * 48 * 48, parameters: [] }),
      timed: 'phone',
    },
    functionCase('one number', 1, { op: 'Abs', size: 1, parameters: [] }),
    functionCase('below the workgroup', 1, { op: 'Neg', size: 63, parameters: [] }),
    functionCase('channels filled up', 2, { op: 'Exp', size: 8 * 9, parameters: [], channels: [5, 8] }),
  ],
};
