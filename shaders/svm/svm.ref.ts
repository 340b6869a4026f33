import { type KernelMatrixOptions, pairsOf, type SvmOptions } from './svm';

/** x (B,K), v (S,K) -> k (B,S). */
export function kernelMatrix(
  o: KernelMatrixOptions,
  x: ArrayLike<number>,
  v: ArrayLike<number>,
): Float64Array {
  const k = new Float64Array(o.B * o.S);
  for (let b = 0; b < o.B; b++)
    for (let s = 0; s < o.S; s++) {
      let dot = 0;
      let distance = 0;
      for (let i = 0; i < o.K; i++) {
        dot += x[b * o.K + i] * v[s * o.K + i];
        distance += (x[b * o.K + i] - v[s * o.K + i]) ** 2;
      }
      k[b * o.S + s] = {
        linear: dot,
        polynomial: (o.gamma * dot + o.coef0) ** o.degree,
        rbf: Math.exp(-o.gamma * distance),
        sigmoid: Math.tanh(o.gamma * dot + o.coef0),
      }[o.kernel];
    }
  return k;
}

/** k (B,S), coefficient (classes-1,S), first (classes+1), rho (P) -> d (B,P). */
export function decisions(
  o: SvmOptions,
  k: ArrayLike<number>,
  coefficient: ArrayLike<number>,
  first: Uint32Array,
  rho: ArrayLike<number>,
): Float64Array {
  const d: number[] = [];
  for (let b = 0; b < o.B; b++)
    for (let i = 0, pair = 0; i < o.classes; i++)
      for (let j = i + 1; j < o.classes; j++, pair++) {
        let sum = -rho[pair];
        for (let s = first[i]; s < first[i + 1]; s++) sum += coefficient[(j - 1) * o.S + s] * k[b * o.S + s];
        for (let s = first[j]; s < first[j + 1]; s++) sum += coefficient[i * o.S + s] * k[b * o.S + s];
        d.push(sum);
      }
  return Float64Array.from(d);
}

/** d (B,P) -> votes (B,classes). */
export function votes(o: SvmOptions, d: Float32Array): Float64Array {
  const counts = new Float64Array(o.B * o.classes);
  for (let b = 0, at = 0; b < o.B; b++)
    for (let i = 0; i < o.classes; i++)
      for (let j = i + 1; j < o.classes; j++, at++) counts[b * o.classes + (d[at] > 0 ? i : j)]++;
  return counts;
}

/** d (B,P), a (P), b (P) -> p (B,classes); svm-probabilities.wgsl gives the formula and its source. */
export function probabilities(
  o: SvmOptions & { readonly couple: boolean },
  d: Float32Array,
  a: Float32Array,
  b: Float32Array,
): Float64Array {
  const n = o.classes;
  const P = pairsOf(n);
  const p = new Float64Array(o.B * n);
  for (let row = 0; row < o.B; row++) {
    const r = Array.from({ length: n }, () => new Float64Array(n));
    for (let i = 0, pair = 0; i < n; i++)
      for (let j = i + 1; j < n; j++, pair++) {
        const high = 1 / (1 + Math.exp(a[pair] * d[row * P + pair] + b[pair]));
        r[i][j] = Math.min(Math.max(high, 1e-7), 1 - 1e-7);
        r[j][i] = 1 - r[i][j];
      }
    if (!o.couple) {
      p.set([r[0][1], r[1][0]], row * n);
      continue;
    }
    const q = r.map((_, i) =>
      r.map((_, j) =>
        i === j ? r.reduce((sum, rj, at) => sum + (at === i ? 0 : rj[i] ** 2), 0) : -r[j][i] * r[i][j],
      ),
    );
    const estimate = new Float64Array(n).fill(1 / n);
    for (let round = 0; round < Math.max(100, n); round++) {
      const qp = q.map((line) => line.reduce((sum, v, j) => sum + v * estimate[j], 0));
      let pqp = qp.reduce((sum, v, i) => sum + v * estimate[i], 0);
      if (Math.max(...qp.map((v) => Math.abs(v - pqp))) < 0.005 / n) break;
      for (let i = 0; i < n; i++) {
        const change = (pqp - qp[i]) / q[i][i];
        estimate[i] += change;
        pqp = (pqp + change * (change * q[i][i] + 2 * qp[i])) / (1 + change) ** 2;
        for (let j = 0; j < n; j++) {
          qp[j] = (qp[j] + change * q[i][j]) / (1 + change);
          estimate[j] /= 1 + change;
        }
      }
    }
    p.set(estimate, row * n);
  }
  return p;
}
