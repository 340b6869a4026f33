import { exact, type KernelCases, random } from '../cases/case';
import { channels4 } from '../plan/plan';
import { planResizeNearest, type ResizeOptions } from './resize';

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

const sizes = {
  'one pixel': { B: 1, C: 1, H: 1, W: 1, HO: 1, WO: 1 },
  'twice as large': { B: 2, C: 5, H: 3, W: 4, HO: 6, WO: 8 },
  'smaller, not square': { B: 1, C: 8, H: 9, W: 7, HO: 4, WO: 5 },
};

export const resizeCases: KernelCases = {
  kernel: 'resize',
  cases: Object.entries(sizes).map(([name, o]) => ({
    name,
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
  })),
};
