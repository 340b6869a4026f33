import type { Svm } from './svm';

/** Maximum number of values of a matrix: one gibibyte of floats. A mistyped index must not allocate more. */
export const MOST_VALUES = 2 ** 28;

/**
 * Returns the same SVM with more features. In the new features, its support vectors are 0. Rows need this if they have
 * features that the training data did not have: these add nothing to u·v, but with `rbf` they add to |u - v|².
 *
 * @param features  K of the result, at least `svm.features`; if it is equal, the result is `svm` itself
 * @throws Error  if `features` is less than `svm.features`, or not a whole number, or if the support vectors
 *   would have more than 2^28 values
 */
export function widen(svm: Svm, features: number): Svm {
  const K = svm.features;
  if (features === K) return svm;
  if (!Number.isInteger(features) || features < K) {
    throw new Error(`svm: ${K} features cannot be widened to ${features}`);
  }
  const S = svm.supportVectors.length / K;
  if (S * features > MOST_VALUES)
    throw new Error(`${S} support vectors of ${features} features are more than ${MOST_VALUES} values`);
  const supportVectors = new Float32Array(S * features);
  for (let s = 0; s < S; s++) {
    supportVectors.set(svm.supportVectors.subarray(s * K, (s + 1) * K), s * features);
  }
  return { ...svm, features, supportVectors };
}
