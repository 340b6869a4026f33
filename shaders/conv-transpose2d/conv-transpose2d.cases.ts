import { type Case, type KernelCases, random, sumTolerance } from '../cases/case';
import { channels4 } from '../plan/plan';
import { type ConvTranspose2dOptions, planConvTranspose2d } from './conv-transpose2d';
import { convTranspose2d } from './conv-transpose2d.ref';

const base = { B: 1, KH: 1, KW: 1, groups: 1, strides: [1, 1], pads: [0, 0], dilations: [1, 1] } as const;
type Size = Pick<ConvTranspose2dOptions, 'I' | 'O' | 'H' | 'W'> & Partial<ConvTranspose2dOptions>;

/** By default y has the size that ONNX gives it without output_padding, with the same padding at both ends. */
function transposeCase(name: string, size: Size, timed?: Case['timed']): Case {
  return {
    name,
    timed,
    build() {
      const set = { ...base, ...size };
      const length = (axis: 0 | 1, x: number, kernel: number) =>
        set.strides[axis] * (x - 1) + set.dilations[axis] * (kernel - 1) + 1 - 2 * set.pads[axis];
      const o: ConvTranspose2dOptions = {
        ...{ HO: length(0, set.H, set.KH), WO: length(1, set.W, set.KW) },
        ...set,
      };
      const x = random(1, o.B * o.H * o.W * channels4(o.I));
      const weight = random(2, (o.I * o.O * o.KH * o.KW) / o.groups);
      const bias = random(3, o.O);
      const expected = convTranspose2d(o, x, weight, bias);
      const products = (o.I / o.groups) * o.KH * o.KW;
      return {
        candidates: planConvTranspose2d(o),
        batch: o.B,
        operands: { x, weight, bias },
        expected,
        tolerance: sumTolerance(products + 1),
        cost: {
          flop: 2 * o.B * o.H * o.W * o.O * products,
          bytes: 4 * (x.length + weight.length + expected.length),
        },
      };
    },
  };
}

export const convTranspose2dCases: KernelCases = {
  kernel: 'conv-transpose2d',
  cases: [
    transposeCase('one number', { I: 1, O: 1, H: 1, W: 1 }),
    transposeCase('2x2, stride 2', { B: 2, I: 5, O: 6, H: 3, W: 4, KH: 2, KW: 2, strides: [2, 2] }),
    transposeCase('4x4, stride 2, padded', {
      ...{
        B: 2,
        I: 8,
        O: 3,
        H: 5,
        W: 3,
        KH: 4,
        KW: 4,
        strides: [2, 2],
        pads: [1, 1],
        activation: { op: 'Relu' },
      },
    }),
    transposeCase('strides above the kernel, dilated, larger than x reaches', {
      ...{
        I: 3,
        O: 5,
        H: 4,
        W: 3,
        KH: 2,
        KW: 3,
        strides: [3, 2],
        dilations: [2, 3],
        pads: [0, 2],
        HO: 14,
        WO: 9,
      },
    }),
    transposeCase('groups', { B: 2, I: 6, O: 9, H: 3, W: 4, KH: 3, KW: 2, groups: 3, strides: [2, 1] }),
    transposeCase('depthwise', {
      I: 5,
      O: 5,
      H: 4,
      W: 4,
      KH: 4,
      KW: 4,
      groups: 5,
      strides: [2, 2],
      pads: [1, 1],
    }),
    transposeCase(
      'a layer: 64 to 32 at 24x24',
      { I: 64, O: 32, H: 24, W: 24, KH: 2, KW: 2, strides: [2, 2] },
      'phone',
    ),
  ],
};
