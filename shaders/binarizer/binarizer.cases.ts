import { type Case, exact, type KernelCases, random } from '../cases/case';
import { planBinarizer } from './binarizer';
import { binarized } from './binarizer.ref';

export const binarizerCases: KernelCases = {
  kernel: 'binarizer',
  cases: [
    { B: 1, size: 1, threshold: 0 },
    { B: 3, size: 63, threshold: 0.5 },
    { B: 2, size: 65, threshold: -0.25 },
    { B: 1, size: 64 * 48 * 48, threshold: 0.25 },
  ].map(
    ({ B, size, threshold }): Case => ({
      name: `${B} rows of ${size}, threshold ${threshold}`,
      timed: size > 1000 ? 'phone' : undefined,
      build() {
        const x = random(1, B * size).map((v) => Math.round(v * 8) / 8); // some are equal to the threshold
        return {
          candidates: planBinarizer({ size, threshold }),
          batch: B,
          operands: { x },
          expected: binarized({ size, threshold }, x),
          tolerance: exact,
          cost: { flop: x.length, bytes: 8 * x.length },
        };
      },
    }),
  ),
};
