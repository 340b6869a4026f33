import { type Case, exact, type KernelCases, random } from '../cases/case';
import { type Pass, workgroupsFor } from '../plan/plan';
import { gridTable, planGrids } from './grids';

/** Passes with every batch axis, and with none. Only their workgroups matter here. */
const passes = (S: number): Pass[] => {
  const sizes = random(3, S * 3, 1, 300);
  return Array.from({ length: S }, (_, s) => ({
    kernel: { name: 'none', files: [] },
    constants: {},
    bindings: [],
    workgroups: [0, 1, 2].map((k) => Math.floor(sizes[s * 3 + k])) as [number, number, number],
    batchAxis: ([0, 1, 2, undefined] as const)[s % 4],
    itemsPerWorkgroup: [undefined, 8, 64][s % 3],
  }));
};

export const gridsCases: KernelCases = {
  kernel: 'grids',
  cases: [
    [1, 1],
    [65, 0],
    [30, 16],
    [64, 9],
  ].map(
    ([S, count]): Case => ({
      name: `${S} dispatches, ${count} faces`,
      timed: S === 64 ? 'phone' : undefined,
      build() {
        const all = passes(S);
        // The reference is what the CPU would dispatch. The bits of the whole numbers are compared, read as f32.
        const grids = Uint32Array.from(all.flatMap((pass) => workgroupsFor(pass, count)));
        return {
          candidates: planGrids({ S }),
          batch: 1,
          operands: { table: gridTable(all), faces: Float32Array.of(count, 0, 0, 0) },
          expected: Float64Array.from(new Float32Array(grids.buffer)),
          tolerance: exact,
          cost: { flop: S * 6, bytes: S * 28 },
        };
      },
    }),
  ),
};
