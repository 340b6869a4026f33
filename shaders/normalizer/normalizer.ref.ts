import type { NormalizerOptions } from './normalizer';

/** x (B,I) -> y (B,I). */
export function normalizer(o: NormalizerOptions, x: Float32Array): Float64Array {
  const y = Float64Array.from(x);
  for (let b = 0; b < o.B; b++) {
    const row = y.subarray(b * o.I, (b + 1) * o.I);
    const sum = (power: number) => row.reduce((total, v) => total + Math.abs(v) ** power, 0);
    const n = { MAX: Math.max(...row), L1: sum(1), L2: Math.sqrt(sum(2)) }[o.norm];
    if (n)
      row.forEach((v, i) => {
        row[i] = v / n;
      });
  }
  return y;
}
