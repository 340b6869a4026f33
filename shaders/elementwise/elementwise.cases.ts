import { type Case, EPS, exact, type KernelCases, random, rounded, type Tolerance } from '../cases/case';
import { type Activation, activationNames } from '../snippets/activation';
import { activationTwins } from '../snippets/activation.ref';
import { type AffineOptions, type BinaryOptions, planAffine, planBinary, planUnary } from './elementwise';
import { affine, binary, unary } from './elementwise.ref';

function unaryCase(name: string, size: number, B: number, activation: Activation, t: Tolerance): Case {
  return {
    name: `${activation.op}: ${name}`,
    build() {
      const x = random(1, B * size, -4, 4);
      // The ends of the range, where a naive exp or tanh gives NaN.
      if (size >= 8) x.set([-100, 100, -1e4, 1e4]);
      const expected = unary(x, activation);
      return {
        candidates: planUnary({ size, activation }),
        batch: B,
        operands: { x },
        expected,
        tolerance: t,
        cost: { flop: x.length, bytes: 8 * x.length },
      };
    },
  };
}

function binaryCase(name: string, B: number, o: BinaryOptions): Case {
  return {
    name: `${o.op}: ${name}`,
    build() {
      const reach = (s: readonly number[]) =>
        (B - 1) * s[0] + o.dims.reduce((sum, d, axis) => sum + (d - 1) * s[axis + 1], 0) + 1;
      const x = random(1, reach(o.xStrides));
      const z = random(2, reach(o.zStrides), 0.5, 2);
      const expected = binary(o, B, x, z);
      return {
        candidates: planBinary(o),
        batch: B,
        operands: { x, z },
        expected,
        // WGSL allows a quotient an error of 2.5 ulp: 5 EPS.
        tolerance: rounded(o.op === 'Div' ? 6 : 2, 'one operation', 2 * EPS),
        cost: { flop: expected.length, bytes: 4 * (x.length + z.length + expected.length) },
      };
    },
  };
}

function affineCase(name: string, B: number, o: AffineOptions): Case {
  return {
    name: `affine: ${name}`,
    build() {
      const x = random(1, B * o.size);
      const scale = random(2, o.C);
      const shift = random(3, o.C);
      return {
        candidates: planAffine(o),
        batch: B,
        operands: { x, scale, shift },
        expected: affine(o, x, scale, shift),
        tolerance: rounded(2, 'a product and a sum of numbers below 1', 3 * EPS),
        cost: { flop: 2 * x.length, bytes: 8 * x.length },
      };
    },
  };
}

const dense = (D0: number, D1: number, D2: number) => [D0 * D1 * D2, D1 * D2, D2, 1] as const;

export const elementwiseCases: KernelCases = {
  kernel: 'elementwise',
  cases: [
    ...activationNames.flatMap((op) =>
      activationTwins[op].cases.flatMap(([parameters, tolerance]) => {
        const activation = { op, ...parameters } as Activation;
        return [
          unaryCase('one number', 1, 1, activation, tolerance),
          unaryCase('a batch above the workgroup', 67, 3, activation, tolerance),
        ];
      }),
    ),
    // Needs more workgroups than the maximum along one axis.
    { ...unaryCase('4.2 million numbers', 65536 * 64 + 1, 1, { op: 'Relu' }, exact), timed: 'phone' },
    binaryCase('one number', 1, {
      op: 'Add',
      dims: [1, 1, 1],
      xStrides: dense(1, 1, 1),
      zStrides: dense(1, 1, 1),
    }),
    binaryCase('like shapes', 2, {
      op: 'Add',
      dims: [3, 5, 7],
      xStrides: dense(3, 5, 7),
      zStrides: dense(3, 5, 7),
    }),
    binaryCase('after it, Relu', 2, {
      ...{ op: 'Add', dims: [3, 5, 4], xStrides: dense(3, 5, 4), zStrides: dense(3, 5, 4) },
      activation: { op: 'Relu' },
    }),
    binaryCase('a number a channel', 2, {
      op: 'Mul',
      dims: [4, 4, 12],
      xStrides: dense(4, 4, 12),
      zStrides: [0, 0, 0, 1],
    }),
    binaryCase('a number an item and channel', 3, {
      op: 'Mul',
      dims: [4, 4, 12],
      xStrides: dense(4, 4, 12),
      zStrides: [12, 0, 0, 1],
    }),
    binaryCase('channels filled up', 2, {
      op: 'Div',
      dims: [2, 3, 8],
      used: 5,
      xStrides: dense(2, 3, 8),
      zStrides: [5, 0, 0, 1],
    }),
    binaryCase('the smaller one first', 2, {
      op: 'Sub',
      dims: [2, 3, 4],
      xStrides: [0, 0, 0, 0],
      zStrides: dense(2, 3, 4),
    }),
    binaryCase('both repeated', 2, {
      op: 'Div',
      dims: [5, 1, 3],
      xStrides: [5, 1, 1, 0],
      zStrides: [3, 0, 3, 1],
    }),
    binaryCase('a slope a channel', 2, {
      op: 'PRelu',
      dims: [5, 5, 8],
      xStrides: dense(5, 5, 8),
      zStrides: [0, 0, 0, 1],
    }),
    affineCase('channels last', 2, { C: 5, size: 8 * 9, inner: 1, channelsStored: 8 }),
    affineCase('channels first', 2, {
      C: 5,
      size: 5 * 9,
      inner: 9,
      channelsStored: 5,
      activation: { op: 'Relu' },
    }),
    affineCase('features', 3, { C: 67, size: 67, inner: 1, channelsStored: 67 }),
  ],
};
