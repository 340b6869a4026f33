import { type Case, exact, type KernelCases, random } from '../cases/case';
import { planArgMax } from './argmax';
import { type ArgMaxAxisOptions, planArgMaxAxis } from './argmax-axis';

/** The reference is short, so it is in this file. */
function argMax(B: number, I: number, x: Float32Array): Float64Array {
  return Float64Array.from({ length: B }, (_, b) => {
    const row = x.subarray(b * I, (b + 1) * I);
    return row.indexOf(Math.max(...row));
  });
}

function argMaxAxis(o: ArgMaxAxisOptions, B: number, x: Float32Array): Float64Array {
  return Float64Array.from({ length: B * o.outer * o.inner }, (_, at) => {
    const first = Math.floor(at / o.inner) * o.N * o.inner + (at % o.inner);
    const row = Array.from({ length: o.N }, (_, i) => x[first + i * o.inner]);
    const best = o.smallest ? Math.min(...row) : Math.max(...row);
    return o.last ? row.lastIndexOf(best) : row.indexOf(best);
  });
}

const axisCase = (name: string, B: number, o: ArgMaxAxisOptions): Case => ({
  name,
  build() {
    const x = random(1, B * o.outer * o.N * o.inner).map((v) => Math.round(v * 4)); // with equal numbers
    return {
      candidates: planArgMaxAxis(o),
      batch: B,
      operands: { x },
      expected: argMaxAxis(o, B, x),
      tolerance: exact,
      cost: { flop: x.length, bytes: 4 * (x.length + x.length / o.N) },
    };
  },
});

export const argMaxCases: KernelCases = {
  kernel: 'argmax',
  cases: [
    ...[
      [1, 1],
      [63, 7],
      [65, 10],
    ].map(
      ([B, I]): Case => ({
        name: `${B} rows of ${I}`,
        timed: B === 65 ? 'phone' : undefined,
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
      }),
    ),
    axisCase('an axis of one number', 1, { outer: 1, N: 1, inner: 1, smallest: false, last: false }),
    ...[true, false].flatMap((smallest) =>
      [true, false].map((last) =>
        axisCase(`the ${last ? 'last' : 'first'} ${smallest ? 'smallest' : 'largest'} along an axis`, 2, {
          ...{ outer: 3, N: 10, inner: 22, smallest, last },
        }),
      ),
    ),
  ],
};
