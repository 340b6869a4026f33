import { activationConstants, activationFile } from '../activation';
import { type Conv2dOptions, residualFile } from '../conv2d/conv2d';
import { ceilDiv, channels4, fill, type Kernel, line, type Pass, type Plan } from '../plan';
import { repeat } from '../repeat';
import input from './winograd-input.wgsl?raw';
import output from './winograd-output.wgsl?raw';
import product from './winograd-product.wgsl?raw';

const inputKernel: Kernel = {
  name: 'winograd-input',
  files: [{ name: 'winograd-input.wgsl', code: repeat(input, 6) }],
};
const outputKernel: Kernel = {
  name: 'winograd-output',
  files: [{ name: 'winograd-output.wgsl', code: output }, residualFile, activationFile],
};
/** Tiles that a thread of the product makes. */
const ROWS = [3, 6] as const;
const productKernels = ROWS.map(
  (rows): Kernel => ({
    name: `winograd-product ${rows}x8`,
    files: [{ name: 'winograd-product.wgsl', code: repeat(product, rows) }],
  }),
);

/** For convolutions of one group, 3x3, stride 1, not dilated; none for others. Operands as planConv2d's. */
export function planWinograd(o: Conv2dOptions): Plan[] {
  const steps = [...o.strides, ...o.dilations];
  if (o.KH !== 3 || o.KW !== 3 || steps.some((n) => n !== 1) || o.groups !== 1) return [];
  const [TILES_H, TILES_W] = [ceilDiv(o.HO, 4), ceilDiv(o.WO, 4)];
  const tiles = TILES_H * TILES_W;
  const T = o.B * tiles;
  const [I4, O4] = [channels4(o.I), channels4(o.O)];
  const input: Pass = {
    kernel: inputKernel,
    constants: {
      ...{ B: o.B, I: o.I, H: o.H, W: o.W, TILES_H, TILES_W },
      ...{ PAD_TOP: o.pads[0], PAD_LEFT: o.pads[1] },
    },
    bindings: ['x', 'v'],
    workgroups: [...line(tiles * 3 * (I4 / 4), 64), 1],
    batchAxis: 2,
  };
  const output: Pass = {
    kernel: outputKernel,
    constants: {
      ...{ B: o.B, O: o.O, HO: o.HO, WO: o.WO, TILES_H, TILES_W, POOL: o.pool ? 1 : 0, CZ: o.CZ ?? 0 },
      ...activationConstants(o.activation),
    },
    // Where there is no z something must be bound, though it is not read.
    bindings: ['m', 'bias', o.CZ ? 'z' : 'bias', 'y'],
    workgroups: [...line(tiles * 2 * (O4 / 4), 64), 1],
    batchAxis: 2,
  };
  return ROWS.map((rows, at) => {
    const product: Pass = {
      kernel: productKernels[at],
      constants: { T, I: o.I, O: o.O, ROWS: rows },
      bindings: ['v', 'weight', 'm'],
      workgroups: [tiles, ceilDiv(ceilDiv(o.O, 8), 4), 36],
      ...{ batchAxis: 0, itemsPerWorkgroup: 8 * rows },
    };
    return {
      variant: `winograd ${rows}x8`,
      passes: [input, product, output],
      scratch: { v: 36 * T * I4, m: 36 * T * O4 },
      pack: { weight: (w) => transformWeights(w, o), bias: (b) => fill(b, ceilDiv(o.O, 8) * 8) },
    };
  });
}

/** G of the kernel's header: a row for each of the six numbers that three weights become. */
export const G: readonly (readonly number[])[] = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
];

/** (O,I,3,3) -> G g Gᵀ of each, as (36,O8/8,I4/4,2) blocks of 4 inputs x 4 outputs. */
function transformWeights(weight: Float32Array, { I, O }: Conv2dOptions): Float32Array {
  const inputs = channels4(I);
  const step = ceilDiv(O, 8) * 8 * inputs;
  const packed = new Float32Array(36 * step);
  const half = new Float64Array(18);
  for (let o = 0; o < O; o++)
    for (let i = 0; i < I; i++) {
      const g = (o * I + i) * 9;
      for (let r = 0; r < 6; r++)
        for (let c = 0; c < 3; c++)
          half[r * 3 + c] =
            G[r][0] * weight[g + c] + G[r][1] * weight[g + 3 + c] + G[r][2] * weight[g + 6 + c];
      const block = ((o >> 3) * (inputs / 4) + (i >> 2)) * 2 + ((o >> 2) & 1);
      const at = block * 16 + (i & 3) * 4 + (o & 3);
      for (let k = 0; k < 36; k++) {
        const [r, c] = [Math.floor(k / 6) * 3, G[k % 6]];
        packed[k * step + at] = half[r] * c[0] + half[r + 1] * c[1] + half[r + 2] * c[2];
      }
    }
  return packed;
}
