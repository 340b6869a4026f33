import { type Case, type KernelCases, random, sumTolerance } from '../cases/case';
import { type MatMulOptions, planMatMul } from './matmul';
import { matMul } from './matmul.ref';

type Sizes = Pick<MatMulOptions, 'M' | 'I' | 'O'> & Partial<MatMulOptions>;

/** Row-major operands; `o` changes what differs. */
function matMulCase(name: string, B: number, sizes: Sizes, timed?: Case['timed']): Case {
  return {
    name,
    timed,
    build(reference = true) {
      const { M, I, O, groups = [1, 1, 1] } = sizes;
      const [, G1, G2] = groups;
      const G = groups[0] * G1 * G2;
      const strides = (matrix: number) => [G1 * G2 * matrix, G2 * matrix, matrix] as const;
      const o: MatMulOptions = {
        groups,
        x: { item: G * M * I, groups: strides(M * I), row: I, inner: 1 },
        w: { item: G * I * O, groups: strides(I * O), inner: O, column: 1 },
        ...sizes,
      };
      const x = random(1, B * G * M * I);
      const w = random(2, B * G * I * O);
      const c = random(3, o.c ? B * M * O : 1);
      const expected = reference ? matMul(o, B, x, w, c) : new Float64Array(B * G * M * O);
      return {
        candidates: planMatMul(o),
        batch: o.rowsOfItem ? M / o.rowsOfItem : B,
        operands: { x, weight: w, c },
        expected,
        tolerance: sumTolerance(I + 2),
        cost: { flop: 2 * expected.length * I, bytes: 4 * (x.length + w.length + expected.length) },
      };
    },
  };
}

const inTransposed = (M: number, I: number): MatMulOptions['x'] => ({
  ...{ item: M * I, groups: [0, 0, 0], row: 1, inner: M },
});

export const matMulCases: KernelCases = {
  kernel: 'matmul',
  cases: [
    matMulCase('one number', 1, { M: 1, I: 1, O: 1 }),
    matMulCase('one above a tile', 2, { M: 33, I: 17, O: 33 }),
    matMulCase('one below a tile', 1, { M: 31, I: 15, O: 30, activation: { op: 'Relu' } }),
    matMulCase('three axes of groups', 2, { groups: [2, 3, 4], M: 5, I: 7, O: 6 }),
    matMulCase('a group that repeats w', 2, {
      ...{ groups: [1, 3, 2], M: 9, I: 4, O: 10 },
      w: { item: 0, groups: [0, 0, 40], inner: 10, column: 1 },
    }),
    matMulCase('x and w transposed', 3, {
      ...{ M: 12, I: 20, O: 9, x: inTransposed(12, 20) },
      w: { item: 180, groups: [0, 0, 0], inner: 1, column: 20 },
    }),
    matMulCase('alpha, and a c for each number', 2, {
      ...{ M: 6, I: 5, O: 34, alpha: 0.5, beta: -0.75, c: { item: 6 * 34, row: 34, column: 1 } },
    }),
    matMulCase('rows of all items together', 1, {
      ...{ M: 3 * 13, I: 9, O: 35, rowsOfItem: 13, c: { item: 0, row: 0, column: 1 } },
      activation: { op: 'Tanh' },
    }),
    matMulCase(
      'attention, 4 heads of 64 at 100 tokens',
      1,
      { groups: [1, 1, 4], M: 100, I: 64, O: 100 },
      'phone',
    ),
    matMulCase(
      'attention, 12 heads of 64 at 512 tokens',
      1,
      { groups: [1, 1, 12], M: 512, I: 64, O: 512 },
      'laptop',
    ),
    matMulCase('2048 x 2048 x 2048', 1, { M: 2048, I: 2048, O: 2048 }, 'workstation'),
  ],
};
