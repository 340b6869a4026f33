import { type Case, exact, type KernelCases, random, sumTolerance } from '../cases/case';
import { channels4 } from '../plan/plan';
import { pool } from '../pool/pool.ref';
import { planGlobalPool } from './global-pool';

const sizes = {
  'one number': { B: 1, C: 1, H: 1, W: 1 },
  'fewer pixels than lanes': { B: 2, C: 5, H: 7, W: 9 },
  'more pixels than lanes': { B: 1, C: 8, H: 5, W: 13 },
  'more pixels than one invocation adds': { B: 1, C: 3, H: 33, W: 32 },
  'a layer: 192 at 6x6': { B: 2, C: 192, H: 6, W: 6 },
};

/** The reference is that of pool, with a window as large as the picture. */
export const globalPoolCases: KernelCases = {
  kernel: 'global-pool',
  cases: Object.entries(sizes).flatMap(([name, size]) =>
    (['average', 'max'] as const).map(
      (kind): Case => ({
        name: `${kind}: ${name}`,
        timed: name.startsWith('a layer') ? 'phone' : undefined,
        build() {
          const { B, C, H, W } = size;
          // Below 0, so that a maximum that starts at 0 would fail.
          const x = random(1, B * H * W * channels4(C), -1, kind === 'max' ? -0.1 : 1);
          const window = { KH: H, KW: W, HO: 1, WO: 1 };
          const still = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] } as const;
          const expected = pool({ ...size, ...window, ...still, kind }, x);
          return {
            candidates: planGlobalPool({ ...size, kind }),
            batch: B,
            operands: { x },
            expected,
            tolerance: kind === 'max' ? exact : sumTolerance(H * W),
            cost: { flop: x.length, bytes: 4 * (x.length + expected.length) },
          };
        },
      }),
    ),
  ),
};
