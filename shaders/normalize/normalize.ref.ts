import type { NormalizeOptions } from './normalize';

const sum = (x: readonly number[]): number => x.reduce((total, v) => total + v, 0);

/** x (B,outer,N,inner), scale (count), bias (count) -> y (B,outer,N,inner). */
export function normalize(
  o: NormalizeOptions,
  x: Float32Array,
  scale: Float32Array,
  bias: Float32Array,
): Float64Array {
  const y = new Float64Array(x.length);
  const itemSize = o.outer * o.N * o.inner;
  for (let row = 0; row < o.B * o.outer; row++)
    for (let i = 0; i < o.inner; i++) {
      const at = Array.from({ length: o.N }, (_, n) => (row * o.N + n) * o.inner + i);
      const m = o.kind === 'deviation' ? sum(at.map((p) => x[p])) / o.N : 0;
      const squares = sum(at.map((p) => (x[p] - m) ** 2));
      const s = {
        deviation: Math.sqrt(squares / o.N + o.epsilon),
        rms: Math.sqrt(squares / o.N + o.epsilon),
        L1: sum(at.map((p) => Math.abs(x[p]))),
        L2: Math.sqrt(squares),
      }[o.kind];
      for (const p of at) {
        const k = Math.floor((p % itemSize) / o.repeat) % o.count;
        y[p] = ((x[p] - m) / (s || 1)) * scale[k] + bias[k];
      }
    }
  return y;
}
