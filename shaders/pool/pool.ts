import { type Candidates, channels4, type Kernel, line, onlyPlain } from '../plan/plan';
import { type WindowOptions, windowConstants } from '../plan/window';
import averageCode from './average-pool.wgsl?raw';
import maxCode from './max-pool.wgsl?raw';

/** Sizes in the names of ONNX's pools: x (B,C,H,W), y (B,C,HO,WO). */
export interface PoolOptions extends WindowOptions {
  readonly B: number;
  readonly C: number;
  readonly pads: readonly [top: number, left: number, bottom: number, right: number];
  /** `average` does not count the padding, `average-pad` counts it. */
  readonly kind: 'max' | 'average' | 'average-pad' | 'sum';
}

const maxPool: Kernel = { name: 'max-pool', files: [{ name: 'max-pool.wgsl', code: maxCode }] };
const averagePool: Kernel = {
  name: 'average-pool',
  files: [{ name: 'average-pool.wgsl', code: averageCode }],
};

/** The kernel's DIVISOR: what the sum of a window is divided by. */
const DIVISORS = { average: 0, 'average-pad': 1, sum: 2 } as const;

/** Operand x -> y. */
export function planPool(o: PoolOptions): Candidates {
  const common = {
    bindings: ['x', 'y'],
    workgroups: [...line((o.HO * o.WO * channels4(o.C)) / 4, 64), 1] as const,
  };
  const constants = { C: o.C, ...windowConstants(o) };
  if (o.kind === 'max') return onlyPlain({ kernel: maxPool, constants, ...common });
  const counting = { PAD_BOTTOM: o.pads[2], PAD_RIGHT: o.pads[3], DIVISOR: DIVISORS[o.kind] };
  return onlyPlain({ kernel: averagePool, constants: { ...constants, ...counting }, ...common });
}
