import type { GatherOptions } from './gather';

/** x (B,outer,A,inner), indices -> y (B,outer,K,inner). */
export function gather(o: GatherOptions, B: number, x: Float32Array, indices: Float32Array): Float64Array {
  const y: number[] = [];
  const [IB, IO, IK, IN] = o.indexStrides;
  for (let b = 0; b < B; b++)
    for (let outer = 0; outer < o.outer; outer++)
      for (let k = 0; k < o.K; k++)
        for (let n = 0; n < o.inner; n++) {
          const j = indices[b * IB + outer * IO + k * IK + n * IN];
          const from = Math.min(Math.max(j < 0 ? j + o.A : j, 0), o.A - 1);
          y.push(x[b * o.xItem + (outer * o.A + from) * o.inner + n]);
        }
  return Float64Array.from(y);
}
