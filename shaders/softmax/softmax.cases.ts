import { type Case, EPS, type KernelCases, random } from '../cases/case';
import { LONGEST_SUM } from '../plan/plan';
import { planSoftmax } from './softmax';
import { softmax } from './softmax.ref';

/** Each small term is less than half a rounding of the large one. A sum that adds one after the other loses them all. */
const ONE_LARGE = 'a large number, then many small ones';

/**
 * exp of such numbers is infinite or 0, so the largest must be subtracted first. Rows near 1000 and rows near -1000
 * alternate, so that the largest number of another row does not help.
 */
const FAR_FROM_0 = 'rows near 1000 and -1000';

const sizes = {
  'one number': { B: 1, outer: 1, N: 1, inner: 1 },
  'seven scores': { B: 5, outer: 1, N: 7, inner: 1 },
  'along the channels': { B: 2, outer: 1, N: 5, inner: 12 },
  'many rows': { B: 1, outer: 70, N: 33, inner: 1 },
  'a number more than lanes': { B: 2, outer: 3, N: 65, inner: 1 },
  'the longest row of one invocation': { B: 1, outer: 2, N: 1024, inner: 3 },
  'a long row': { B: 1, outer: 3, N: 18385, inner: 1 },
  [ONE_LARGE]: { B: 1, outer: 2, N: 18385, inner: 1 },
  [FAR_FROM_0]: { B: 3, outer: 2, N: 9, inner: 4 },
};

/** The range of the numbers of a case. Default: -20..20. */
const ranges: Partial<Record<string, readonly [low: number, high: number]>> = {
  [ONE_LARGE]: [-17, -16.7],
  [FAR_FROM_0]: [990, 1000],
};

export const softmaxCases: KernelCases = {
  kernel: 'softmax',
  cases: Object.entries(sizes).flatMap(([name, size]) =>
    [false, true].map(
      (log): Case => ({
        name: `${log ? 'LogSoftmax' : 'Softmax'}: ${name}`,
        timed: name === 'a long row' || name === 'many rows' ? 'phone' : undefined,
        build() {
          const { B, outer, N, inner } = size;
          const x = random(1, B * outer * N * inner, ...(ranges[name] ?? ([-20, 20] as const)));
          if (name === ONE_LARGE) for (let row = 0; row < B * outer; row++) x[row * N] = 0;
          if (name === FAR_FROM_0) for (let at = 1; at < x.length; at += 2) x[at] -= 2000; // inner is even
          return {
            candidates: planSoftmax({ ...size, log }),
            batch: B,
            operands: { x },
            expected: softmax({ ...size, log }, x),
            tolerance: {
              // exp(v) of v down to -40 may have an error of 3 + 2|v| ulp (WGSL). An invocation adds up to 1024 terms; of
              // longer rows, 64 lanes add N / 64 each, and 6 steps of a tree join them.
              abs: log ? 8 * EPS * 40 : 2 * EPS,
              rel: (2 * (3 + 2 * 40) + (N > LONGEST_SUM ? N / 64 + 6 : N) + 4) * EPS,
              why: 'exp: 3 + 2|v| ulp (WGSL), in the numerator and in the sum',
            },
            cost: { flop: 4 * x.length, bytes: 8 * x.length },
          };
        },
      }),
    ),
  ),
};
