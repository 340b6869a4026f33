import { type Candidates, type Kernel, line, onlyPlain } from '../plan/plan';
import code from './lrn.wgsl?raw';

/** x, y (B,C,inner). */
export interface LrnOptions {
  readonly B: number;
  readonly C: number;
  readonly inner: number;
  /** Number of channels whose squares are added. */
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  /** Greater than 0. */
  readonly bias: number;
}

const kernel: Kernel = { name: 'lrn', files: [{ name: 'lrn.wgsl', code }] };

/** Operand x -> y. */
export function planLrn(o: LrnOptions): Candidates {
  return onlyPlain({
    kernel,
    constants: { C: o.C, INNER: o.inner, SIZE: o.size, ALPHA: o.alpha, BETA: o.beta, BIAS: o.bias },
    bindings: ['x', 'y'],
    workgroups: [...line(o.C * o.inner, 64), 1],
  });
}
