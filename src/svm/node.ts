/** ONNX's SVMClassifier and SVMRegressor as machines: the same numbers with other signs and names. */

import { type Node, nodeText, numbersOf, textOf, textsOf } from '../graph/graph';
import type { Machine } from './collapse';
import { SVM_KERNELS, type Svm } from './svm';

/** The values of ONNX's kernel_type, in the order of SVM_KERNELS. */
export const KERNEL_TYPES = ['LINEAR', 'POLY', 'RBF', 'SIGMOID'];

/** A machine with the names of its classes and, for probabilities, Platt's parameters. */
export type Classifier = Machine & Pick<Svm, 'labels' | 'probA' | 'probB'>;

/**
 * Converts an SVMClassifier node to a machine.
 * @param features how many features a row of the node's input has
 * @throws if the kernel is unknown, or if the lengths of the node's lists don't match; the message then
 *   contains both lengths
 */
export function svmOfNode(node: Node, features: number): Classifier {
  const strings = textsOf(node, 'classlabels_strings');
  const labels = strings.length ? strings : numbersOf(node, 'classlabels_ints');
  const counts = numbersOf(node, 'vectors_per_class');
  const k = labels.length;
  const pairs = (k * (k - 1)) / 2;
  if (k < 2) failAt(node, `has ${k} classes, two or more are needed`);
  if (counts.length !== k) failAt(node, `vectors_per_class has ${counts.length} numbers for ${k} classes`);
  const probA = numbersOf(node, 'prob_a');
  return {
    ...{ labels, ...machineOfNode(node, features, counts, pairs) },
    ...(probA.length
      ? { probA: listOf(node, 'prob_a', pairs), probB: listOf(node, 'prob_b', pairs) }
      : undefined),
  };
}

/**
 * Reads the attributes that SVMClassifier and SVMRegressor share.
 * @param counts how many support vectors each class has
 * @param pairs how many decision values there are
 * @throws what svmOfNode throws
 */
export function machineOfNode(
  node: Node,
  features: number,
  counts: readonly number[],
  pairs: number,
): Machine {
  const S = counts.reduce((sum, n) => sum + n, 0);
  const kernelType = textOf(node, 'kernel_type', 'LINEAR');
  const kernel =
    SVM_KERNELS[KERNEL_TYPES.indexOf(kernelType)] ?? failAt(node, `kernel_type ${kernelType} is unknown`);
  const [gamma = 0, coef0 = 0, degree = 0] = numbersOf(node, 'kernel_params');
  if (!Number.isInteger(degree) || degree < 0)
    failAt(node, `degree is ${degree}; it must be a whole number of at least 0`);
  return {
    ...{ kernel, gamma, coef0, degree, counts },
    supportVectors: listOf(node, 'support_vectors', S * features),
    coefficients: listOf(node, 'coefficients', (counts.length - 1) * S),
    rho: listOf(node, 'rho', pairs).map((r) => -r), // ONNX adds what LIBSVM subtracts
  };
}

const failAt = (node: Node, what: string): never => {
  throw new Error(`${nodeText(node)}: ${what}`);
};

/** Returns a list of numbers. @throws if its length is not `length` */
export function listOf(node: Node, name: string, length: number): readonly number[] {
  const values = numbersOf(node, name);
  return values.length === length
    ? values
    : failAt(node, `${name} has ${values.length} numbers, ${length} are needed`);
}

/**
 * An attribute that ONNX does not have. It is set on SVMs that do not come from ONNX: for two classes, the
 * probabilities are then Platt's without pairwise coupling, as in LIBSVM.
 */
export const UNCOUPLED = 'mien_uncoupled';
