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
    copyCase('reversed, every second', 2, 3 * 7, 3 * 4, {
      ...{ dims: [3, 4], xItem: 21, yItem: 12, xStrides: [7, -2], yStrides: [4, 1], xOrigin: -6 },
    }),
    {
      ...copyCase('a layer: 64 at 48x48, rows to channels last', 1, 64 * 48 * 48, 64 * 48 * 48, {
        ...{ dims: [1, 48, 48, 64], xItem: 147456, yItem: 147456 },
        ...{ xStrides: [0, 48, 1, 2304], yStrides: [0, 3072, 64, 1] },
      }),
      timed: 'phone',
    },
    copyCase('repeated', 2, 3, 2 * 3 * 2, {
      ...{ dims: [2, 3, 2], xItem: 3, yItem: 12, xStrides: [0, 1, 0], yStrides: [6, 2, 1] },
    }),
    copyCase('five axes in another order', 2, 120, 120, {
      ...{ dims: [5, 4, 3, 2, 1], xItem: 120, yItem: 120 },
      ...{ xStrides: [1, 5, 20, 60, 0], yStrides: [24, 6, 2, 1, 0] },
    }),
    copyCase('eight axes, padded and reversed', 1, 256, 512, {
      ...{ dims: [2, 2, 2, 2, 2, 2, 2, 4], xItem: 256, yItem: 512, fill: -2 },
      ...{ low: [0, 0, 0, 0, 0, 0, 0, 1], high: [2, 2, 2, 2, 2, 2, 2, 3] },
      ...{ xStrides: [2, 4, 8, 16, 32, 64, 128, -1], yStrides: [256, 128, 64, 32, 16, 8, 4, 1], xOrigin: -2 },
    }),
  ],
};
