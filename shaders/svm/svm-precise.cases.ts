import { type Case, EPS, random } from '../cases/case';
import { type KERNELS, pairsOf } from './svm';
import { decisions, kernelMatrix } from './svm.ref';
import { planPrecise, twoFloats } from './svm-precise';

interface PreciseCase {
  readonly kernel: (typeof KERNELS)[number];
  readonly B: number;
  readonly K: number;
  readonly counts: readonly number[];
  /** Added to all features of rows and support vectors. */
  readonly offset: number;
  /** Largest coefficient. */
  readonly size: number;
}

/** `length` numbers with the 53 bits of float64. */
const doubles = (seed: number, length: number, size = 1, offset = 0): Float64Array => {
  const rest = random(seed + 100, length);
  return Float64Array.from(random(seed, length), (v, i) => offset + size * (v + rest[i] * 2 ** -26));
};

/** Decision values of machines whose terms cancel, against float64. */
function preciseCase({ kernel, B, K, counts, offset, size }: PreciseCase): Case {
  const S = counts.reduce((a, b) => a + b);
  const classes = counts.length;
  return {
    name: `precise decisions, ${kernel}: ${B} rows, ${counts.join(' + ')} vectors of ${K}, offset ${offset}, coefficients up to ${size}`,
    build() {
      const gamma = 1.1 / K;
      const o = { B, S, K, kernel, gamma, coef0: kernel === 'rbf' ? 0 : -0.3, degree: 3 };
      const x = random(1, B * K, offset - 1, offset + 1);
      const v = doubles(2, S * K, 1, offset);
      const coefficient = doubles(3, (classes - 1) * S, size);
      const rho = doubles(4, pairsOf(classes), size);
      const first = Uint32Array.from({ length: classes + 1 }, (_, c) =>
        counts.slice(0, c).reduce((a, b) => a + b, 0),
      );
      const k = kernelMatrix(o, x, v);
      // The sum of the absolute terms of a decision value, and of the products that are summed for a kernel value.
      const largest = k.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      const terms = 2 * Math.max(...counts) * size * largest;
      return {
        candidates: planPrecise({ ...o, classes }),
        batch: B,
        operands: {
          x,
          v: twoFloats(v, 1),
          coefficient: twoFloats(coefficient),
          first,
          rho: twoFloats(rho),
        },
        expected: decisions({ B, S, classes }, k, coefficient, first, rho),
        tolerance: {
          abs: 2 ** -34 * terms,
          rel: 2 * EPS,
          why: 'two-float numbers have 2^-44 after some operations, exp 2^-34 of its result; d is rounded to f32',
        },
        cost: { flop: 20 * B * S * K, bytes: 4 * (B * K + 2 * S * K) },
      };
    },
  };
}

export const preciseCases: readonly Case[] = [
  ...(['linear', 'polynomial', 'rbf', 'sigmoid'] as const).flatMap((kernel) => [
    preciseCase({ kernel, B: 1, K: 1, counts: [1, 1], offset: 0, size: 1 }),
    preciseCase({ kernel, B: 3, K: 33, counts: [65, 3, 20], offset: 0, size: 1e5 }),
    preciseCase({ kernel, B: 2, K: 30, counts: [20, 31], offset: 100, size: 1e5 }),
    preciseCase({ kernel, B: 5, K: 7, counts: [6, 5], offset: 1000, size: 1e5 }),
  ]),
];
