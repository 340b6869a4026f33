/**
 * A support vector machine for classification, as data, the way LIBSVM sees it: k classes, one classifier
 * for each of the k(k-1)/2 pairs, all of them sharing S support vectors of K features.
 *
 * Chang and Lin, LIBSVM: a library for support vector machines, ACM TIST 2(3), 2011.
 */

/** LIBSVM's names, in LIBSVM's order (`-t 0` to `-t 3`). */
export const SVM_KERNELS = ['linear', 'polynomial', 'rbf', 'sigmoid'] as const;

/**
 * linear       u·v
 * polynomial   (gamma u·v + coef0)^degree
 * rbf          exp(-gamma |u - v|²)
 * sigmoid      tanh(gamma u·v + coef0)
 */
export type SvmKernel = (typeof SVM_KERNELS)[number];

/** A classifier of k classes. */
export interface Svm {
  /** The kernel function. */
  readonly kernel: SvmKernel;
  /** The factor of the kernel function; unused if it is linear. */
  readonly gamma: number;
  /** The summand of the polynomial and sigmoid kernels. */
  readonly coef0: number;
  /** A whole number, 0 or more. */
  readonly degree: number;
  /** The k classes, in the order of the votes. */
  readonly labels: readonly number[] | readonly string[];
  /** K: how long a support vector is. */
  readonly features: number;
  /** (S,K), row-major, those of a class together, classes in the order of `labels`. */
  readonly supportVectors: Float32Array;
  /** (k): how many support vectors each class has; their sum is S. */
  readonly counts: readonly number[];
  /** (k-1,S): row j-1 holds a vector of class i's weight against class j > i, row j that against class j < i. */
  readonly coefficients: Float32Array;
  /** (P), P = k(k-1)/2, pairs in the order 01 02 .. 12 ..; *subtracted* from the sum, as LIBSVM does it. */
  readonly rho: readonly number[];
  /** (P) Platt's A; there are both A and B, or neither. */
  readonly probA?: readonly number[];
  /** (P) Platt's B. */
  readonly probB?: readonly number[];
}
