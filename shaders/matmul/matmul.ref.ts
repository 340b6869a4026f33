import { activate } from '../snippets/activation.ref';
import type { MatMulOptions } from './matmul';

/** x, w, c, read by their strides -> y (B,G,M,O). */
export function matMul(
  o: MatMulOptions,
  B: number,
  x: Float32Array,
  w: Float32Array,
  c: Float32Array,
): Float64Array {
  const y: number[] = [];
  for (let b = 0; b < B; b++)
    for (let g0 = 0; g0 < o.groups[0]; g0++)
      for (let g1 = 0; g1 < o.groups[1]; g1++)
        for (let g2 = 0; g2 < o.groups[2]; g2++)
          for (let m = 0; m < o.M; m++)
            for (let n = 0; n < o.O; n++) {
              const at = (item: number, groups: readonly number[]) =>
                b * item + g0 * groups[0] + g1 * groups[1] + g2 * groups[2];
              let sum = 0;
              for (let i = 0; i < o.I; i++)
                sum +=
                  x[at(o.x.item, o.x.groups) + m * o.x.row + i * o.x.inner] *
                  w[at(o.w.item, o.w.groups) + i * o.w.inner + n * o.w.column];
              const own = o.c ? c[b * o.c.item + m * o.c.row + n * o.c.column] : 0;
              y.push(activate((o.alpha ?? 1) * sum + (o.beta ?? 1) * own, o.activation));
            }
  return Float64Array.from(y);
}
