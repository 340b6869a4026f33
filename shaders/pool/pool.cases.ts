import { type Case, exact, type KernelCases, random, sumTolerance } from '../cases/case';
import { channels4 } from '../plan/plan';
import { type PoolOptions, planPool } from './pool';
import { pool } from './pool.ref';

const base = { B: 1, dilations: [1, 1], pads: [0, 0, 0, 0], strides: [2, 2], KH: 2, KW: 2 } as const;
type Size = Omit<PoolOptions, keyof typeof base> & Partial<PoolOptions>;

function poolCase(name: string, size: Size, timed?: Case['timed']): Case {
  return {
    name,
    timed,
    build(reference = true) {
      const o: PoolOptions = { ...base, ...size };
      // Below 0, so that a maximum that starts at 0 would fail.
      const x = random(1, o.B * o.H * o.W * channels4(o.C), -1, o.kind === 'max' ? -0.1 : 1);
      const expected = reference ? pool(o, x) : new Float64Array(o.B * o.HO * o.WO * channels4(o.C));
      const taps = o.KH * o.KW;
      return {
        candidates: planPool(o),
        batch: o.B,
        operands: { x },
        expected,
        tolerance: o.kind === 'max' ? exact : sumTolerance(taps),
        cost: { flop: expected.length * taps, bytes: 4 * (x.length + expected.length) },
      };
    },
  };
}

const kinds = ['max', 'average', 'average-pad', 'sum'] as const;

/** Layers that only the benchmark runs. */
const large = [
  poolCase('max: a layer, 128 at 112x112', { kind: 'max', C: 128, H: 112, W: 112, HO: 56, WO: 56 }, 'laptop'),
  poolCase(
    'max: a layer, 256 at 112x112, batch 16',
    { kind: 'max', B: 16, C: 256, H: 112, W: 112, HO: 56, WO: 56 },
    'workstation',
  ),
];

export const poolCases: KernelCases = {
  kernel: 'pool',
  cases: [
    ...large,
    ...kinds.flatMap((kind) => [
      poolCase(`${kind}: one number`, {
        kind,
        C: 1,
        H: 1,
        W: 1,
        HO: 1,
        WO: 1,
        KH: 1,
        KW: 1,
        strides: [1, 1],
      }),
      poolCase(`${kind}: 2x2`, { kind, B: 2, C: 5, H: 6, W: 4, HO: 3, WO: 2 }),
      poolCase(`${kind}: 3x3, stride 2, pads unlike`, {
        ...{ kind, C: 8, H: 9, W: 7, HO: 5, WO: 4, KH: 3, KW: 3, pads: [1, 0, 1, 2] },
      }),
      // ceil_mode: the last window extends past the padding.
      poolCase(`${kind}: a window past the padding`, {
        ...{ kind, C: 4, H: 6, W: 6, HO: 4, WO: 4, KH: 3, KW: 3, pads: [1, 1, 0, 0] },
      }),
      poolCase(`${kind}: dilated`, { kind, C: 3, H: 8, W: 9, HO: 3, WO: 3, dilations: [3, 2] }),
      poolCase(`${kind}: a layer, 48 at 24x24`, { kind, C: 48, H: 24, W: 24, HO: 12, WO: 12 }, 'phone'),
    ]),
  ],
};
