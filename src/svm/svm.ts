/**
 * A support vector machine, as data, as in LIBSVM. For classification it has k classes and one classifier for each of
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

/** A vector of K features without those that are 0. */
export interface SparseVector {
  /** The positions of the features, counted from 0, ascending. */
  readonly indices: readonly number[];
  /** The value of each feature in `indices`. */
  readonly values: readonly number[];
}

/** Maximum number of values of a matrix: one gibibyte of floats. A mistyped index must not allocate more. */
export const MOST_VALUES = 2 ** 28;

/** A machine with S support vectors of K features. */
export interface Svm {
  /**
   * What it computes: a class of k; a number (epsilon-SVR and nu-SVR); or whether a row is like the training data, 1
   * or -1. A regressor and a one-class machine have one decision value, as two classes have. Default: `classifier`.
   */
  readonly type?: 'classifier' | 'regressor' | 'one-class';
  /** The kernel function. */
  readonly kernel: SvmKernel;
  /** The factor in the kernel function; the linear kernel does not use it. */
  readonly gamma: number;
  /** The summand in the polynomial and sigmoid kernels; other kernels do not use it. */
  readonly coef0: number;
  /** The exponent in the polynomial kernel, a whole number of at least 0; other kernels do not use it. */
  readonly degree: number;
  /** The k classes, in the order of the votes; empty for a regressor and a one-class machine. */
  readonly labels: readonly number[] | readonly string[];
  /** K: the length of a support vector. */
  readonly features: number;
  /** The feature at position 0, as LIBSVM's files count: 1, or 0 where a file counts from 0. Default: 1. */
  readonly firstIndex?: 0 | 1;
  /**
   * S sparse vectors, or (S,K), row-major. The vectors of a class follow each other; the classes are in the order of
   * `labels`.
   */
  readonly supportVectors: readonly SparseVector[] | Float32Array | Float64Array;
  /** (k): how many support vectors each class has; the sum is S. For a regressor and a one-class machine, S alone. */
  readonly counts: readonly number[];
  /**
   * (k-1,S), row-major: the weights of the support vectors. For a vector of class i, row j-1 contains its weight
   * against a class j > i, and row j its weight against a class j < i. A regressor and a one-class machine have one row.
   */
  readonly coefficients: Float32Array | Float64Array;
  /** (P), P = k(k-1)/2, pairs in the order 01 02 .. 12 ..: *subtracted* from a pair's weighted sum, as in LIBSVM. */
  readonly rho: readonly number[];
  /** (P): Platt's A of each pair, for probabilities. `probA` and `probB` are either both present or both absent. */
  readonly probA?: readonly number[];
  /** (P): Platt's B of each pair. */
  readonly probB?: readonly number[];
  /** Of a regressor: the scale of the Laplace distribution of its errors. */
  readonly sigma?: number;
}

/** The support vectors without zeros. */
export function sparseVectors({
  supportVectors,
  features,
}: Pick<Svm, 'supportVectors' | 'features'>): readonly SparseVector[] {
  if (!ArrayBuffer.isView(supportVectors)) return supportVectors;
  return Array.from({ length: supportVectors.length / features }, (_, s) => {
    const indices: number[] = [];
    const values: number[] = [];
    supportVectors.subarray(s * features, (s + 1) * features).forEach((value, k) => {
      if (value === 0) return;
      indices.push(k);
      values.push(value);
    });
    return { indices, values };
  });
}
