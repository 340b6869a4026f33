import { type Candidates, channels4, type Kernel, line, onlyPlain } from '../plan/plan';
import averageCode from './average-pool.wgsl?raw';
import maxCode from './max-pool.wgsl?raw';

/** Sizes in the names of ONNX's pools: x (B,C,H,W), y (B,C,HO,WO). */
export interface PoolOptions {
  readonly B: number;
  readonly C: number;
  readonly H: number;
  readonly W: number;
  readonly HO: number;
  readonly WO: number;
  readonly KH: number;
  readonly KW: number;
  readonly strides: readonly [number, number];
  readonly pads: readonly [top: number, left: number, bottom: number, right: number];
  readonly dilations: readonly [number, number];
  /** `average` does not count the padding, `average-pad` counts it. */
  readonly kind: 'max' | 'average' | 'average-pad' | 'sum';
}

const maxPool: Kernel = { name: 'max-pool', files: [{ name: 'max-pool.wgsl', code: maxCode }] };
const averagePool: Kernel = {
  name: 'average-pool',
  files: [{ name: 'average-pool.wgsl', code: averageCode }],
};

/** Operand x -> y. */
export function planPool(o: PoolOptions): Candidates {
  const constants = {
    C: o.C,
    H: o.H,
    W: o.W,
    HO: o.HO,
    WO: o.WO,
    KH: o.KH,
    KW: o.KW,
    STRIDE_H: o.strides[0],
    STRIDE_W: o.strides[1],
    PAD_TOP: o.pads[0],
    PAD_LEFT: o.pads[1],
    DILATION_H: o.dilations[0],
    DILATION_W: o.dilations[1],
  };
  const average = {
    ...constants,
    PAD_BOTTOM: o.pads[2],
    PAD_RIGHT: o.pads[3],
    DIVISOR: ['average', 'average-pad', 'sum'].indexOf(o.kind),
  };
  return onlyPlain({
    kernel: o.kind === 'max' ? maxPool : averagePool,
    constants: o.kind === 'max' ? constants : average,
    bindings: ['x', 'y'],
    workgroups: [...line((o.HO * o.WO * channels4(o.C)) / 4, 64), 1],
  });
}
