import { type Candidates, type Kernel, line, onlyPlain } from '../plan/plan';
import code from './argmax-axis.wgsl?raw';

/** x (B,outer,N,inner) -> y (B,outer,inner), an index along N. */
export interface ArgMaxAxisOptions {
  readonly outer: number;
  readonly N: number;
  readonly inner: number;
  /** Whether the smallest number is searched for. */
  readonly smallest: boolean;
  /** Whether the last of equal numbers is taken. */
  readonly last: boolean;
}

const kernel: Kernel = { name: 'argmax-axis', files: [{ name: 'argmax-axis.wgsl', code }] };

/** Operand x -> y. */
export function planArgMaxAxis(o: ArgMaxAxisOptions): Candidates {
  const constants = { OUTER: o.outer, N: o.N, INNER: o.inner };
  return onlyPlain({
    kernel,
    constants: { ...constants, SIGN: o.smallest ? -1 : 1, LAST: o.last ? 1 : 0 },
    bindings: ['x', 'y'],
    workgroups: [...line(o.outer * o.inner, 64), 1],
  });
}
