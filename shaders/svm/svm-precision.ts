import type { KernelMatrixOptions } from './svm';

/** Maximum error of a decision value, as estimated by `needsPrecision`, for which f32 numbers suffice. */
const MOST_ERROR = 5e-5;

/**
 * Whether the terms of a machine's decision values are so large that f32 sums would be inaccurate. Each term has a
 * relative error of some 8 roundings, and the errors of the terms are independent. For rows as long as the longest
 * support vector, a product is at most |x| |v|.
 * @param o the machine; always true for a linear kernel
 * @param v (S,K)
 * @param coefficients (rows,S)
 */
export function needsPrecision(
  { K, S, kernel, gamma, coef0, degree }: KernelMatrixOptions,
  v: ArrayLike<number>,
  coefficients: ArrayLike<number>,
): boolean {
  if (kernel === 'linear') return true;
  const norms = Array.from({ length: S }, (_, s) => {
    let sum = 0;
    for (let k = s * K; k < (s + 1) * K; k++) sum += v[k] * v[k];
    return Math.sqrt(sum);
  });
  const longest = norms.reduce((a, b) => Math.max(a, b), 0);
  const largest = norms.map((norm) => (gamma * longest * norm + Math.abs(coef0)) ** degree);
  let squares = 0;
  for (let at = 0; at < coefficients.length; at++)
    squares += (coefficients[at] * (kernel === 'polynomial' ? largest[at % S] : 1)) ** 2;
  const rows = Math.max(1, coefficients.length / Math.max(S, 1));
  return Math.sqrt(squares / rows) * 8 * 2 ** -24 > MOST_ERROR;
}
