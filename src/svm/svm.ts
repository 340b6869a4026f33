/**
 * A support vector machine for classification, as data, as in LIBSVM. It has k classes and one classifier for each of
 * the k(k-1)/2 pairs of classes. All classifiers share S support vectors of K features.
 *
 * Chang and Lin, LIBSVM: a library for support vector machines, ACM TIST 2(3), 2011.
 */

/** The kernel functions, by LIBSVM's names and in LIBSVM's order (`-t 0` to `-t 3`). */
export const SVM_KERNELS = ['linear', 'polynomial', 'rbf', 'sigmoid'] as const;

/**
 * A kernel function of two vectors u and v:
 *
 * linear       u·v
 * polynomial   (gamma u·v + coef0)^degree
 * rbf          exp(-gamma |u - v|²)
 * sigmoid      tanh(gamma u·v + coef0)
 */
export type SvmKernel = (typeof SVM_KERNELS)[number];

/** A classifier of k classes, with S support vectors of K features. */
export interface Svm {
  /** The kernel function. */
  readonly kernel: SvmKernel;
  /** The factor in the kernel function; the linear kernel does not use it. */
  readonly gamma: number;
  /** The summand in the polynomial and sigmoid kernels; other kernels do not use it. */
  readonly coef0: number;
  /** The exponent in the polynomial kernel, a whole number of at least 0; other kernels do not use it. */
  readonly degree: number;
  /** The k classes, in the order of the votes. */
  readonly labels: readonly number[] | readonly string[];
  /** K: the length of a support vector. */
  readonly features: number;
  /** (S,K), row-major. The vectors of a class follow each other; the classes are in the order of `labels`. */
  readonly supportVectors: Float32Array;
  /** (k): how many support vectors each class has; the sum is S. */
  readonly counts: readonly number[];
  /**
   * (k-1,S), row-major: the weights of the support vectors. For a vector of class i, row j-1 contains its weight
   * against a class j > i, and row j its weight against a class j < i.
   */
  readonly coefficients: Float32Array;
  /** (P), P = k(k-1)/2, pairs in the order 01 02 .. 12 ..: *subtracted* from a pair's weighted sum, as in LIBSVM. */
  readonly rho: readonly number[];
  /** (P): Platt's A of each pair, for probabilities. `probA` and `probB` are either both present or both absent. */
  readonly probA?: readonly number[];
  /** (P): Platt's B of each pair. */
  readonly probB?: readonly number[];
}
