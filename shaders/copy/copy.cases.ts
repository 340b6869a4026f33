import { type Case, exact, type KernelCases, random } from '../cases/case';
import { type CopyOptions, planCopy } from './copy';
import { copy } from './copy.ref';

function copyCase(name: string, B: number, xSize: number, ySize: number, o: CopyOptions): Case {
  return {
    name,
    build() {
      const x = random(1, B * xSize);
      const expected = copy(o, B, x, B * ySize);
      return {
        candidates: planCopy(o),
        batch: B,
        operands: { x },
        expected,
        tolerance: exact,
        cost: { flop: 0, bytes: 4 * (x.length + expected.length) },
      };
    },
  };
}

export const copyCases: KernelCases = {
  kernel: 'copy',
  cases: [
    copyCase('one number', 1, 1, 1, {
      ...{ dims: [1, 1, 1, 1], xItem: 1, yItem: 1, xStrides: [1, 1, 1, 1], yStrides: [1, 1, 1, 1] },
    }),
    copyCase('rows to channels last, filled', 2, 5 * 3 * 4, 3 * 4 * 8, {
      ...{ dims: [1, 3, 4, 8], xItem: 60, yItem: 96, xStrides: [0, 4, 1, 12], yStrides: [0, 32, 8, 1] },
      high: [1, 3, 4, 5],
    }),
    copyCase('channels last to rows', 3, 3 * 4 * 8, 5 * 3 * 4, {
      ...{ dims: [1, 5, 3, 4], xItem: 96, yItem: 60, xStrides: [0, 1, 32, 8], yStrides: [0, 12, 4, 1] },
    }),
    copyCase('pad with 1.5', 2, 3 * 4, 6 * 7, {
      ...{ dims: [1, 1, 6, 7], xItem: 12, yItem: 42, xStrides: [0, 0, 4, 1], yStrides: [0, 0, 7, 1] },
      ...{ low: [0, 0, 2, 1], high: [1, 1, 5, 5], xOrigin: 9, fill: 1.5 },
    }),
    copyCase('the second part of a concatenation', 2, 3 * 5, 3 * 11, {
      ...{
        dims: [1, 1, 3, 5],
        xItem: 15,
        yItem: 33,
        xStrides: [0, 0, 5, 1],
        yStrides: [0, 0, 11, 1],
        yOrigin: 6,
      },
    }),
    copyCase('more than a workgroup', 1, 200, 200, {
      ...{ dims: [1, 1, 10, 20], xItem: 200, yItem: 200, xStrides: [0, 0, 1, 10], yStrides: [0, 0, 20, 1] },
    }),
  ],
};
