import type { Svm } from './svm';

/** A gibibyte of floats; an index that is a typing error must not ask for more. */
export const MOST_VALUES = 2 ** 28;

/**
 * The same machine over more features, in which its support vectors are 0. Rows that have features the
 * training data lacked need it: they add nothing to u·v, but under `rbf` they do add to |u - v|².
 *
 * @param features  K of the result, at least `svm.features`; if equal, `svm` itself comes back
 * @throws Error  if `features` is less than `svm.features`, or not a whole number, or makes too many values
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
