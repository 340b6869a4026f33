import { exact, type KernelCases, random } from '../cases/case';
import { planArgMax } from './argmax';

/** The reference is short, so it is in this file. */
function argMax(B: number, I: number, x: Float32Array): Float64Array {
  return Float64Array.from({ length: B }, (_, b) => {
    const row = x.subarray(b * I, (b + 1) * I);
    return row.indexOf(Math.max(...row));
  });
}

export const argMaxCases: KernelCases = {
  kernel: 'argmax',
  cases: [
    [1, 1],
    [63, 7],
    [65, 10],
  ].map(([B, I]) => ({
    name: `${B} rows of ${I}`,
    build() {
      const x = random(1, B * I).map((v) => Math.round(v * 4)); // with equal numbers
      return {
        candidates: planArgMax({ B, I }),
        batch: B,
        operands: { x },
        expected: argMax(B, I, x),
        tolerance: exact,
        cost: { flop: x.length, bytes: 4 * (x.length + B) },
      };
    },
  })),
};
