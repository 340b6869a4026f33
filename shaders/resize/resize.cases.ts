import { type Case, exact, type KernelCases, random, sumTolerance } from '../cases/case';
import { channels4 } from '../plan/plan';
import { planResizeNearest, type ResizeOptions } from './resize';
import { planResizeAxis, type ResizeAxisOptions } from './resize-axis';

/** The reference is short, so it is in this file. */
function resize(o: ResizeOptions, x: Float32Array, rows: Uint32Array, columns: Uint32Array): Float64Array {
  const C4 = channels4(o.C);
  const y = new Float64Array(o.B * o.HO * o.WO * C4).fill(Number.NaN);
  for (let b = 0; b < o.B; b++)
    for (let oy = 0; oy < o.HO; oy++)
      for (let ox = 0; ox < o.WO; ox++)
        for (let c = 0; c < o.C; c++)
          y[((b * o.HO + oy) * o.WO + ox) * C4 + c] = x[((b * o.H + rows[oy]) * o.W + columns[ox]) * C4 + c];
  return y;
}

function resizeAxis(o: ResizeAxisOptions, B: number, x: Float32Array, taps: Float32Array): Float64Array {
  const y: number[] = [];
  for (let row = 0; row < B * o.outer; row++)
    for (let k = 0; k < o.K; k++)
      for (let n = 0; n < o.inner; n++) {
        let sum = 0;
        for (let t = 0; t < o.T; t++) {
          const [source, weight] = taps.subarray(2 * (k * o.T + t));
          sum += weight * x[(row * o.A + source) * o.inner + n];
        }
        y.push(sum);
      }
  return Float64Array.from(y);
}

const axisCase = (name: string, B: number, o: ResizeAxisOptions): Case => ({
  name,
  build() {
    const x = random(1, B * o.outer * o.A * o.inner);
    const weights = random(2, o.K * o.T);
    const taps = Float32Array.from({ length: 2 * o.K * o.T }, (_, i) =>
      i % 2 ? weights[i >> 1] : (i * 7) % o.A,
    );
    const expected = resizeAxis(o, B, x, taps);
    return {
      candidates: planResizeAxis(o),
      batch: B,
      operands: { x, taps },
      expected,
      tolerance: sumTolerance(o.T),
      cost: { flop: 2 * expected.length * o.T, bytes: 4 * (x.length + expected.length) },
    };
  },
});

const sizes = {
  'one pixel': { B: 1, C: 1, H: 1, W: 1, HO: 1, WO: 1 },
  'twice as large': { B: 2, C: 5, H: 3, W: 4, HO: 6, WO: 8 },
  'smaller, not square': { B: 1, C: 8, H: 9, W: 7, HO: 4, WO: 5 },
  'a layer: 64 at 24x24, twice as large': { B: 1, C: 64, H: 24, W: 24, HO: 48, WO: 48 },
};

export const resizeCases: KernelCases = {
  kernel: 'resize',
  cases: [
    ...Object.entries(sizes).map(
      ([name, o]): Case => ({
        name,
        timed: name.startsWith('a layer') ? 'phone' : undefined,
        build() {
          const x = random(1, o.B * o.H * o.W * channels4(o.C));
          const rows = Uint32Array.from({ length: o.HO }, (_, i) => Math.floor((i * o.H) / o.HO));
          const columns = Uint32Array.from({ length: o.WO }, (_, i) => Math.floor((i * o.W) / o.WO));
          const expected = resize(o, x, rows, columns);
          return {
            candidates: planResizeNearest(o),
            batch: o.B,
            operands: { x, rows, columns },
            expected,
            tolerance: exact,
            cost: { flop: 0, bytes: 8 * expected.length },
          };
        },
      }),
    ),
    axisCase('an axis of one number', 1, { outer: 1, A: 1, K: 1, inner: 1, T: 1 }),
    axisCase('an axis, two numbers each', 2, { outer: 3, A: 5, K: 11, inner: 4, T: 2 }),
    axisCase('the last axis, four numbers each', 2, { outer: 9, A: 9, K: 4, inner: 1, T: 4 }),
  ],
};
