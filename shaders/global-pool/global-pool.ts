import { channels4, type Kernel, type Plan, plain } from '../plan';
import code from './global-pool.wgsl?raw';

/** x (B,C,H,W) -> y (B,C,1,1). */
export interface GlobalPoolOptions {
  readonly B: number;
  readonly C: number;
  readonly H: number;
  readonly W: number;
  readonly kind: 'average' | 'max';
}

const kernel: Kernel = { name: 'global-pool', files: [{ name: 'global-pool.wgsl', code }] };

/** Operand x -> y. */
export function planGlobalPool(o: GlobalPoolOptions): Plan[] {
  return plain({
    kernel,
    constants: { C: o.C, H: o.H, W: o.W, LARGEST: o.kind === 'max' ? 1 : 0 },
    bindings: ['x', 'y'],
    workgroups: [channels4(o.C) / 4, 1, 1],
  });
}
