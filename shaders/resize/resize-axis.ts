import { type Candidates, type Kernel, line, onlyPlain } from '../plan/plan';
import code from './resize-axis.wgsl?raw';

/** x (B,outer,A,inner) -> y (B,outer,K,inner), each number of y a sum of T numbers of x. */
export interface ResizeAxisOptions {
  readonly outer: number;
  readonly A: number;
  readonly K: number;
  readonly inner: number;
  readonly T: number;
}

const kernel: Kernel = { name: 'resize-axis', files: [{ name: 'resize-axis.wgsl', code }] };

/** Operands x, taps (K,T,2), pairs of an index along A and its weight -> y. */
export function planResizeAxis(o: ResizeAxisOptions): Candidates {
  const size = o.outer * o.K * o.inner;
  return onlyPlain({
    kernel,
    constants: { SIZE: size, A: o.A, K: o.K, INNER: o.inner, T: o.T },
    bindings: ['x', 'taps', 'y'],
    workgroups: [...line(size, 64), 1],
  });
}
