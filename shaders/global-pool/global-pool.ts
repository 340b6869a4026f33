import { ceilDiv, channels4, type Kernel, type Plan, plain } from '../plan/plan';
import code from './global-pool.wgsl?raw';
import lanes from './global-pool-lanes.wgsl?raw';

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
  files: [{ name: 'global-pool-lanes.wgsl', code: lanes }],
};

/** Operand x -> y. */
export function planGlobalPool(o: GlobalPoolOptions): Plan[] {
  const constants = { C: o.C, H: o.H, W: o.W, LARGEST: o.kind === 'max' ? 1 : 0 };
  const bindings = ['x', 'y'];
  const blocks = channels4(o.C) / 4;
  const [one] = plain({ kernel, constants, bindings, workgroups: [ceilDiv(blocks, 64), 1, 1] });
  const [many] = plain({ kernel: lanesKernel, constants, bindings, workgroups: [blocks, 1, 1] });
  const plans = [one, { ...many, variant: 'lanes' }];
  // Untimed, the lanes are worth their meeting where each has several pixels.
  return o.H * o.W > 256 ? plans : plans.reverse();
}
