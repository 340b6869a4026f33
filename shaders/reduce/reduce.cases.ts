import {
  type Case,
  EPS,
  exact,
  type KernelCases,
  random,
  rounded,
  sumTolerance,
  type Tolerance,
} from '../cases/case';
import { planReduce, REDUCTIONS, type ReduceOptions, type Reduction } from './reduce';
import { reduce } from './reduce.ref';

/** The range of the numbers of a case. Maxima and minima that start at 0 would fail. */
const ranges: Partial<Record<Reduction, readonly [number, number]>> = {
  ReduceMax: [-1, -0.1],
  ReduceMin: [0.1, 1],
  ReduceProd: [-1.05, -0.95],
  ReduceLogSum: [0.5, 1.5],
  ReduceLogSumExp: [-20, 20],
};

/** The error of log in 0.5..2 that WGSL allows; outside, 3 ulp are allowed. */
const LOG = 2 ** -21;

function toleranceOf(kind: Reduction, N: number): Tolerance {
  const positive = `a sum of ${N} positive numbers, each with two roundings`;
  switch (kind) {
    case 'ReduceSum':
      return sumTolerance(N);
    case 'ReduceMean':
      return { ...sumTolerance(N), abs: sumTolerance(N).abs / N };
    case 'ReduceMax':
    case 'ReduceMin':
      return exact;
    case 'ReduceProd':
      return rounded(N, `${N} products`);
    case 'ReduceL1':
    case 'ReduceSumSquare':
      return rounded(N + 2, positive);
    case 'ReduceL2':
      return rounded(N + 8, `${positive}, and a root`);
    case 'ReduceLogSum':
      return rounded(8, `log of ${positive}`, N * EPS + LOG);
    case 'ReduceLogSumExp':
      // exp(v) of v down to -40 may have an error of 3 + 2|v| ulp (WGSL), relative to its small result.
      return rounded(8, `log of a sum of ${N} exp, each with 3 + 2|v| ulp`, (2 * 3 + N + 4) * EPS + LOG);
  }
}

function reduceCase(name: string, o: ReduceOptions, timed?: Case['timed']): Case {
  return {
    name: `${o.kind}: ${name}`,
    timed,
    build() {
      const { B, outer, N, inner, kind } = o;
      const x = random(1, B * outer * N * inner, ...(ranges[kind] ?? [-1, 1]));
      const expected = reduce(o, x);
      return {
        candidates: planReduce(o),
        batch: B,
        operands: { x },
        expected,
        tolerance: toleranceOf(kind, N),
        cost: { flop: x.length, bytes: 4 * (x.length + expected.length) },
      };
    },
  };
}

const sizes = {
  'one number': { B: 1, outer: 1, N: 1, inner: 1 },
  'one below the workgroup': { B: 2, outer: 3, N: 63, inner: 1 },
  'one above the workgroup, along a middle axis': { B: 1, outer: 2, N: 65, inner: 5 },
};

export const reduceCases: KernelCases = {
  kernel: 'reduce',
  cases: [
    ...REDUCTIONS.flatMap((kind) =>
      Object.entries(sizes).map(([name, size]) => reduceCase(name, { ...size, kind })),
    ),
    reduceCase('more results than a workgroup', { B: 3, outer: 7, N: 3, inner: 11, kind: 'ReduceSum' }),
    reduceCase('all of a picture', { B: 2, outer: 1, N: 3072, inner: 1, kind: 'ReduceMean' }, 'phone'),
    reduceCase('along the channels', { B: 1, outer: 1, N: 64, inner: 1024, kind: 'ReduceL2' }, 'phone'),
  ],
};
