import { sizeOf } from './graph';

/** The strides of a row-major tensor: 1 for the last axis. */
export function denseStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  for (let axis = shape.length - 1, step = 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}

/**
 * The shape of two tensors after broadcasting, by the rule of ONNX and NumPy: shapes are aligned at the end, and an
 * axis of length 1 is repeated. Undefined if the shapes don't match.
 */
export function broadcast(a: readonly number[], b: readonly number[]): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const m = a[axis - rank + a.length] ?? 1;
    const n = b[axis - rank + b.length] ?? 1;
    if (m !== n && m !== 1 && n !== 1) return undefined;
    shape.push(m === 1 ? n : m);
  }
  return shape;
}

/** The strides of a tensor after broadcasting from `shape` to `to`: 0 for axes that are repeated. */
export function broadcastStrides(
  shape: readonly number[],
  strides: readonly number[],
  to: readonly number[],
): number[] {
  const missing = to.length - shape.length;
  return to.map((_, axis) => (axis < missing || shape[axis - missing] === 1 ? 0 : strides[axis - missing]));
}

/** The number of an axis from 0. A negative `axis` is counted from the end. */
export const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** Calls `visit` for every index of `shape`, in row-major order; `at` counts the calls. */
export function eachIndex(
  shape: readonly number[],
  visit: (index: readonly number[], at: number) => void,
): void {
  const index = new Array<number>(shape.length).fill(0);
  for (let at = 0, size = sizeOf(shape); at < size; at++) {
    visit(index, at);
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0;
  }
}
