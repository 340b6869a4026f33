import { collapse } from './collapse';
import { MOST_VALUES, type SparseVector, type Svm, sparseVectors } from './svm';

/** A machine on fewer features, with a function that converts rows to these features. */
export interface CompactSvm {
  /** The machine. */
  readonly svm: Svm;
  /**
   * Writes a row as the machine's features.
   * @param row its `indices` are positions in the original machine's features, and may be outside them
   * @param to K numbers, all 0
   * @throws if a value is not finite as float32, except an infinite value with `rbf`
   */
  write(row: SparseVector, to: Float32Array): void;
}

/** The distance, times gamma, at which the kernel function is 0 in float32 and float64. */
const FAR = 2e4;
/** Maximum number of values of a matrix that is centred, which takes eight bytes for each. */
const MOST_CENTRED = 2 ** 24;

/**
 * Returns the same machine on only those features that a support vector has, so that a large index takes no memory. For
 * `rbf`, one more feature contains the length of the rest of a row, which adds to each distance.
 *
 * For `linear` and `rbf`, rows and vectors are centred before they are rounded to float32: the decision values stay the
 * same, and lose no digits if all features are far from 0.
 * @throws if the support vectors would have more than 2^28 values
 */
export function compact(svm: Svm): CompactSvm {
  const isRbf = svm.kernel === 'rbf';
  const all = sparseVectors(svm);
  const used = [...new Set(all.flatMap(({ indices }) => indices))].sort((a, b) => a - b);
  const places = new Map(used.map((index, place) => [index, place]));
  const K = Math.max(used.length + (isRbf ? 1 : 0), 1);
  const rows = svm.kernel === 'linear' ? svm.rho.length : all.length;
  if (rows * K > MOST_VALUES)
    throw new Error(`${rows} support vectors of ${K} features are more than ${MOST_VALUES} values`);
  const vectors = all.map(({ indices, values }) => ({
    ...{ values, indices: indices.map((index) => places.get(index) ?? 0) },
  }));
  const centre = new Float64Array(K);
  if (svm.kernel === 'linear' || (isRbf && rows * K <= MOST_CENTRED))
    for (const { indices, values } of vectors)
      for (const [i, place] of indices.entries()) centre[place] += values[i] / all.length;
  // Farther from all vectors than the kernel function reaches.
  const largest = all.reduce(
    (most, { values }) => values.reduce((m, v) => Math.max(m, Math.abs(v)), most),
    0,
  );
  const far = isRbf ? 2 * largest + Math.sqrt(FAR / svm.gamma) : Number.POSITIVE_INFINITY;
  const base = centre.map((c) => -c);
  return {
    svm: { ...svm, features: K, ...centred(svm, vectors, centre) },
    write({ indices, values }, to) {
      to.set(base);
      let rest = 0;
      for (const [i, index] of indices.entries()) {
        const place = places.get(index);
        const value = finite(values[i], far);
        if (place !== undefined) to[place] = value - centre[place];
        else rest += value * value;
      }
      if (isRbf) to[K - 1] = Math.min(Math.sqrt(rest), far);
    },
  };
}

/** The vectors moved by -centre; those of a linear machine are collapsed, and rho is changed instead. */
function centred(
  svm: Svm,
  vectors: readonly SparseVector[],
  centre: Float64Array,
): Pick<Svm, 'supportVectors'> & Partial<Svm> {
  const K = centre.length;
  if (svm.kernel === 'linear') {
    const counts = svm.labels.length ? svm.counts : [svm.counts[0], 0];
    const one = collapse({ ...svm, counts }, K, (s, add) => {
      for (const [i, place] of vectors[s].indices.entries()) add(place, vectors[s].values[i]);
    });
    return {
      ...{ supportVectors: one.supportVectors, coefficients: one.coefficients },
      counts: svm.labels.length ? one.counts : [1],
      rho: svm.rho.map((rho, p) => {
        let moved = rho;
        for (let k = 0; k < K; k++) moved -= one.supportVectors[p * K + k] * centre[k];
        return moved;
      }),
    };
  }
  if (centre.every((c) => c === 0)) return { supportVectors: vectors };
  const supportVectors = new Float64Array(vectors.length * K);
  vectors.forEach(({ indices, values }, s) => {
    const row = supportVectors.subarray(s * K, (s + 1) * K);
    row.set(centre.map((c) => -c));
    for (const [i, place] of indices.entries()) row[place] = values[i] - centre[place];
  });
  return { supportVectors };
}

/**
 * Replaces values beyond `far` by it. Only `rbf` has a finite `far`, beyond which its kernel function is 0.
 * @throws if the result is not finite as float32
 */
function finite(value: number, far: number): number {
  const near = Math.min(Math.max(value, -far), far);
  if (Number.isFinite(Math.fround(near))) return near;
  throw new Error(`the value ${value} is not supported: it has to be finite as float32`);
}
