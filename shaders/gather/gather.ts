import { type Candidates, type Kernel, line, onlyPlain } from '../plan/plan';
import code from './gather.wgsl?raw';

/** x (B,outer,A,inner), indices -> y (B,outer,K,inner). */
export interface GatherOptions {
  readonly outer: number;
  readonly A: number;
  readonly K: number;
  readonly inner: number;
  /** Distance from item to item in x, in numbers. 0: all items share one x. */
  readonly xItem: number;
  /** Distances in `indices`, in numbers: from item to item, and along the axes of y. 0: the indices are shared. */
  readonly indexStrides: readonly [item: number, outer: number, k: number, inner: number];
}

const kernel: Kernel = { name: 'gather', files: [{ name: 'gather.wgsl', code }] };

/** Operands x, indices (whole numbers as f32, below 0 from the end) -> y. */
export function planGather(o: GatherOptions): Candidates {
  const [IB, IO, IK, IN] = o.indexStrides;
  const size = o.outer * o.K * o.inner;
  return onlyPlain({
    kernel,
    constants: { SIZE: size, K: o.K, INNER: o.inner, A: o.A, XB: o.xItem, IB, IO, IK, IN },
    bindings: ['x', 'indices', 'y'],
    workgroups: [...line(size, 64), 1],
  });
}
