import { type Case, exact, type KernelCases, random } from '../cases/case';
import { planTopK, type TopKOptions } from './topk';
import { topK } from './topk.ref';

function topKCase(name: string, B: number, o: TopKOptions): Case {
  return {
    name,
    build() {
      const x = random(1, B * o.outer * o.N * o.inner).map((v) => Math.round(v * 8)); // with equal numbers
      const expected = topK(o, B, x);
      return {
        candidates: planTopK(o),
        batch: B,
        operands: { x },
        expected,
        tolerance: exact,
        cost: { flop: x.length * o.K, bytes: 4 * (x.length + expected.length) },
      };
    },
  };
}

export const topKCases: KernelCases = {
  kernel: 'topk',
  cases: [
    topKCase('one number', 1, { outer: 1, N: 1, inner: 1, K: 1, largest: true, indices: false }),
    ...[true, false].flatMap((largest) =>
      [true, false].map((indices) =>
        topKCase(`${largest ? 'largest' : 'smallest'}, ${indices ? 'indices' : 'numbers'}`, 2, {
          ...{ outer: 3, N: 65, inner: 2, K: 7, largest, indices },
        }),
      ),
    ),
    topKCase('all of 63', 2, { outer: 1, N: 63, inner: 1, K: 63, largest: true, indices: true }),
    {
      ...topKCase('300 of 1000', 1, { outer: 1, N: 1000, inner: 1, K: 300, largest: true, indices: false }),
      timed: 'phone',
    },
  ],
};
