/** Between an Svm and ONNX's SVMClassifier, which says the same with other signs and orders. */

import { type Graph, type Node, nodeText, numbersOf, textOf, textsOf } from '../graph/graph';
import { SVM_KERNELS, type Svm } from './svm';

/** ONNX's kernel_type, in the order of SVM_KERNELS. */
const KERNEL_TYPES = ['LINEAR', 'POLY', 'RBF', 'SIGMOID'];

/**
 * Reads an SVMClassifier node.
 * @throws if its lists don't fit each other, with both numbers
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
  if (!Number.isInteger(degree) || degree < 0) fail(`degree is ${degree}, a whole number from 0 is needed`);
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
 * An attribute of our own, set on SVMs that are not ONNX's: two classes' probabilities are Platt's, uncoupled, as
 * LIBSVM has them.
 */
export const UNCOUPLED = 'mien_uncoupled';

/** An SVM alone as a graph: x (N,features) -> label (N) by votes, scores as ONNX's SVMClassifier gives them. */
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
