import { type Case, type KernelCases, random, sumTolerance, type Tolerance } from '../cases/case';
import { type Candidates, channels4 } from '../plan/plan';
import type { Activation } from '../snippets/activation';
import { type Conv2dOptions, planConv2d } from './conv2d';
import { conv2d } from './conv2d.ref';

export interface Size {
  B?: number;
  I: number;
  H: number;
  W: number;
  O: number;
  K: readonly [number, number];
  strides?: readonly [number, number];
  /** top, left, bottom, right */
  pads?: readonly [number, number, number, number];
  dilations?: readonly [number, number];
  groups?: number;
  CZ?: number;
  pool?: boolean;
  /** Whether weights are rounded to halves. Default: false. */
  halves?: boolean;
  activation?: Activation;
  timed?: Case['timed'];
  drawn?: boolean;
}

/** The options, with the output's size computed as in ONNX. */
function options(size: Size): Conv2dOptions {
  const {
    B = 1,
    I,
    H,
    W,
    O,
    K,
    strides = [1, 1],
    pads = [0, 0, 0, 0],
    dilations = [1, 1],
    groups = 1,
    CZ,
    pool,
    halves,
  } = size;
  const out = (n: number, k: number, stride: number, dilation: number, pad: number) =>
    Math.floor((n + pad - dilation * (k - 1) - 1) / stride) + 1;
  return {
    ...{
      B,
      I,
      H,
      W,
      O,
      KH: K[0],
      KW: K[1],
      strides,
      dilations,
      groups,
      CZ,
      pool,
      halves,
      activation: size.activation,
    },
    HO: out(H, K[0], strides[0], dilations[0], pads[0] + pads[2]),
    WO: out(W, K[1], strides[1], dilations[1], pads[1] + pads[3]),
    pads: [pads[0], pads[1]],
  };
}

/** Rounds to a multiple of 1/1024, which in -1..1 is exactly a half. */
const coarse = (w: number): number => Math.round(w * 1024) / 1024;

/** A case for any kernel that convolves: also used by depthwise-conv2d and winograd. */
export function convCase(
  name: string,
  size: Size,
  plan: (o: Conv2dOptions) => Candidates,
  toleranceOf: (taps: number) => Tolerance = (taps) => sumTolerance(taps + 2, 8),
): Case {
  return {
    name,
    ...{ timed: size.timed, drawn: size.drawn },
    build(reference = true) {
      const o = options(size);
      const taps = (o.I / o.groups) * o.KH * o.KW;
      const x = random(1, o.B * o.H * o.W * channels4(o.I));
      const weight = random(2, o.O * taps).map(o.halves ? coarse : (w) => w);
      const bias = random(3, o.O);
      const z = o.CZ ? random(4, o.B * o.HO * o.WO * channels4(o.CZ)) : undefined;
      const expected = reference
        ? conv2d(o, x, weight, bias, z)
        : new Float64Array((o.B * o.HO * o.WO * channels4(o.O)) / (o.pool ? 4 : 1));
      return {
        candidates: plan(o),
        batch: o.B,
        operands: { x, weight, bias, ...(z && { z }) },
        expected,
        tolerance: toleranceOf(taps),
        cost: {
          flop: 2 * o.B * o.O * o.HO * o.WO * taps,
          bytes: 4 * (x.length + weight.length + expected.length),
        },
      };
    },
  };
}

const same = [1, 1, 1, 1] as const;
const sizes: Record<string, Size> = {
  'one number': { I: 1, H: 1, W: 1, O: 1, K: [1, 1] },
  'one channel, 3x3': { I: 1, H: 7, W: 5, O: 3, K: [3, 3], pads: same },
  'a picture to look at': { I: 8, H: 9, W: 18, O: 8, K: [3, 3], pads: same, drawn: true },
  'channels below four': { I: 3, H: 6, W: 9, O: 7, K: [3, 3], pads: same },
  'channels above four': { I: 5, H: 5, W: 4, O: 9, K: [3, 3], pads: same },
  'channels above eight': { I: 13, H: 4, W: 3, O: 17, K: [3, 3] },
  'a batch of three': { B: 3, I: 4, H: 5, W: 6, O: 8, K: [3, 3], pads: same, activation: { op: 'Relu' } },
  'stride 2, pads unlike': { I: 6, H: 11, W: 8, O: 5, K: [3, 3], strides: [2, 2], pads: [0, 1, 1, 0] },
  'stride 3 by 1': { I: 2, H: 10, W: 7, O: 4, K: [2, 3], strides: [3, 1] },
  'stride 1 by 3': { I: 4, H: 4, W: 11, O: 8, K: [3, 2], strides: [1, 3] },
  'dilated 2 by 3': { I: 4, H: 11, W: 13, O: 4, K: [3, 3], dilations: [2, 3], pads: [2, 3, 2, 3] },
  'kernel 1x3': { I: 8, H: 3, W: 9, O: 8, K: [1, 3], pads: [0, 1, 0, 1] },
  'kernel 5x5 larger than the picture': { I: 3, H: 3, W: 2, O: 4, K: [5, 5], pads: [2, 2, 2, 2] },
  'padding wider than the kernel': { I: 1, H: 2, W: 2, O: 2, K: [1, 1], pads: [2, 1, 1, 2] },
  'two groups': { I: 6, H: 5, W: 5, O: 4, K: [3, 3], groups: 2, pads: same },
  'multiplier 2': { I: 3, H: 4, W: 6, O: 6, K: [3, 3], groups: 3, pads: same },
  '1x1': { I: 42, H: 9, W: 7, O: 10, K: [1, 1], activation: { op: 'LeakyRelu', alpha: 0.1 } },
  '1x1, tiles over the ends of rows and items': { B: 3, I: 5, H: 3, W: 5, O: 20, K: [1, 1], CZ: 20 },
  '1x1, padded': { I: 4, H: 3, W: 4, O: 8, K: [1, 1], pads: [1, 1, 1, 1] },
  '1x1, weights of halves': { I: 18, H: 5, W: 5, O: 9, K: [1, 1], halves: true },
  'weights of halves, one channel': { I: 1, H: 5, W: 5, O: 9, K: [3, 3], halves: true },
  'weights of halves': { B: 2, I: 6, H: 5, W: 9, O: 9, K: [3, 3], pads: same, halves: true, CZ: 9 },
  'as many channels as a workgroup shares': {
    B: 2,
    I: 16,
    H: 9,
    W: 11,
    O: 64,
    K: [3, 3],
    pads: same,
    CZ: 60,
  },
  'more channels than a workgroup shares': { I: 21, H: 7, W: 5, O: 75, K: [3, 2], strides: [2, 1] },
  'more threads than a workgroup': {
    I: 4,
    H: 17,
    W: 19,
    O: 12,
    K: [3, 3],
    activation: { op: 'Elu', alpha: 1 },
  },
  'as many tiles as 32 lanes need': { I: 5, H: 26, W: 31, O: 9, K: [3, 3], pads: same },
  '1x1, as many tiles as 32 lanes need': { I: 5, H: 26, W: 31, O: 9, K: [1, 1] },
  'Clip after the sum': { I: 4, H: 6, W: 6, O: 4, K: [3, 3], activation: { op: 'Clip', min: 0, max: 6 } },
  'HardSwish after the sum': { I: 4, H: 6, W: 6, O: 4, K: [3, 3], activation: { op: 'HardSwish' } },
  'a residual': { B: 2, I: 4, H: 5, W: 7, O: 12, K: [3, 3], pads: same, CZ: 12, activation: { op: 'Relu' } },
  'a residual of fewer channels': { B: 2, I: 5, H: 4, W: 5, O: 13, K: [1, 1], CZ: 6 },
  'a residual of one channel, in groups': { I: 4, H: 5, W: 5, O: 8, K: [3, 3], groups: 2, CZ: 1 },
  'pooled: one number': { I: 1, H: 2, W: 2, O: 1, K: [1, 1], pool: true },
  'pooled, grey': { B: 2, I: 1, H: 8, W: 6, O: 11, K: [3, 3], pads: same, pool: true },
  'pooled, a batch of two': { B: 2, I: 5, H: 6, W: 10, O: 13, K: [3, 3], pads: same, pool: true },
  'pooled, odd sizes, activated': {
    ...{ I: 4, H: 9, W: 7, O: 8, K: [3, 3], pads: same, pool: true },
    activation: { op: 'HardSwish' }, // decreases before it increases
  },
  'pooled, stride 2, dilated, pads unlike': {
    ...{ I: 3, H: 17, W: 15, O: 9, K: [3, 2], pool: true },
    ...{ strides: [2, 1], dilations: [1, 2], pads: [0, 2, 1, 1] },
  },
  'pooled, so much work that a network starts with large tiles': {
    ...{ B: 2, I: 64, H: 24, W: 24, O: 64, K: [3, 3], pads: same, pool: true },
  },
  'pooled, a layer: 64 to 64 at 24x24': {
    ...{ I: 64, H: 24, W: 24, O: 64, K: [3, 3], pads: same, pool: true, timed: 'phone' },
    activation: { op: 'Relu' },
  },
  'a layer: 48 to 48 at 24x24': { I: 48, H: 24, W: 24, O: 48, K: [3, 3], pads: same, timed: 'phone' },
  '1x1, a layer: 64 to 128 at 24x24': { I: 64, H: 24, W: 24, O: 128, K: [1, 1], timed: 'phone' },
  'a layer: 128 to 128 at 56x56': { I: 128, H: 56, W: 56, O: 128, K: [3, 3], pads: same, timed: 'laptop' },
  '1x1, a layer: 256 to 256 at 56x56': { I: 256, H: 56, W: 56, O: 256, K: [1, 1], timed: 'laptop' },
  '1x1, a layer: 512 to 512 at 56x56, batch 8': {
    ...{ B: 8, I: 512, H: 56, W: 56, O: 512, K: [1, 1], timed: 'workstation' },
  },
  'a layer of many: 64 to 64 at 24x24, batch 256': {
    ...{ B: 256, I: 64, H: 24, W: 24, O: 64, K: [3, 3], pads: same, timed: 'workstation' },
  },
};

export const conv2dCases: KernelCases = {
  kernel: 'conv2d',
  cases: Object.entries(sizes).map(([name, size]) => convCase(name, size, planConv2d)),
};
