import {
  type Candidates,
  ceilDiv,
  channels4,
  type Kernel,
  LONGEST_SUM,
  type Plan,
  plainPlan,
} from '../plan/plan';
import code from './global-pool.wgsl?raw';
import lanesCode from './global-pool-lanes.wgsl?raw';

/** x (B,C,H,W) -> y (B,C,1,1). */
export interface GlobalPoolOptions {
  readonly B: number;
  readonly C: number;
  readonly H: number;
  readonly W: number;
  readonly kind: 'average' | 'max';
}

const kernel: Kernel = { name: 'global-pool', files: [{ name: 'global-pool.wgsl', code }] };
const lanesKernel: Kernel = {
  name: 'global-pool-lanes',
  files: [{ name: 'global-pool-lanes.wgsl', code: lanesCode }],
};

/** Operand x -> y. */
export function planGlobalPool(o: GlobalPoolOptions): Candidates {
  const constants = { C: o.C, H: o.H, W: o.W, LARGEST: o.kind === 'max' ? 1 : 0 };
  const bindings = ['x', 'y'];
  const blocks = channels4(o.C) / 4;
  const start = plainPlan({ kernel, constants, bindings, workgroups: [ceilDiv(blocks, 64), 1, 1] });
  const lanes: Plan = {
    ...plainPlan({ kernel: lanesKernel, constants, bindings, workgroups: [blocks, 1, 1] }),
    variant: 'lanes',
  };
  if (o.H * o.W > LONGEST_SUM) return { start: lanes, ranked: [lanes] };
  // The reduction at the end is only worth its time if each lane has several pixels.
  return { start, ranked: o.H * o.W > 256 ? [lanes, start] : [start, lanes] };
}
