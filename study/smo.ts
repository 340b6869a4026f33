/**
 * Trains support vector machines by sequential minimal optimisation (SMO), as LIBSVM does: C-SVC, one machine for each
 * pair of classes.
 *
 * A machine for two classes, y = 1 and y = -1, has a weight alpha for each training point. It minimises
 *
 *   1/2 sum_ij y_i y_j alpha_i alpha_j k(x_i, x_j) - sum_i alpha_i   with 0 <= alpha_i <= C and sum_i y_i alpha_i = 0
 *
 * SMO changes two weights at a time: the smallest number that can change while the last sum stays 0. Points whose weight
 * is not 0 are the support vectors. The decision value of a point x is sum_i y_i alpha_i k(x_i, x) - rho.
 *
 * Fan, Chen and Lin, Working set selection using second order information for training SVM, JMLR 6, 2005; Chang and
 * Lin, LIBSVM: a library for support vector machines, ACM TIST 2(3), 2011.
 */

import type { SvmKernel } from '../src/svm/svm';

/** A kernel function with its parameters. `SvmKernel` gives the formulas. */
export interface KernelFunction {
  /** Which function it is. */
  readonly kernel: SvmKernel;
  /** The factor in the function; the linear kernel does not use it. */
  readonly gamma: number;
  /** The summand in the polynomial and sigmoid kernels; other kernels do not use it. */
  readonly coef0: number;
  /** The exponent in the polynomial kernel, a whole number of at least 0; other kernels do not use it. */
  readonly degree: number;
}

/** How a machine is trained. */
export interface TrainingOptions extends KernelFunction {
  /** The largest weight of a point, above 0. A large C punishes points on the wrong side more. */
  readonly C: number;
  /** Training stops when the conditions of the minimum are violated by less than this; default 0.001, as in LIBSVM. */
  readonly epsilon?: number;
  /** Maximum number of steps for a pair of classes; default 10,000,000, as in LIBSVM. */
  readonly maxSteps?: number;
}

/** The solution for two classes. */
export interface PairSolution {
  /** The weight of each point, 0..C. */
  readonly alpha: Float64Array;
  /** What is subtracted from the weighted sum of kernel values. */
  readonly rho: number;
  /** The minimum: the value of the formula at the top of this file. */
  readonly objective: number;
  /** The number of steps; each step changed two weights. */
  readonly steps: number;
  /** Whether the conditions of the minimum are met within `epsilon`. If not, `maxSteps` was reached. */
  readonly isSolved: boolean;
}

/** The machine for one pair of classes. */
export interface TrainedPair extends PairSolution {
  /** The class with y = 1: a decision value above 0 is a vote for it. */
  readonly first: number;
  /** The class with y = -1. */
  readonly second: number;
  /** The positions of the pair's points in the training data, in the order of `alpha`: first class, then second. */
  readonly members: readonly number[];
  /** (members): y alpha of each point. */
  readonly coefficients: Float64Array;
}

/** A machine for any number of classes. */
export interface TrainedSvm {
  /** The kernel function. */
  readonly kernel: KernelFunction;
  /** The training points. */
  readonly points: readonly (readonly number[])[];
  /** The classes that occur in the training data, ascending. */
  readonly classes: readonly number[];
  /** One machine for each pair of classes, in the order 01 02 .. 12 ..; none if there is only one class. */
  readonly pairs: readonly TrainedPair[];
  /** The positions of the points that are a support vector of any pair, ascending. */
  readonly supportVectors: readonly number[];
}

/** Replaces a curvature of 0 or less, as in LIBSVM. The sigmoid kernel is not positive definite and can have those. */
const TAU = 1e-12;

/** Computes the kernel function of two vectors of equal length. */
export function kernelOf(
  { kernel, gamma, coef0, degree }: KernelFunction,
  u: readonly number[],
  v: readonly number[],
): number {
  let dot = 0;
  let distance = 0;
  for (let i = 0; i < u.length; i++) {
    dot += u[i] * v[i];
    distance += (u[i] - v[i]) ** 2;
  }
  switch (kernel) {
    case 'linear':
      return dot;
    case 'polynomial':
      return (gamma * dot + coef0) ** degree;
    case 'rbf':
      return Math.exp(-gamma * distance);
    case 'sigmoid':
      return Math.tanh(gamma * dot + coef0);
  }
}

/** What SMO knows of a problem with n points, and where it is. */
interface Problem {
  readonly n: number;
  readonly C: number;
  /** (n): 1 or -1. */
  readonly y: readonly number[];
  /** (n,n): y_i y_j k(x_i, x_j), rounded to f32 as in LIBSVM, so that both take the same steps. */
  readonly Q: Float32Array;
  /** (n): k(x_i, x_i). */
  readonly diagonal: Float64Array;
  readonly alpha: Float64Array;
  /** (n): the derivative of the objective by each weight. */
  readonly gradient: Float64Array;
}

function createProblem(
  points: readonly (readonly number[])[],
  y: readonly number[],
  options: TrainingOptions,
): Problem {
  const n = points.length;
  const Q = new Float32Array(n * n);
  const diagonal = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    diagonal[i] = kernelOf(options, points[i], points[i]);
    for (let j = 0; j < n; j++) Q[i * n + j] = y[i] * y[j] * kernelOf(options, points[i], points[j]);
  }
  const gradient = new Float64Array(n).fill(-1);
  return { n, C: options.C, y, Q, diagonal, alpha: new Float64Array(n), gradient };
}

/** Whether y alpha of a point can grow. */
const canGrow = ({ alpha, y, C }: Problem, i: number) => (y[i] > 0 ? alpha[i] < C : alpha[i] > 0);
/** Whether y alpha of a point can shrink. */
const canShrink = ({ alpha, y, C }: Problem, i: number) => (y[i] > 0 ? alpha[i] > 0 : alpha[i] < C);

/**
 * Selects the two points whose weights change: i violates the conditions of the minimum most, and with j the objective
 * falls most, as far as its second derivative tells. Returns undefined at the minimum.
 */
function selectPair(problem: Problem, epsilon: number): readonly [i: number, j: number] | undefined {
  const { n, y, Q, diagonal, gradient } = problem;
  let i = -1;
  let most = -Infinity;
  for (let t = 0; t < n; t++)
    if (canGrow(problem, t) && -y[t] * gradient[t] >= most) {
      most = -y[t] * gradient[t];
      i = t;
    }
  let j = -1;
  let other = -Infinity;
  let lowest = Infinity;
  for (let t = 0; t < n && i >= 0; t++) {
    if (!canShrink(problem, t)) continue;
    const slope = y[t] * gradient[t];
    other = Math.max(other, slope);
    const difference = most + slope;
    if (difference <= 0) continue;
    const curvature = diagonal[i] + diagonal[t] - 2 * y[i] * y[t] * Q[i * n + t];
    const change = -(difference * difference) / (curvature > 0 ? curvature : TAU);
    if (change > lowest) continue;
    lowest = change;
    j = t;
  }
  return most + other < epsilon || j < 0 ? undefined : [i, j];
}

/** Moves two weights to the minimum along their line, clipped to 0..C, and updates the gradient. */
function move({ n, C, y, Q, diagonal, alpha, gradient }: Problem, i: number, j: number): void {
  const [oldI, oldJ] = [alpha[i], alpha[j]];
  // With equal y the sum of the two weights stays the same, else their difference.
  const sign = y[i] === y[j] ? -1 : 1;
  const kept = oldI - sign * oldJ;
  const curvature = diagonal[i] + diagonal[j] + 2 * sign * Q[i * n + j];
  const step = (-sign * gradient[i] - gradient[j]) / (curvature > 0 ? curvature : TAU);
  const [low, high] =
    sign > 0 ? [Math.max(0, kept), Math.min(C, C + kept)] : [Math.max(0, kept - C), Math.min(C, kept)];
  alpha[i] = Math.min(Math.max(oldI + sign * step, low), high);
  alpha[j] = oldJ + step;
  // At an end of the line, the other weight is set without a rounding, so that it is exactly 0 or C where it should be.
  if (alpha[i] === low) alpha[j] = sign > 0 ? Math.max(0, -kept) : Math.min(C, kept);
  else if (alpha[i] === high) alpha[j] = sign > 0 ? Math.min(C, C - kept) : Math.max(0, kept - C);
  const [changeI, changeJ] = [alpha[i] - oldI, alpha[j] - oldJ];
  for (let t = 0; t < n; t++) gradient[t] += Q[i * n + t] * changeI + Q[j * n + t] * changeJ;
}

/** Computes rho: the mean over the free support vectors (0 < alpha < C), else the middle of the possible values. */
function rhoOf({ n, C, y, alpha, gradient }: Problem): number {
  let [low, high] = [-Infinity, Infinity];
  let [sum, free] = [0, 0];
  for (let i = 0; i < n; i++) {
    const slope = y[i] * gradient[i];
    if (alpha[i] > 0 && alpha[i] < C) {
      sum += slope;
      free++;
    } else if (alpha[i] > 0 === y[i] > 0) low = Math.max(low, slope);
    else high = Math.min(high, slope);
  }
  return free ? sum / free : (low + high) / 2;
}

/**
 * Trains a machine for two classes.
 * @param y 1 or -1 for each point; both must occur
 */
export function solvePair(
  points: readonly (readonly number[])[],
  y: readonly number[],
  options: TrainingOptions,
): PairSolution {
  const { epsilon = 1e-3, maxSteps = 1e7 } = options;
  const problem = createProblem(points, y, options);
  let steps = 0;
  let pair = selectPair(problem, epsilon);
  while (pair && steps < maxSteps) {
    move(problem, ...pair);
    steps++;
    pair = selectPair(problem, epsilon);
  }
  const { alpha, gradient } = problem;
  const objective = alpha.reduce((total, a, i) => total + (a * (gradient[i] - 1)) / 2, 0);
  return { alpha, rho: rhoOf(problem), objective, steps, isSolved: !pair };
}

/**
 * Trains a machine for any number of classes, one against one.
 * @param labels the class of each point, a number
 */
export function train(
  points: readonly (readonly number[])[],
  labels: readonly number[],
  options: TrainingOptions,
): TrainedSvm {
  const classes = [...new Set(labels)].sort((a, b) => a - b);
  const membersOf = (label: number) => labels.flatMap((each, at) => (each === label ? [at] : []));
  const pairs: TrainedPair[] = [];
  for (const [at, first] of classes.entries())
    for (const second of classes.slice(at + 1)) {
      const members = [...membersOf(first), ...membersOf(second)];
      const y = members.map((member) => (labels[member] === first ? 1 : -1));
      const solution = solvePair(
        members.map((member) => points[member]),
        y,
        options,
      );
      const coefficients = solution.alpha.map((a, i) => a * y[i]);
      pairs.push({ ...solution, first, second, members, coefficients });
    }
  const used = pairs.flatMap(({ members, alpha }) => members.filter((_, i) => alpha[i] > 0));
  const supportVectors = [...new Set(used)].sort((a, b) => a - b);
  return { kernel: options, points, classes, pairs, supportVectors };
}

/** Computes the decision value of each pair at a point. */
export function decisionsAt(
  { kernel, points, pairs, supportVectors }: TrainedSvm,
  x: readonly number[],
): number[] {
  const values = new Float64Array(points.length);
  for (const at of supportVectors) values[at] = kernelOf(kernel, points[at], x);
  return pairs.map(({ members, coefficients, rho }) => {
    let sum = -rho;
    for (let i = 0; i < members.length; i++) sum += coefficients[i] * values[members[i]];
    return sum;
  });
}

/** Returns the class with the most votes; the first of several with equally many. `decisions` is what decisionsAt returns. */
export function winnerOf({ classes, pairs }: TrainedSvm, decisions: readonly number[]): number {
  const votes = new Map(classes.map((label) => [label, 0]));
  pairs.forEach(({ first, second }, p) => {
    const winner = decisions[p] > 0 ? first : second;
    votes.set(winner, (votes.get(winner) ?? 0) + 1);
  });
  let [best] = classes;
  for (const label of classes) if ((votes.get(label) ?? 0) > (votes.get(best) ?? 0)) best = label;
  return best;
}
