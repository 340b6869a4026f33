import { type Case, EPS, type KernelCases, random } from '../cases/case';
import { type NormalizeOptions, planNormalize, SCALES } from './normalize';
import { normalize } from './normalize.ref';

/** shift: added to all numbers. They then have a large mean and a small deviation. */
function normalizeCase(name: string, o: NormalizeOptions, timed?: Case['timed'], shift = 0): Case {
  return {
    name: `${o.kind}: ${name}`,
    timed,
    build() {
      const x = random(1, o.B * o.outer * o.N * o.inner, shift - 1, shift + 1);
      const scale = random(2, o.count, 0.5, 1.5);
      const bias = random(3, o.count);
      return {
        candidates: planNormalize(o),
        batch: o.B,
        operands: { x, scale, bias },
        expected: normalize(o, x, scale, bias),
        tolerance: {
          // An error of the mean, (N + 4) / N roundings of the numbers, is divided by a deviation of at least 1/4.
          // A sum of N squares and a root may be wrong by (N + 8) / 2 roundings. Scaled numbers are below 4.
          abs: (4 * 1.5 * 6 * (1 + Math.abs(shift)) + 4 * (o.N / 2 + 8)) * EPS,
          rel: 4 * EPS,
          why: `mean and deviation of ${o.N} numbers, each a sum with a rounding a number`,
        },
        cost: { flop: 8 * x.length, bytes: 8 * x.length },
      };
    },
  };
}

const sizes = {
  'groups of one number': { B: 2, outer: 3, N: 1, inner: 1, repeat: 1, count: 1 },
  'one below the workgroup, a scale for each number': {
    B: 3,
    outer: 2,
    N: 63,
    inner: 1,
    repeat: 1,
    count: 63,
  },
  'one above the workgroup, a scale for each group': {
    B: 2,
    outer: 5,
    N: 65,
    inner: 1,
    repeat: 65,
    count: 5,
  },
  'two scales in each group': { B: 2, outer: 3, N: 70, inner: 1, repeat: 35, count: 6 },
  'along a middle axis': { B: 1, outer: 2, N: 66, inner: 7, repeat: 1, count: 7 },
};

export const normalizeCases: KernelCases = {
  kernel: 'normalize',
  cases: [
    ...SCALES.flatMap((kind) =>
      Object.entries(sizes).map(([name, size]) => normalizeCase(name, { ...size, kind, epsilon: 1e-5 })),
    ),
    normalizeCase(
      'a large mean',
      { B: 1, outer: 2, N: 100, inner: 1, repeat: 1, count: 1, kind: 'deviation', epsilon: 0 },
      undefined,
      1000,
    ),
    normalizeCase(
      'a layer: 197 tokens of 384',
      { B: 1, outer: 197, N: 384, inner: 1, repeat: 1, count: 384, kind: 'deviation', epsilon: 1e-6 },
      'phone',
    ),
  ],
};
