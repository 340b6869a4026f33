/** Conversion between an Svm and ONNX's SVMClassifier, which stores the same numbers with other signs and names. */

import { type Graph, type Node, nodeText, numbersOf, textOf, textsOf } from '../graph/graph';
import { SVM_KERNELS, type Svm } from './svm';

/** The values of ONNX's kernel_type, in the order of SVM_KERNELS. */
const KERNEL_TYPES = ['LINEAR', 'POLY', 'RBF', 'SIGMOID'];

/**
 * Converts an SVMClassifier node to an Svm.
 * @param features how many features a row of the node's input has
 * @throws if the kernel is unknown, or if the lengths of the node's lists don't match; the message then
 *   contains both lengths
 */
export function svmOfNode(node: Node, features: number): Svm {
  const fail = (what: string): never => {
    throw new Error(`${nodeText(node)}: ${what}`);
  };
  const strings = textsOf(node, 'classlabels_strings');
  const labels = strings.length ? strings : numbersOf(node, 'classlabels_ints');
  const counts = numbersOf(node, 'vectors_per_class');
  const S = counts.reduce((sum, n) => sum + n, 0);
  const k = labels.length;
  const pairs = (k * (k - 1)) / 2;
  const kernelType = textOf(node, 'kernel_type', 'LINEAR');
  const kernel =
    SVM_KERNELS[KERNEL_TYPES.indexOf(kernelType)] ?? fail(`kernel_type ${kernelType} is unknown`);
  const [gamma = 0, coef0 = 0, degree = 0] = numbersOf(node, 'kernel_params');

  const list = (name: string, length: number): readonly number[] => {
    const values = numbersOf(node, name);
    return values.length === length
      ? values
      : fail(`${name} has ${values.length} numbers, ${length} are needed`);
  };
  if (k < 2) fail(`has ${k} classes, two or more are needed`);
  if (counts.length !== k) fail(`vectors_per_class has ${counts.length} numbers for ${k} classes`);
  if (!Number.isInteger(degree) || degree < 0)
    fail(`degree is ${degree}; it must be a whole number of at least 0`);
  const probA = numbersOf(node, 'prob_a');
  return {
    ...{ kernel, gamma, coef0, degree, labels, features, counts },
    supportVectors: Float32Array.from(list('support_vectors', S * features)),
    coefficients: Float32Array.from(list('coefficients', (k - 1) * S)),
    rho: list('rho', pairs).map((r) => -r), // ONNX adds what LIBSVM subtracts
    ...(probA.length ? { probA: list('prob_a', pairs), probB: list('prob_b', pairs) } : {}),
  };
}

/**
 * An attribute that ONNX does not have. It is set on SVMs that do not come from ONNX: for two classes, the
 * probabilities are then Platt's without pairwise coupling, as in LIBSVM.
 */
export const UNCOUPLED = 'mien_uncoupled';

/**
 * Converts an SVM to a graph with one node, ONNX's SVMClassifier.
 *
 * Input: `x` (N,features). Outputs: `label` (N), the class with the most votes, and `scores`. The scores are the
 * probabilities of the classes (N,k) if the SVM has `probA` and `probB`, else the decision values of the pairs (N,P);
 * for two classes without probabilities (N,2), a decision value d as (-d, d).
 */
export function svmToGraph(svm: Svm): Graph {
  const strings = typeof svm.labels[0] === 'string';
  const node: Node = {
    op: 'SVMClassifier',
    domain: 'ai.onnx.ml',
    name: 'svm',
    inputs: ['x'],
    outputs: ['label', 'scores'],
    attributes: {
      kernel_type: KERNEL_TYPES[SVM_KERNELS.indexOf(svm.kernel)],
      kernel_params: [svm.gamma, svm.coef0, svm.degree],
      vectors_per_class: svm.counts,
      support_vectors: Array.from(svm.supportVectors),
      coefficients: Array.from(svm.coefficients),
      rho: svm.rho.map((r) => -r),
      [UNCOUPLED]: 1,
      ...(svm.probA && svm.probB ? { prob_a: svm.probA, prob_b: svm.probB } : {}),
      ...(strings ? { classlabels_strings: svm.labels } : { classlabels_ints: svm.labels }),
    },
  };
  return {
    name: 'svm',
    opset: 21,
    inputs: [{ name: 'x', shape: ['N', svm.features] }],
    outputs: ['label', 'scores'],
    nodes: [node],
    constants: new Map(),
  };
}
