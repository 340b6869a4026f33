import { type Candidates, type Kernel, line, onlyPlain } from '../plan/plan';
import code from './topk.wgsl?raw';

/** x (B,outer,N,inner) -> y (B,outer,K,inner). */
export interface TopKOptions {
  readonly outer: number;
  readonly N: number;
  readonly inner: number;
  readonly K: number;
  /** Whether the largest numbers are selected, the largest first; else the smallest. */
  readonly largest: boolean;
  /** Whether y contains the indices; else the numbers. */
  readonly indices: boolean;
}

const kernel: Kernel = { name: 'topk', files: [{ name: 'topk.wgsl', code }] };

/** Operand x -> y. */
export function planTopK(o: TopKOptions): Candidates {
  return onlyPlain({
    kernel,
    constants: {
      ...{ OUTER: o.outer, N: o.N, INNER: o.inner, K: o.K },
      ...{ LARGEST: o.largest ? 1 : 0, INDICES: o.indices ? 1 : 0 },
    },
    bindings: ['x', 'y'],
    workgroups: [...line(o.outer * o.inner, 1), 1],
  });
}
