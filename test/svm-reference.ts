/**
 * Classification by a support vector machine in float64, as in the papers and without optimisation. It is the reference
 * for the GPU kernels and for the parsers of model files.
 */

import type { SparseVector, Svm } from '../src/svm/svm';

/** The result for B rows, k classes and P = k(k-1)/2 pairs of classes. All arrays are row-major. */
export interface SvmPrediction<Label = number | string> {
  /** (B,P): the decision values. For the pair (i,j), i < j, a value above 0 is a vote for class i. */
  decisions: Float64Array;
  /** (B,k): the number of votes for each class. */
  votes: Int32Array;
  /** (B): the class with the most votes; if several are equal, the first. */
  labels: Label[];
  /** (B,k): the probabilities, if the machine has `probA` and `probB`. */
  probabilities?: Float64Array;
  /** (B): the class with the largest probability; if several are equal, the first. LIBSVM's result with `-b 1`. */
  likeliest?: Label[];
}

/** The support vectors as one matrix (S,K). */
export function denseVectors({ supportVectors, features }: Svm): Float64Array {
  if (ArrayBuffer.isView(supportVectors)) return Float64Array.from(supportVectors);
  return denseRows(supportVectors, features, 0);
}

/** Rows as one matrix (rows,K). @param first the index of the first feature: 1 in most of LIBSVM's files */
export function denseRows(rows: readonly SparseVector[], features: number, first = 1): Float64Array {
  const x = new Float64Array(rows.length * features);
  for (const [n, { indices, values }] of rows.entries())
    for (const [i, index] of indices.entries()) x[n * features + index - first] = values[i];
  return x;
}

/** The same machine with more features, which are 0 in its support vectors. */
export const widen = (svm: Svm, features: number): Svm => ({
  ...svm,
  features,
  supportVectors: denseRows(
    Array.from({ length: denseVectors(svm).length / svm.features }, (_, s) => ({
      indices: Array.from({ length: svm.features }, (_, k) => k),
      values: Array.from(denseVectors(svm).subarray(s * svm.features, (s + 1) * svm.features)),
    })),
    features,
    0,
  ),
});

/**
 * Computes decision values, votes and probabilities for `rows` rows of x, (rows,K).
 * @param coupleTwo whether to iterate also for two classes, as onnxruntime does. LIBSVM uses Platt's value directly;
 *   the two results differ by at most 0.005
 * @throws Error if x does not have rows × K values
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
  const vectors = denseVectors(svm);
  const S = vectors.length / K;
  const classOf = svm.counts.flatMap((count, i) => new Array<number>(count).fill(i));

  const decisions = new Float64Array(rows * P);
  const votes = new Int32Array(rows * k);
  const { probA, probB } = svm;
  const probabilities = probA && probB ? new Float64Array(rows * k) : undefined;
  for (let b = 0; b < rows; b++) {
    const kernels = Array.from({ length: S }, (_, s) =>
      kernel(svm, x.subarray(b * K, (b + 1) * K), vectors.subarray(s * K, (s + 1) * K)),
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

/** Computes 1 / (1 + exp(A d + B)). Platt, Probabilistic outputs for support vector machines, 1999. */
function platt(decision: number, A: number, B: number): number {
  return 1 / (1 + Math.exp(A * decision + B));
}

/**
 * Computes, from r[i][j] = P(i | i or j, x), the p that minimises Σ_i Σ_{j≠i} (r_ji p_i - r_ij p_j)². The iteration is
 * that of LIBSVM: it starts at p_i = 1/k, updates one p_t after the other, and stops when each (Qp)_t is within 0.005/k
 * of pᵀQp. It stops early, so another starting point or another order would change the last digits.
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
