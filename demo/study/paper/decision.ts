/** How the SVM decides: support vectors, decision values, votes and probabilities. */

import {
  pairsOf,
  planDecisions,
  planKernelMatrix,
  planProbabilities,
  planVotes,
} from '../../../shaders/svm/svm';
import { firstOf } from '../../../src/network/operators/svm-decisions';
import type { Classifier } from '../../../src/svm/node';
import type { Ran, Runner } from './kernels';

/** A support vector's share in the decision for a class. */
export interface Share {
  /** Its position among the support vectors. */
  readonly at: number;
  /** Its own class. */
  readonly label: string;
  /** Its kernel value with the face, 0..1 for RBF. */
  readonly kernel: number;
  /**
   * The sum of coefficient x kernel value over the pairs that contain the class. Above 0 it speaks for the class. A vector
   * of another class is in only one of these pairs.
   */
  readonly value: number;
}

/** The decision value of a pair of classes. */
export interface PairDecision {
  /** The class that a value above 0 is a vote for. */
  readonly first: string;
  /** The class that any other value is a vote for. */
  readonly second: string;
  /** The decision value. */
  readonly value: number;
}

/** The decision for one face. */
export interface Decision {
  /** The classes, in the model's order. */
  readonly labels: readonly string[];
  /** The kernel value of each support vector. */
  readonly kernels: Float32Array;
  /** The decision values of the pairs, in the order 01 02 .. 12 .. */
  readonly pairs: readonly PairDecision[];
  /** The number of votes for each class. */
  readonly votes: Float32Array;
  /** The probability of each class. */
  readonly probabilities: Float32Array;
  /** What ran, in order. */
  readonly ran: readonly Ran[];
}

/** Runs the four kernels of the SVM on scaled features. @throws if the device is lost, or without probabilities */
export async function decide(runner: Runner, svm: Classifier, x: Float32Array): Promise<Decision> {
  const { labels, counts, kernel, gamma, coef0, degree, rho, probA, probB } = svm;
  if (!probA || !probB) throw new Error('the SVM has no probabilities');
  const classes = labels.length;
  const K = x.length;
  const S = svm.supportVectors.length / K;
  const [B, P] = [1, pairsOf(classes)];
  const floats = (list: ArrayLike<number>) => Float32Array.from(list);
  const matrix = await runner.run({
    ...{ label: 'svm-kernel-matrix', output: 'k', length: S },
    candidates: planKernelMatrix({ B, K, S, kernel, gamma, coef0, degree }),
    operands: { x, v: floats(svm.supportVectors) },
  });
  const decisions = await runner.run({
    ...{ label: 'svm-decisions', output: 'd', length: P },
    candidates: planDecisions({ B, S, classes }),
    operands: {
      ...{ k: matrix.y, coefficient: floats(svm.coefficients) },
      ...{ first: firstOf(counts), rho: floats(rho) },
    },
  });
  const d = decisions.y;
  const votes = await runner.run({
    ...{ label: 'svm-votes', output: 'votes', length: classes, operands: { d } },
    candidates: planVotes({ B, S, classes }),
  });
  const probabilities = await runner.run({
    ...{ label: 'svm-probabilities', output: 'p', length: classes },
    candidates: planProbabilities({ B, S, classes, couple: true }),
    operands: { d, a: floats(probA), b: floats(probB) },
  });
  const names = labels.map(String);
  const ran = (what: string, { ms }: { ms: number }): Ran => ({ kernel: 'svm', what, ms });
  return {
    ...{ labels: names, kernels: matrix.y, votes: votes.y, probabilities: probabilities.y },
    pairs: pairsAmong(names).map(([i, j], p) => ({ first: names[i], second: names[j], value: d[p] })),
    ran: [
      ran(`svm-kernel-matrix: ${S} comparisons`, matrix),
      ran(`svm-decisions: ${P} pairs`, decisions),
      ran('svm-votes', votes),
      ran('svm-probabilities', probabilities),
    ],
  };
}

/** The pairs of positions in a list, in LIBSVM's order. */
export const pairsAmong = (list: readonly unknown[]): [number, number][] =>
  list.flatMap((_, i) => list.slice(i + 1).map((_, at): [number, number] => [i, i + 1 + at]));

/** Returns the share of every support vector in the decision for the class at `position`. */
export function sharesFor(svm: Classifier, kernels: ArrayLike<number>, position: number): Share[] {
  const S = kernels.length;
  const owners = svm.counts.flatMap((count, label) => new Array<number>(count).fill(label));
  return owners.map((own, s) => {
    // LIBSVM's layout: for a vector of class i, row j - 1 is its weight against j > i, and row j that against j < i.
    const weightAgainst = (other: number) => svm.coefficients[(other > own ? other - 1 : other) * S + s];
    // A decision value above 0 is a vote for the earlier class.
    const signOf = (other: number) => (position < other ? 1 : -1);
    const others = own === position ? svm.counts.flatMap((_, c) => (c === own ? [] : [c])) : [own];
    const weight =
      own === position
        ? others.reduce((sum, other) => sum + signOf(other) * weightAgainst(other), 0)
        : signOf(own) * weightAgainst(position);
    return { at: s, label: String(svm.labels[own]), kernel: kernels[s], value: weight * kernels[s] };
  });
}
