import { type Candidates, type Kernel, line, onlyPlain } from '../plan/plan';
import code from './softmax.wgsl?raw';

/** x, y (B,outer,N,inner). Softmax is along N. */
export interface SoftmaxOptions {
  readonly B: number;
  readonly outer: number;
  readonly N: number;
  readonly inner: number;
  readonly log: boolean;
}

const kernel: Kernel = { name: 'softmax', files: [{ name: 'softmax.wgsl', code }] };

/** Operand x -> y. */
export function planSoftmax(o: SoftmaxOptions): Candidates {
  return onlyPlain({
    kernel,
    constants: { OUTER: o.outer, N: o.N, INNER: o.inner, LOG: o.log ? 1 : 0 },
    bindings: ['x', 'y'],
    workgroups: [...line(o.outer * o.inner, 64), 1],
  });
}
