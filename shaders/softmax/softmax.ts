import { type Candidates, type Kernel, LONGEST_SUM, line, type Plan, plainPlan } from '../plan/plan';
import code from './softmax.wgsl?raw';
import lanesCode from './softmax-lanes.wgsl?raw';

/** x, y (B,outer,N,inner). Softmax is along N. */
export interface SoftmaxOptions {
  readonly B: number;
  readonly outer: number;
  readonly N: number;
  readonly inner: number;
  readonly log: boolean;
}

const kernel: Kernel = { name: 'softmax', files: [{ name: 'softmax.wgsl', code }] };
const lanesKernel: Kernel = {
  name: 'softmax-lanes',
  files: [{ name: 'softmax-lanes.wgsl', code: lanesCode }],
};

/** Operand x -> y. */
export function planSoftmax(o: SoftmaxOptions): Candidates {
  const constants = { OUTER: o.outer, N: o.N, INNER: o.inner, LOG: o.log ? 1 : 0 };
  const bindings = ['x', 'y'];
  const rows = o.outer * o.inner;
  const plain = plainPlan({ kernel, constants, bindings, workgroups: [...line(rows, 64), 1] });
  const lanes: Plan = {
    ...plainPlan({ kernel: lanesKernel, constants, bindings, workgroups: [...line(rows, 1), 1] }),
    variant: 'lanes',
  };
  if (o.N > LONGEST_SUM) return { start: lanes, ranked: [lanes] };
  // Sharing a row is only worth its barriers if each lane has several numbers.
  return { start: plain, ranked: o.N > 256 ? [lanes, plain] : o.N > 64 ? [plain, lanes] : [plain] };
}
