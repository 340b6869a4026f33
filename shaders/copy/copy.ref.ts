import type { CopyOptions } from './copy';

/** x -> y of `length` numbers, infinite where the copy doesn't write (see BuiltCase.expected). */
export function copy(o: CopyOptions, B: number, x: Float32Array, length: number): Float64Array {
  const y = new Float64Array(length).fill(Infinity);
  const dot = (i: readonly number[], strides: readonly number[]) =>
    i.reduce((sum, v, axis) => sum + v * strides[axis], 0);
  const visit = (b: number, i: readonly number[]): void => {
    if (i.length < o.dims.length) {
      for (let v = 0; v < o.dims[i.length]; v++) visit(b, [...i, v]);
      return;
    }
    const inside = i.every((v, axis) => v >= (o.low?.[axis] ?? 0) && v < (o.high ?? o.dims)[axis]);
    y[b * o.yItem + (o.yOrigin ?? 0) + dot(i, o.yStrides)] = inside
      ? x[b * o.xItem + dot(i, o.xStrides) - (o.xOrigin ?? 0)]
      : (o.fill ?? 0);
  };
  for (let b = 0; b < B; b++) visit(b, []);
  return y;
}
