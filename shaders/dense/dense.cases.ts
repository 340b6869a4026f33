import { type Case, type KernelCases, random, sumTolerance } from '../cases/case';
import type { Activation } from '../snippets/activation';
import { type DenseOptions, planDense } from './dense';
import { dense } from './dense.ref';

type Size = Omit<DenseOptions, 'weightStrides' | 'constant'> & Partial<DenseOptions>;

function denseCase(name: string, size: Size, timed?: Case['timed']): Case {
  return {
    name,
    timed,
    build(reference = true) {
      const o: DenseOptions = { weightStrides: [0, size.I, 1], constant: true, ...size };
      const x = random(1, o.B * o.M * o.I);
      const coarse = (w: number) => (o.halves ? Math.round(w * 1024) / 1024 : w); // a half
      const weight = random(2, o.O * o.I * (o.weightStrides[0] ? o.B : 1)).map(coarse);
      const bias = random(3, o.O);
      const expected = reference ? dense(o, x, weight, bias) : new Float64Array(o.B * o.M * o.O);
      return {
        candidates: planDense(o),
        batch: o.B,
        operands: { x, weight, bias },
        expected,
        tolerance: sumTolerance(o.I + 1),
        cost: {
          flop: 2 * expected.length * o.I,
          bytes: 4 * (x.length + weight.length + expected.length),
        },
      };
    },
  };
}

const relu: Activation = { op: 'Relu' };

export const denseCases: KernelCases = {
  kernel: 'dense',
  cases: [
    denseCase('one number', { B: 1, M: 1, I: 1, O: 1 }),
    denseCase('one below the workgroup', { B: 2, M: 1, I: 63, O: 5, activation: relu }),
    denseCase('one above the workgroup', { B: 3, M: 1, I: 65, O: 7 }),
    denseCase('rows in an item', { B: 2, M: 3, I: 10, O: 4 }),
    denseCase('weight not transposed', { B: 2, M: 2, I: 9, O: 6, weightStrides: [0, 1, 6] }),
    denseCase('a weight for each item', { B: 3, M: 4, I: 8, O: 5, weightStrides: [40, 1, 5] }),
    denseCase('one row', { B: 1, M: 1, I: 260, O: 9, activation: relu }),
    denseCase('rows of all items together', { B: 3, M: 5, I: 68, O: 17, activation: { op: 'Tanh' } }),
    denseCase('rows one above a tile, not transposed', { B: 9, M: 1, I: 12, O: 8, weightStrides: [0, 1, 8] }),
    denseCase('three rows, weights of halves', { B: 3, M: 1, I: 264, O: 12, halves: true, activation: relu }),
    denseCase('nine rows, weights of halves', { B: 9, M: 1, I: 20, O: 9, halves: true }),
    denseCase('weights that are not constant', { B: 2, M: 1, I: 8, O: 8, constant: false }),
    denseCase('a layer: 1728 to 128', { B: 2, M: 1, I: 1728, O: 128, activation: relu }, 'phone'),
    denseCase('a layer: 4096 to 4096', { B: 1, M: 1, I: 4096, O: 4096 }, 'laptop'),
    denseCase('a layer: 4096 to 4096, batch 256', { B: 256, M: 1, I: 4096, O: 4096 }, 'workstation'),
  ],
};
