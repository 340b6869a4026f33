import { EPS, type KernelCases, type Tolerance } from '../cases/case';
import type { Conv2dOptions } from '../conv2d/conv2d';
import { convCase, type Size } from '../conv2d/conv2d.cases';
import type { Candidates } from '../plan/plan';
import { G2, G4, planWinograd, planWinogradShared } from './winograd';

type Matrix = readonly (readonly number[])[];

const BT4 = [
  [4, 0, -5, 0, 1, 0],
  [0, -4, -4, 1, 1, 0],
  [0, 4, -4, -1, 1, 0],
  [0, -2, -1, 2, 1, 0],
  [0, 2, -1, -2, 1, 0],
  [0, 4, 0, -5, 0, 1],
];
const AT4 = [
  [1, 1, 1, 1, 1, 0],
  [0, 1, -1, 2, -2, 0],
  [0, 1, 1, 4, 4, 0],
  [0, 1, -1, 8, -8, 1],
];
const BT2 = [
  [1, 0, -1, 0],
  [0, 1, 1, 0],
  [0, -1, 1, 0],
  [0, 1, 0, -1],
];
const AT2 = [
  [1, 1, 1, 0],
  [0, 1, -1, -1],
];

const squares = (row: readonly number[]): number => row.reduce((sum, v) => sum + v * v, 0);

/**
 * How much larger the terms of a pixel are than for numbers in -1..1. This is the root of the sum of their squares.
 * Along one axis, number r of g has the size |G[r]|, number r of d has |Bt[r]|, and their product is multiplied by
 * At[.,r]. The factors of both axes are multiplied.
 */
const growth = (G: Matrix, BT: Matrix, AT: Matrix): number =>
  Math.max(...AT.map((row) => row.reduce((sum, a, r) => sum + a * a * squares(G[r]) * squares(BT[r]), 0)));

/**
 * The tolerance of sumTolerance, for the sum over the channels and the four transforms, multiplied by `grown`. A
 * transform is a sum of at most as many numbers as G has rows.
 */
const toleranceOf =
  (G: Matrix, grown: number) =>
  (taps: number): Tolerance => ({
    abs: 2 * (taps / 9 + 4 * G.length) * EPS * grown,
    rel: 8 * EPS,
    why: `${taps / 9} products of numbers ${Math.round(grown)} times as large as those in -1..1, and four transforms of sums of ${G.length}`,
  });

const relu = { op: 'Relu' } as const;
const same = [1, 1, 1, 1] as const;
const sizes: Record<string, Omit<Size, 'K'>> = {
  'one number': { I: 1, H: 1, W: 1, O: 1, pads: same },
  'one tile': { I: 4, H: 6, W: 6, O: 8 },
  'a picture to look at': { I: 8, H: 12, W: 12, O: 8, pads: same, drawn: true },
  'as many tiles as 32 lanes need': { I: 2, H: 112, W: 112, O: 3, pads: same },
  'one pixel above a tile': { B: 2, I: 5, H: 7, W: 5, O: 9, pads: same },
  'pads unlike': { I: 3, H: 6, W: 9, O: 7, pads: [0, 2, 1, 0], activation: relu },
  'more tiles than a workgroup': { B: 3, I: 8, H: 33, W: 17, O: 20, pads: same },
  'a residual of fewer channels': { B: 2, I: 12, H: 5, W: 7, O: 13, pads: same, CZ: 6, activation: relu },
  'pooled: one number': { I: 1, H: 2, W: 2, O: 1, pads: same, pool: true },
  'pooled, odd sizes': {
    B: 2,
    I: 4,
    H: 9,
    W: 7,
    O: 12,
    pads: same,
    pool: true,
    activation: { op: 'HardSwish' },
  },
  'a layer: 64 to 64 at 24x24': { I: 64, H: 24, W: 24, O: 64, pads: same, activation: relu, timed: 'phone' },
  'a layer: 128 to 128 at 56x56': { I: 128, H: 56, W: 56, O: 128, pads: same, timed: 'laptop' },
  'a layer of many: 64 to 64 at 24x24, batch 256': {
    B: 256,
    I: 64,
    H: 24,
    W: 24,
    O: 64,
    pads: same,
    timed: 'workstation',
  },
};

const sharedSizes: Record<string, Omit<Size, 'K'>> = {
  'shared: one tile': { I: 8, H: 4, W: 4, O: 16 },
  'shared: one pixel above a tile, pads unlike': {
    ...{ B: 2, I: 9, H: 4, W: 5, O: 17, pads: [0, 2, 1, 0], activation: relu },
  },
  'shared: tiles of items side by side': { B: 3, I: 12, H: 5, W: 7, O: 33, pads: same, CZ: 20 },
  'shared: a layer: 64 to 64 at 24x24': {
    ...{ I: 64, H: 24, W: 24, O: 64, pads: same, activation: relu, timed: 'phone' },
  },
  'shared: a layer: 128 to 128 at 56x56': { I: 128, H: 56, W: 56, O: 128, pads: same, timed: 'laptop' },
  'shared: a layer of many: 64 to 64 at 24x24, batch 256': {
    ...{ B: 256, I: 64, H: 24, W: 24, O: 64, pads: same, timed: 'workstation' },
  },
};

/** Uses the first variant as the start, because the real start is a plan of another kernel. */
const startingFirst =
  (planOf: typeof planWinograd) =>
  (o: Conv2dOptions): Candidates => {
    const ranked = planOf(o);
    return { start: ranked[0], ranked };
  };

const casesOf = (
  of: Record<string, Omit<Size, 'K'>>,
  planOf: typeof planWinograd,
  tolerance: (taps: number) => Tolerance,
) =>
  Object.entries(of).map(([name, size]) =>
    convCase(name, { ...size, K: [3, 3] }, startingFirst(planOf), tolerance),
  );

/** Compared with the reference of conv2d. */
export const winogradCases: KernelCases = {
  kernel: 'winograd',
  cases: [
    ...casesOf(sizes, planWinograd, toleranceOf(G4, growth(G4, BT4, AT4))),
    ...casesOf(sharedSizes, planWinogradShared, toleranceOf(G2, growth(G2, BT2, AT2))),
  ],
};
