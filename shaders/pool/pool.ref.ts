import { channels4 } from '../plan/plan';
import type { PoolOptions } from './pool';

/** x (B,H,W,C4) -> y (B,HO,WO,C4), NaN past channel C. */
export function pool(o: PoolOptions, x: Float32Array): Float64Array {
  const C4 = channels4(o.C);
  const y = new Float64Array(o.B * o.HO * o.WO * C4).fill(Number.NaN);
  for (let b = 0; b < o.B; b++)
    for (let oy = 0; oy < o.HO; oy++)
      for (let ox = 0; ox < o.WO; ox++)
        for (let c = 0; c < o.C; c++) {
          let largest = -Infinity;
          let sum = 0;
          let inside = 0;
          let padded = 0;
          for (let ky = 0; ky < o.KH; ky++)
            for (let kx = 0; kx < o.KW; kx++) {
              const iy = oy * o.strides[0] + ky * o.dilations[0] - o.pads[0];
              const ix = ox * o.strides[1] + kx * o.dilations[1] - o.pads[1];
              if (iy < o.H + o.pads[2] && ix < o.W + o.pads[3]) padded++;
              if (iy < 0 || iy >= o.H || ix < 0 || ix >= o.W) continue;
              const v = x[((b * o.H + iy) * o.W + ix) * C4 + c];
              largest = Math.max(largest, v);
              sum += v;
              inside++;
            }
          const mean = sum / (o.kind === 'sum' ? 1 : o.kind === 'average-pad' ? padded : inside);
          y[((b * o.HO + oy) * o.WO + ox) * C4 + c] = o.kind === 'max' ? largest : mean;
        }
  return y;
}
