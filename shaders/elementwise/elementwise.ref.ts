import type { Activation } from '../snippets/activation';
import { activate } from '../snippets/activation.ref';
import type { AffineOptions, BinaryOptions } from './elementwise';

export const unary = (x: Float32Array, activation: Activation): Float64Array =>
  Float64Array.from(x, (v) => activate(v, activation));

/** x, z, read by their strides -> y (B,D0,D1,D2); NaN past `used`. */
export function binary(o: BinaryOptions, B: number, x: Float32Array, z: Float32Array): Float64Array {
  const [D0, D1, D2] = o.dims;
  const y = new Float64Array(B * D0 * D1 * D2);
  const at = (s: readonly number[], b: number, i: number, j: number, k: number) =>
    b * s[0] + i * s[1] + j * s[2] + k * s[3];
  for (let b = 0, n = 0; b < B; b++)
    for (let i = 0; i < D0; i++)
      for (let j = 0; j < D1; j++)
        for (let k = 0; k < D2; k++, n++) {
          const u = x[at(o.xStrides, b, i, j, k)];
          const v = z[at(o.zStrides, b, i, j, k)];
          const result = { Add: u + v, Sub: u - v, Mul: u * v, Div: u / v, PRelu: u < 0 ? v * u : u }[o.op];
          y[n] = k < (o.used ?? D2) ? activate(result, o.activation) : Number.NaN;
        }
  return y;
}

/** x -> y of the same shape; NaN past channel C. */
export function affine(
  o: AffineOptions,
  x: Float32Array,
  scale: Float32Array,
  shift: Float32Array,
): Float64Array {
  return Float64Array.from(x, (v, at) => {
    const c = Math.floor((at % o.size) / o.inner) % o.channelsStored;
    return c < o.C ? activate(v * scale[c] + shift[c], o.activation) : Number.NaN;
  });
}
