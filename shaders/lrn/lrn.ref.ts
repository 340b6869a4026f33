import type { LrnOptions } from './lrn';

/** x (B,C,inner) -> y (B,C,inner). */
export function lrn(o: LrnOptions, x: Float32Array): Float64Array {
  const y = new Float64Array(x.length);
  for (let b = 0; b < o.B; b++)
    for (let c = 0; c < o.C; c++)
      for (let p = 0; p < o.inner; p++) {
        const at = (channel: number) => (b * o.C + channel) * o.inner + p;
        let sum = 0;
        for (let k = c - Math.floor((o.size - 1) / 2); k <= c + Math.ceil((o.size - 1) / 2); k++)
          if (k >= 0 && k < o.C) sum += x[at(k)] ** 2;
        y[at(c)] = x[at(c)] / (o.bias + (o.alpha / o.size) * sum) ** o.beta;
      }
  return y;
}
