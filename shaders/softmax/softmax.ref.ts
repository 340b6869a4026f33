import type { SoftmaxOptions } from './softmax';

/** x (B,outer,N,inner) -> y (B,outer,N,inner). */
export function softmax(o: SoftmaxOptions, x: Float32Array): Float64Array {
  const y = new Float64Array(x.length);
  for (let row = 0; row < o.B * o.outer; row++)
    for (let i = 0; i < o.inner; i++) {
      const at = Array.from({ length: o.N }, (_, n) => (row * o.N + n) * o.inner + i);
      const largest = Math.max(...at.map((k) => x[k]));
      const sum = at.reduce((total, k) => total + Math.exp(x[k] - largest), 0);
      for (const k of at) y[k] = o.log ? x[k] - largest - Math.log(sum) : Math.exp(x[k] - largest) / sum;
    }
  return y;
}
