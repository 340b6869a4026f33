import { channels4 } from '../plan/plan';
import { activate } from '../snippets/activation.ref';
import type { ConvTranspose2dOptions } from './conv-transpose2d';

/** x (B,H,W,I4), weight (I,O/groups,KH,KW), bias (O) -> y (B,HO,WO,O4), NaN past channel O. Each number of x is spread. */
export function convTranspose2d(
  o: ConvTranspose2dOptions,
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
): Float64Array {
  const [I4, O4] = [channels4(o.I), channels4(o.O)];
  const [IG, OG] = [o.I / o.groups, o.O / o.groups];
  const y = new Float64Array(o.B * o.HO * o.WO * O4).fill(Number.NaN);
  for (let at = 0; at < y.length; at++) if (at % O4 < o.O) y[at] = bias[at % O4];
  for (let b = 0; b < o.B; b++)
    for (let iy = 0; iy < o.H; iy++)
      for (let ix = 0; ix < o.W; ix++)
        for (let i = 0; i < o.I; i++)
          for (let og = 0; og < OG; og++)
            for (let ky = 0; ky < o.KH; ky++)
              for (let kx = 0; kx < o.KW; kx++) {
                const oy = iy * o.strides[0] + ky * o.dilations[0] - o.pads[0];
                const ox = ix * o.strides[1] + kx * o.dilations[1] - o.pads[1];
                if (oy < 0 || oy >= o.HO || ox < 0 || ox >= o.WO) continue;
                const channel = Math.floor(i / IG) * OG + og;
                y[((b * o.HO + oy) * o.WO + ox) * O4 + channel] +=
                  weight[((i * OG + og) * o.KH + ky) * o.KW + kx] * x[((b * o.H + iy) * o.W + ix) * I4 + i];
              }
  return y.map((v) => (Number.isNaN(v) ? v : activate(v, o.activation)));
}
