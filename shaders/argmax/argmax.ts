import { type Candidates, type Kernel, only } from '../plan/plan';
import code from './argmax.wgsl?raw';

/** x (B,I) -> y (B), the index of the largest number in each row. */
export interface ArgMaxOptions {
  readonly B: number;
  readonly I: number;
}

const kernel: Kernel = { name: 'argmax', files: [{ name: 'argmax.wgsl', code }] };

/** Operand x -> y. */
export function planArgMax(o: ArgMaxOptions): Candidates {
  return only({
    kernel,
    constants: { B: o.B, I: o.I },
    bindings: ['x', 'y'],
    workgroups: [1, 1, 1],
    batchAxis: 0,
    itemsPerWorkgroup: 64,
  });
}
