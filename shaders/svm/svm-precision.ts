import type { KernelMatrixOptions } from './svm';

/** Maximum error of a decision value, as estimated by `needsPrecision`, for which f32 numbers suffice. */
const MOST_ERROR = 5e-5;

/** The relative error of a term: some 8 roundings of f32. */
const TERM_ERROR = 8 * 2 ** -24;

/** Support vectors that are tried as rows, and the most multiply-adds that this may take. */
const TRIED = 16;
const MOST_WORK = 2 ** 23;

/**
 * Whether the terms of a machine's decision values are so large that f32 sums would be inaccurate. The errors of the terms
 * are independent, so their squares are added.
 * @param o the machine; always true for a linear kernel
 * @param v (S,K)
 * @param coefficients (rows,S)
 */
export function needsPrecision(
  o: KernelMatrixOptions,
  v: ArrayLike<number>,
  coefficients: ArrayLike<number>,
): boolean {
  if (o.kernel === 'linear') return true;
  if (o.kernel !== 'polynomial') return largestSum(o, v, coefficients) * TERM_ERROR > MOST_ERROR;
  const { K, S, gamma, coef0, degree } = o;
  // Rows may be longer than the support vectors, but then the decision value is larger too.
  const norms = Array.from({ length: S }, (_, s) => Math.sqrt(productOf(v, K, s, s)));
  const longest = norms.reduce((a, b) => Math.max(a, b), 0);
  const largest = norms.map((norm) => (gamma * longest * norm + Math.abs(coef0)) ** degree);
  let squares = 0;
  for (let at = 0; at < coefficients.length; at++) squares += (coefficients[at] * largest[at % S]) ** 2;
  const rows = Math.max(1, coefficients.length / Math.max(S, 1));
  return Math.sqrt(squares / rows) * TERM_ERROR > MOST_ERROR;
}

function productOf(v: ArrayLike<number>, K: number, s: number, r: number): number {
  let sum = 0;
  for (let k = 0; k < K; k++) sum += v[s * K + k] * v[r * K + k];
  return sum;
}

/**
 * The root of the largest sum of squared terms, for some of the support vectors as rows. The values of these kernel
 * functions depend on the data: for RBF in many dimensions, nearly all are far below 1. The row's own support vector is
 * left out, since its distance is 0 without an error.
 */
function largestSum(
  { K, S, kernel, gamma, coef0 }: KernelMatrixOptions,
  v: ArrayLike<number>,
  coefficients: ArrayLike<number>,
): number {
  const tried = Math.max(1, Math.min(TRIED, S, Math.floor(MOST_WORK / Math.max(1, S * K))));
  const norms = Array.from({ length: S }, (_, s) => productOf(v, K, s, s));
  let largest = 0;
  for (let i = 0; i < tried && S > 1; i++) {
    const r = Math.floor((i * S) / tried);
    const values = Array.from({ length: S }, (_, s) => {
      if (s === r) return 0;
      const product = productOf(v, K, s, r);
      return kernel === 'rbf'
        ? Math.exp(-gamma * (norms[s] + norms[r] - 2 * product))
        : Math.tanh(gamma * product + coef0);
    });
    for (let row = 0; row < coefficients.length; row += S) {
      let squares = 0;
      for (let s = 0; s < S; s++) squares += (coefficients[row + s] * values[s]) ** 2;
      largest = Math.max(largest, squares);
    }
  }
  return Math.sqrt(largest);
}
