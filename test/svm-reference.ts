/**
 * Classification by a support vector machine in float64, as the papers write it and without cleverness:
 * what the kernels on the GPU, and the files that are read, are compared with.
 */

import type { Svm } from '../src/svm/svm';

/** For B rows, k classes and P = k(k-1)/2 pairs; all of it row-major. */
export interface SvmPrediction<Label = number | string> {
  /** (B,P): for pair (i,j), i < j, above 0 for class i. */
  decisions: Float64Array;
  /** (B,k): how many pairs each class has won. */
  votes: Int32Array;
  /** (B): the class with the most votes, the earlier of equals. */
  labels: Label[];
  /** (B,k), if the machine has `probA` and `probB`. */
  probabilities?: Float64Array;
  /** (B): the class with the largest probability, the earlier of equals; LIBSVM's answer under `-b 1`. */
  likeliest?: Label[];
}

/**
 * Decisions, votes and probabilities for `rows` rows of x, (rows,K).
 *
 * @param coupleTwo  iterate for two classes too, as onnxruntime does; LIBSVM takes Platt's value as it is,
 *   and the two differ by up to 0.005
 * @throws Error  if x is not rows × K values
 */
export function predictSvm<Label extends number | string = number>(
  svm: Svm,
  x: Float64Array | Float32Array,
  rows: number,
  coupleTwo = false,
): SvmPrediction<Label> {
  const K = svm.features;
  if (x.length !== rows * K)
    throw new Error(`x has ${x.length} values, but ${rows} rows of ${K} are asked for`);
  const labels = svm.labels as readonly (number | string)[] as readonly Label[];
  const k = labels.length;
  const P = svm.rho.length;
  const S = svm.supportVectors.length / K;
  const classOf = svm.counts.flatMap((count, i) => new Array<number>(count).fill(i));

  const decisions = new Float64Array(rows * P);
  const votes = new Int32Array(rows * k);
  const { probA, probB } = svm;
  const probabilities = probA && probB ? new Float64Array(rows * k) : undefined;
  for (let b = 0; b < rows; b++) {
    const kernels = Array.from({ length: S }, (_, s) =>
      kernel(svm, x.subarray(b * K, (b + 1) * K), svm.supportVectors.subarray(s * K, (s + 1) * K)),
    );
    const r = Array.from({ length: k }, () => new Array<number>(k).fill(0));
    let pair = 0;
    for (let i = 0; i < k; i++) {
      for (let j = i + 1; j < k; j++, pair++) {
        let sum = -svm.rho[pair];
        for (let s = 0; s < S; s++) {
          if (classOf[s] === i) sum += svm.coefficients[(j - 1) * S + s] * kernels[s];
          if (classOf[s] === j) sum += svm.coefficients[i * S + s] * kernels[s];
        }
        decisions[b * P + pair] = sum;
        votes[b * k + (sum > 0 ? i : j)]++;
        if (probA && probB) {
          r[i][j] = Math.min(Math.max(platt(sum, probA[pair], probB[pair]), 1e-7), 1 - 1e-7);
          r[j][i] = 1 - r[i][j];
        }
      }
    }
    probabilities?.set(k === 2 && !coupleTwo ? [r[0][1], r[1][0]] : couple(r), b * k);
  }
  const best = (values: ArrayLike<number>) =>
    Array.from({ length: rows }, (_, b) => {
      let winner = 0;
      for (let i = 1; i < k; i++) if (values[b * k + i] > values[b * k + winner]) winner = i;
      return labels[winner];
    });
  return {
    decisions,
    votes,
    labels: best(votes),
    ...(probabilities ? { probabilities, likeliest: best(probabilities) } : {}),
  };
}

function kernel(svm: Svm, u: ArrayLike<number>, v: ArrayLike<number>): number {
  let dot = 0;
  let distance = 0;
  for (let i = 0; i < u.length; i++) {
    dot += u[i] * v[i];
    distance += (u[i] - v[i]) ** 2;
  }
  switch (svm.kernel) {
    case 'linear':
      return dot;
    case 'polynomial':
      return (svm.gamma * dot + svm.coef0) ** svm.degree;
    case 'rbf':
      return Math.exp(-svm.gamma * distance);
    case 'sigmoid':
      return Math.tanh(svm.gamma * dot + svm.coef0);
  }
}

/** 1 / (1 + exp(A d + B)). Platt, Probabilistic outputs for support vector machines, 1999. */
function platt(decision: number, A: number, B: number): number {
  return 1 / (1 + Math.exp(A * decision + B));
}

/**
 * From r[i][j] = P(i | i or j, x) the p that makes Σ_i Σ_{j≠i} (r_ji p_i - r_ij p_j)² least, found as LIBSVM
 * finds it: from p_i = 1/k, one p_t after the other, until each (Qp)_t is within 0.005/k of pᵀQp. That stops
 * early, so that another starting point or step would give other digits.
 *
 * Wu, Lin and Weng, Probability estimates for multi-class classification by pairwise coupling, JMLR 5, 2004,
 * algorithm 2.
 */
export function couple(r: readonly (readonly number[])[]): number[] {
  const k = r.length;
  const Q = r.map((row, i) =>
    row.map((_, j) =>
      i === j ? r.reduce((sum, other, l) => (l === i ? sum : sum + other[i] ** 2), 0) : -r[j][i] * r[i][j],
    ),
  );
  let p = new Array<number>(k).fill(1 / k);
  const gradient = () => Q.map((row) => row.reduce((sum, q, j) => sum + q * p[j], 0));
  const dot = (g: readonly number[]) => g.reduce((sum, value, i) => sum + value * p[i], 0);
  for (let round = 0; round < Math.max(100, k); round++) {
    const g = gradient();
    const all = dot(g);
    if (g.every((value) => Math.abs(value - all) < 0.005 / k)) break;
    for (let t = 0; t < k; t++) {
      const g = gradient();
      const step = (dot(g) - g[t]) / Q[t][t];
      p[t] += step;
      p = p.map((value) => value / (1 + step));
    }
  }
  return p;
}
