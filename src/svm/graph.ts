import type { Attribute, Graph } from '../graph/graph';
import { collapse, type Machine } from './collapse';
import { KERNEL_TYPES, UNCOUPLED } from './node';
import { MOST_VALUES, type SparseVector, SVM_KERNELS, type Svm, sparseVectors } from './svm';

/**
 * Converts an SVM to a graph with one node, ONNX's SVMClassifier or SVMRegressor.
 *
 * Input: `x` (N,features). Outputs of a classifier: `label` (N), the class with the most votes, and `scores`. The scores
 * are the probabilities of the classes (N,k) if the SVM has `probA` and `probB`, else the decision values of the pairs
 * (N,P); for two classes without probabilities (N,2), a decision value d as (-d, d). The only output of a regressor is
 * `y` (N,1), its number; of a one-class machine, `y` is 1 or -1.
 * @throws if the machine has only one class, or if its support vectors take too much memory as one matrix
 */
export function svmToGraph(svm: Svm): Graph {
  const { type = 'classifier', kernel, features, labels, probA, probB } = svm;
  const isClassifier = type === 'classifier';
  if (isClassifier && labels.length < 2)
    throw new Error(`svm: has ${labels.length} classes, two or more are needed`);
  const counts = isClassifier ? svm.counts : [svm.counts[0], 0];
  const vectors = sparseVectors(svm);
  const { coefficients, supportVectors, ...rest } = denseMachine(svm, counts, vectors);
  const S = rest.counts.reduce((sum, n) => sum + n, 0);
  const shared: Record<string, Attribute> = {
    kernel_type: KERNEL_TYPES[SVM_KERNELS.indexOf(kernel)],
    kernel_params: [svm.gamma, svm.coef0, svm.degree],
    support_vectors: Array.from(supportVectors),
    coefficients: Array.from(coefficients),
    rho: svm.rho.map((r) => -r),
  };
  const ofClassifier: Record<string, Attribute> = {
    vectors_per_class: rest.counts,
    [UNCOUPLED]: 1,
    ...(probA && probB ? { prob_a: probA, prob_b: probB } : {}),
    ...(typeof labels[0] === 'string' ? { classlabels_strings: labels } : { classlabels_ints: labels }),
  };
  const outputs = isClassifier ? ['label', 'scores'] : ['y'];
  return {
    name: 'svm',
    opset: 21,
    inputs: [{ name: 'x', shape: ['N', features] }],
    outputs,
    nodes: [
      {
        ...{ op: isClassifier ? 'SVMClassifier' : 'SVMRegressor', domain: 'ai.onnx.ml', name: 'svm' },
        ...{ inputs: ['x'], outputs },
        attributes: {
          ...shared,
          ...(isClassifier ? ofClassifier : { n_supports: S, one_class: type === 'one-class' ? 1 : 0 }),
        },
      },
    ],
    constants: new Map(),
  };
}

/**
 * The support vectors as one matrix. A linear machine is collapsed first. A machine without support vectors gets one
 * that is 0.
 */
function denseMachine(
  { kernel, features, coefficients }: Svm,
  counts: readonly number[],
  vectors: readonly SparseVector[],
): Pick<Machine, 'supportVectors' | 'counts' | 'coefficients'> {
  const k = counts.length;
  const each = (s: number, add: (k: number, value: number) => void) => {
    const { indices, values } = vectors[s];
    for (let i = 0; i < indices.length; i++) add(indices[i], values[i]);
  };
  if (kernel === 'linear') {
    check((k * (k - 1)) / 2, features, vectors);
    return collapse({ counts, coefficients }, features, each);
  }
  if (!vectors.length)
    return {
      counts: counts.map((_, i) => (i ? 0 : 1)),
      coefficients: new Float64Array(k - 1),
      supportVectors: new Float64Array(features),
    };
  check(vectors.length, features, vectors);
  const supportVectors = new Float64Array(vectors.length * features);
  vectors.forEach((_, s) => {
    each(s, (k, value) => {
      supportVectors[s * features + k] = value;
    });
  });
  return { counts, coefficients, supportVectors };
}

/** Number of values up to which a matrix may be nearly empty. */
const MOST_EMPTY = 2 ** 24;

/** @throws if a matrix would be too large, or large and nearly empty: a mistyped index must not take gigabytes */
function check(rows: number, features: number, vectors: readonly SparseVector[]): void {
  const size = rows * features;
  const used = vectors.reduce((sum, { indices }) => sum + indices.length, 0);
  if (size > MOST_VALUES || (size > MOST_EMPTY && size > 1000 * used))
    throw new Error(
      `svm: ${rows} support vectors of ${features} features are ${size} values, of which the file contains ${used}; at most ${MOST_VALUES} values are supported, and ${MOST_EMPTY} if nearly all are 0`,
    );
}
