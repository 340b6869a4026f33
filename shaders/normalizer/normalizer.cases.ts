import { type Case, EPS, type KernelCases, random } from '../cases/case';
import { NORMS, planNormalizer } from './normalizer';
import { normalizer } from './normalizer.ref';

export const normalizerCases: KernelCases = {
  kernel: 'normalizer',
  cases: NORMS.flatMap((norm) =>
    [1, 63, 130].map(
      (I): Case => ({
        name: `${norm}, ${I} features`,
        timed: norm === 'L2' && I === 130 ? 'phone' : undefined,
        build() {
          const o = { B: 3, I, norm };
          const x = random(1, o.B * I);
          x.fill(0, 0, I); // a row of zeros
          return {
            candidates: planNormalizer(o),
            batch: o.B,
            operands: { x },
            expected: normalizer(o, x),
            tolerance: {
              abs: 0,
              rel: (I + 8) * EPS,
              why: `a sum of ${I} positive numbers, a root, a quotient`,
            },
            cost: { flop: 3 * x.length, bytes: 8 * x.length },
          };
        },
      }),
    ),
  ),
};
