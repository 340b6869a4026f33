import type { KernelCases } from '../cases/case';
import { convCase } from '../conv2d/conv2d.cases';
import { planDepthwiseConv2d } from './depthwise-conv2d';

const K = [3, 3] as const;
const same = [1, 1, 1, 1] as const;
const make = (name: string, C: number, size: Omit<Parameters<typeof convCase>[1], 'I' | 'O' | 'groups'>) =>
  convCase(name, { ...size, I: C, O: C, groups: C }, planDepthwiseConv2d);

/** Compared with the reference of conv2d, with groups = C. */
export const depthwiseConv2dCases: KernelCases = {
  kernel: 'depthwise-conv2d',
  cases: [
    make('one number', 1, { H: 1, W: 1, K: [1, 1] }),
    make('channels below four', 3, { H: 5, W: 7, K, pads: same }),
    make('channels above four', 5, { B: 2, H: 6, W: 4, K, pads: same, activation: { op: 'Relu' } }),
    make('stride 2, pads unlike', 8, { H: 8, W: 11, K, strides: [2, 2], pads: [0, 0, 1, 1] }),
    make('stride 2 by 1', 5, { H: 9, W: 6, K, strides: [2, 1], pads: [1, 0, 0, 1] }),
    make('stride 1 by 3', 4, { H: 4, W: 10, K: [1, 2], strides: [1, 3] }),
    make('dilated', 4, { H: 9, W: 9, K, dilations: [2, 3] }),
    make('kernel 5x5', 42, { H: 9, W: 8, K: [5, 5], pads: [2, 2, 2, 2], activation: { op: 'HardSwish' } }),
    make('rows longer than two tiles', 7, { B: 2, H: 3, W: 17, K, pads: [2, 1, 0, 1], dilations: [2, 1] }),
    make('rows longer than a tile, stride 2', 7, {
      H: 5,
      W: 22,
      K: [3, 5],
      strides: [1, 2],
      pads: [0, 2, 0, 1],
    }),
    make('a layer: 88 at 16x16', 88, { H: 16, W: 16, K, pads: same, timed: 'phone' }),
    make('a layer: 256 at 56x56', 256, { H: 56, W: 56, K, pads: same, timed: 'laptop' }),
    make('a layer: 512 at 56x56, batch 16', 512, {
      B: 16,
      H: 56,
      W: 56,
      K,
      pads: same,
      timed: 'workstation',
    }),
  ],
};
