import type { TopKOptions } from './topk';

/** x (B,outer,N,inner) -> y (B,outer,K,inner). */
export function topK(o: TopKOptions, B: number, x: Float32Array): Float64Array {
  const y = new Float64Array(B * o.outer * o.K * o.inner);
  for (let row = 0; row < B * o.outer; row++)
    for (let n = 0; n < o.inner; n++) {
      const at = (i: number) => x[(row * o.N + i) * o.inner + n];
      const sign = o.largest ? -1 : 1;
      const order = Array.from({ length: o.N }, (_, i) => i).sort((i, j) => sign * (at(i) - at(j)) || i - j);
      for (let k = 0; k < o.K; k++) y[(row * o.K + k) * o.inner + n] = o.indices ? order[k] : at(order[k]);
    }
  return y;
}
