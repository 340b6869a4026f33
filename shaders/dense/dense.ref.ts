import { activate } from '../snippets/activation.ref';
import type { DenseOptions } from './dense';

/** x (B,M,I), weight (read by its strides), bias (O) -> y (B,M,O). */
export function dense(
  o: DenseOptions,
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
): Float64Array {
  const [W_B, W_O, W_I] = o.weightStrides;
  const y = new Float64Array(o.B * o.M * o.O);
  for (let b = 0; b < o.B; b++)
    for (let m = 0; m < o.M; m++)
      for (let out = 0; out < o.O; out++) {
        const row = b * o.M + m;
        let sum = bias[out];
        for (let i = 0; i < o.I; i++) sum += weight[b * W_B + out * W_O + i * W_I] * x[row * o.I + i];
        y[row * o.O + out] = activate(sum, o.activation);
      }
  return y;
}
