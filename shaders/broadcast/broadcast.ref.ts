import type { BroadcastOptions, CombinationName, Strides } from './broadcast';

const floorMod = (u: number, v: number): number => {
  const rest = u % v;
  return rest !== 0 && rest < 0 !== v < 0 ? rest + v : rest;
};

/** Each combination in float64. */
export const combinationTwins: Readonly<
  Record<CombinationName, (u: number, v: number, w: number, scale: number) => number>
> = {
  Pow: (u, v) => u ** v,
  Max: (u, v) => Math.max(u, v),
  Min: (u, v) => Math.min(u, v),
  Sum: (u, v, _, scale) => (u + v) * scale,
  Mod: floorMod,
  Fmod: (u, v) => u % v,
  Less: (u, v) => Number(u < v),
  LessOrEqual: (u, v) => Number(u <= v),
  Greater: (u, v) => Number(u > v),
  GreaterOrEqual: (u, v) => Number(u >= v),
  Equal: (u, v) => Number(u === v),
  And: (u, v) => Number(u === 1 && v === 1),
  Or: (u, v) => Number(u === 1 || v === 1),
  Xor: (u, v) => Number(u !== v),
  Where: (u, v, w) => (u ? v : w),
};

/** x, z, w, read by their strides -> y (B,D0,D1,D2,D3,D4); NaN past `used`. */
export function broadcastNumbers(
  o: BroadcastOptions,
  B: number,
  x: Float32Array,
  z: Float32Array,
  w: Float32Array,
): Float64Array {
  const dims = [B, ...o.dims];
  const size = dims.reduce((product, d) => product * d, 1);
  return Float64Array.from({ length: size }, (_, n) => {
    const index: number[] = [];
    for (let axis = 5, rest = n; axis >= 0; axis--) {
      index[axis] = rest % dims[axis];
      rest = Math.floor(rest / dims[axis]);
    }
    const at = (strides: Strides) => index.reduce((sum, i, axis) => sum + i * strides[axis], 0);
    if (index[5] >= (o.used ?? dims[5])) return Number.NaN;
    return combinationTwins[o.op](x[at(o.xStrides)], z[at(o.zStrides)], w[at(o.wStrides)], o.scale ?? 1);
  });
}
