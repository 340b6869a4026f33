import { type Case, EPS, type KernelCases, random } from '../cases/case';
import { type LrnOptions, planLrn } from './lrn';
import { lrn } from './lrn.ref';

function lrnCase(name: string, o: LrnOptions, timed?: Case['timed']): Case {
  return {
    name,
    timed,
    build() {
      const x = random(1, o.B * o.C * o.inner);
      return {
        candidates: planLrn(o),
        batch: o.B,
        operands: { x },
        expected: lrn(o, x),
        tolerance: {
          abs: 0,
          // pow is exp2(BETA log2(v)) in WGSL, with v in 0.5..4: log2 may be wrong by 2^-21 or by 3 ulp of at most 2,
          // exp2 by 3 + 2 |BETA log2(v)| ulp. v itself has a rounding for each square.
          rel: o.beta * (2 ** -21 + 12 * EPS + (o.size + 4) * EPS) + (2 * (3 + 4 * o.beta) + 4) * EPS,
          why: `a sum of ${o.size} squares, log2 and exp2`,
        },
        cost: { flop: 2 * o.size * x.length, bytes: 8 * x.length },
      };
    },
  };
}

export const lrnCases: KernelCases = {
  kernel: 'lrn',
  cases: [
    lrnCase('one number', { B: 1, C: 1, inner: 1, size: 1, alpha: 1, beta: 0.5, bias: 1 }),
    lrnCase('more channels than there are', { B: 2, C: 3, inner: 5, size: 9, alpha: 2, beta: 0.75, bias: 1 }),
    lrnCase('an even number of channels', { B: 3, C: 7, inner: 11, size: 4, alpha: 1, beta: 1, bias: 0.5 }),
    lrnCase(
      'a layer: 96 at 27x27',
      { B: 1, C: 96, inner: 729, size: 5, alpha: 1e-4, beta: 0.75, bias: 2 },
      'phone',
    ),
  ],
};
