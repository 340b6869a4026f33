import { type Case, exact, type KernelCases, random } from '../cases/case';
import { type GatherOptions, planGather } from './gather';
import { gather } from './gather.ref';

function gatherCase(name: string, B: number, o: GatherOptions): Case {
  return {
    name,
    build() {
      const x = random(1, (o.xItem ? B : 1) * o.outer * o.A * o.inner);
      // From -A to A - 1, or a little outside.
      const count = B * o.outer * o.K * o.inner;
      const indices = random(2, count, -o.A - 1, o.A + 1).map(Math.floor);
      const expected = gather(o, B, x, indices);
      return {
        candidates: planGather(o),
        batch: B,
        operands: { x, indices },
        expected,
        tolerance: exact,
        cost: { flop: 0, bytes: 12 * expected.length },
      };
    },
  };
}

export const gatherCases: KernelCases = {
  kernel: 'gather',
  cases: [
    gatherCase('one number', 1, { outer: 1, A: 1, K: 1, inner: 1, xItem: 1, indexStrides: [0, 0, 0, 0] }),
    gatherCase('shared indices', 2, {
      ...{ outer: 3, A: 5, K: 4, inner: 6, xItem: 90, indexStrides: [0, 0, 1, 0] },
    }),
    gatherCase('rows of a shared table', 3, {
      ...{ outer: 1, A: 7, K: 2, inner: 33, xItem: 0, indexStrides: [2, 0, 1, 0] },
    }),
    {
      ...gatherCase('64 rows of 384 from a table of 1,000', 1, {
        ...{ outer: 1, A: 1000, K: 64, inner: 384, xItem: 0, indexStrides: [0, 0, 1, 0] },
      }),
      timed: 'phone',
    },
    gatherCase('an index for each number', 2, {
      ...{ outer: 2, A: 5, K: 3, inner: 7, xItem: 70, indexStrides: [42, 21, 7, 1] },
    }),
  ],
};
