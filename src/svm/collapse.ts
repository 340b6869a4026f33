import type { SvmKernel } from './svm';

/** A machine whose S support vectors of K features are one matrix, and which needs one decision value for each pair. */
export interface Machine {
  /** The kernel function. */
  readonly kernel: SvmKernel;
  /** Its parameters, as in `Svm`. */
  readonly gamma: number;
  readonly coef0: number;
  readonly degree: number;
  /** (S,K), row-major. */
  readonly supportVectors: ArrayLike<number>;
  /** (k): how many support vectors each class has. A machine with one decision value has two classes: [S, 0]. */
  readonly counts: readonly number[];
  /** (k-1,S), as in `Svm`. */
  readonly coefficients: ArrayLike<number>;
  /** (P): subtracted from the weighted sums. */
  readonly rho: readonly number[];
}

/** What `collapse` returns. */
export interface Collapsed {
  /** (P,K): one vector for each pair. */
  readonly supportVectors: Float64Array;
  /** (k): k-1, k-2, .. 0. */
  readonly counts: readonly number[];
  /** (k-1,P): 1 for the pair's classes, else 0. */
  readonly coefficients: Float64Array;
}

/**
 * Replaces the S support vectors of a linear machine by one vector for each pair of classes, in float64: the sum of all
 * coefficients times vectors. The large terms of the sum cancel before anything is rounded to f32. The result is a
 * machine too: the vector of a pair (i,j) belongs to class i, with the coefficient 1 against j, and 0 against others.
 * @param features K
 * @param each calls `add` with the position and the value of each feature of support vector s
 */
export function collapse(
  { counts, coefficients }: Pick<Machine, 'counts' | 'coefficients'>,
  features: number,
  each: (s: number, add: (k: number, value: number) => void) => void,
): Collapsed {
  const classes = counts.length;
  const S = counts.reduce((sum, n) => sum + n, 0);
  const P = (classes * (classes - 1)) / 2;
  // The number of the pair (i,j), i < j.
  const pairOf = (i: number, j: number) => i * classes - (i * (i + 1)) / 2 + j - i - 1;
  const sums = new Float64Array(P * features);
  const ones = new Float64Array((classes - 1) * P);
  let s = 0;
  counts.forEach((count, own) => {
    for (let end = s + count; s < end; s++)
      for (let other = 0; other < classes; other++) {
        if (other === own) continue;
        const factor = coefficients[(other > own ? other - 1 : other) * S + s];
        const at = pairOf(Math.min(own, other), Math.max(own, other)) * features;
        if (factor !== 0)
          each(s, (k, value) => {
            sums[at + k] += factor * value;
          });
      }
    for (let other = own + 1; other < classes; other++) ones[(other - 1) * P + pairOf(own, other)] = 1;
  });
  return { supportVectors: sums, coefficients: ones, counts: counts.map((_, i) => classes - 1 - i) };
}
