import { channels4 } from '../plan/plan';
import { activate } from '../snippets/activation.ref';
import type { Conv2dOptions } from './conv2d';

/** x (B,H,W,I4), weight (O,I/groups,KH,KW), bias (O), z (B,HO,WO,CZ4) -> y (B,HO,WO,O4), NaN past channel O. */
export function conv2d(
  o: Conv2dOptions,
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
  z?: Float32Array,
): Float64Array {
  const I4 = channels4(o.I);
  const O4 = channels4(o.O);
  const CZ = o.CZ ?? 0;
  const IG = o.I / o.groups;
  const y = new Float64Array(o.B * o.HO * o.WO * O4).fill(Number.NaN);
  for (let b = 0; b < o.B; b++)
    for (let oy = 0; oy < o.HO; oy++)
      for (let ox = 0; ox < o.WO; ox++)
        for (let out = 0; out < o.O; out++) {
          const first = Math.floor(out / (o.O / o.groups)) * IG;
          let sum = bias[out];
          for (let ky = 0; ky < o.KH; ky++)
            for (let kx = 0; kx < o.KW; kx++) {
              const iy = oy * o.strides[0] + ky * o.dilations[0] - o.pads[0];
              const ix = ox * o.strides[1] + kx * o.dilations[1] - o.pads[1];
              if (iy < 0 || iy >= o.H || ix < 0 || ix >= o.W) continue;
              for (let i = 0; i < IG; i++)
                sum +=
                  weight[((out * IG + i) * o.KH + ky) * o.KW + kx] *
                  x[((b * o.H + iy) * o.W + ix) * I4 + first + i];
            }
          const pixel = (b * o.HO + oy) * o.WO + ox;
          if (z && out < CZ) sum += z[pixel * channels4(CZ) + out];
          y[pixel * O4 + out] = activate(sum, o.activation);
        }
  return o.pool ? maxPool(y, o) : y;
}

/** The largest of every 2 x 2 pixels: y (B,HO,WO,O4) -> (B,HO/2,WO/2,O4), rounded down. */
function maxPool(y: Float64Array, { B, HO, WO, O }: Conv2dOptions): Float64Array {
  const O4 = channels4(O);
  const [PH, PW] = [Math.floor(HO / 2), Math.floor(WO / 2)];
  return Float64Array.from({ length: B * PH * PW * O4 }, (_, at) => {
    const [o, px, py] = [at % O4, Math.floor(at / O4) % PW, Math.floor(at / O4 / PW) % PH];
    const b = Math.floor(at / O4 / PW / PH);
    const from = (v: number, u: number) => y[((b * HO + 2 * py + v) * WO + 2 * px + u) * O4 + o];
    return Math.max(from(0, 0), from(0, 1), from(1, 0), from(1, 1));
  });
}
