import { type Candidates, channels4, type Kernel, line, onlyPlain } from '../plan/plan';
import code from './resize-nearest.wgsl?raw';

/** x (B,C,H,W) -> y (B,C,HO,WO). */
export interface ResizeOptions {
  readonly B: number;
  readonly C: number;
  readonly H: number;
  readonly W: number;
  readonly HO: number;
  readonly WO: number;
}

const kernel: Kernel = { name: 'resize-nearest', files: [{ name: 'resize-nearest.wgsl', code }] };

/** Operands x, rows (HO), columns (WO) of u32 -> y. */
export function planResizeNearest(o: ResizeOptions): Candidates {
  return onlyPlain({
    kernel,
    constants: { C: o.C, H: o.H, W: o.W, HO: o.HO, WO: o.WO },
    bindings: ['x', 'rows', 'columns', 'y'],
    workgroups: [...line((o.HO * o.WO * channels4(o.C)) / 4, 64), 1],
  });
}
