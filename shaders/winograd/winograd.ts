import { type Conv2dOptions, residualFile } from '../conv2d/conv2d';
import { fix } from '../plan/fix';
import { ceilDiv, channels4, fill, type Kernel, line, type Pass, type Plan } from '../plan/plan';
import { repeat } from '../plan/repeat';
import { activationConstants, activationFile } from '../snippets/activation';
import { placeInBlocks } from '../snippets/blocks';
import { lanesFor, withQuads } from '../snippets/subgroups';
import input from './winograd-input.wgsl?raw';
import output from './winograd-output.wgsl?raw';
import product from './winograd-product.wgsl?raw';
import productQuads from './winograd-product-quads.wgsl?raw';
import shared from './winograd-shared.wgsl?raw';

const inputKernel: Kernel = {
  name: 'winograd-input',
  files: [{ name: 'winograd-input.wgsl', code: repeat(input, 6) }],
};
const outputKernel: Kernel = {
  name: 'winograd-output',
  files: [residualFile, activationFile, { name: 'winograd-output.wgsl', code: output }],
};
/** Tiles that a thread of winograd-product computes. */
const ROWS = [6, 3] as const;
const inRows = (name: string, code: string, rows: number, LANES = 0): Kernel => ({
  name: `${name} ${rows}x8${LANES ? `, ${LANES} lanes` : ''}`,
  files: [{ name: `${name}.wgsl`, code: fix(repeat(code, rows), { ROWS: rows, LANES }) }],
});
const productKernels = ROWS.map((rows) => inRows('winograd-product', product, rows));
const quadsKernel = (rows: number, lanes: number): Kernel =>
  withQuads(inRows('winograd-product-quads', productQuads, rows, lanes));

const sharedKernel: Kernel = {
  name: 'winograd-shared',
  files: [residualFile, activationFile, { name: 'winograd-shared.wgsl', code: repeat(shared, 4) }],
};

/** Whether a convolution has one group, 3x3 kernels, stride 1 and no dilation. */
const isWinograd = ({ KH, KW, strides, dilations, groups }: Conv2dOptions): boolean =>
  KH === 3 && KW === 3 && groups === 1 && [...strides, ...dilations].every((n) => n === 1);

/**
 * Plans with F(4x4,3x3) in three passes, with the operands of planConv2d. The plan that is faster on most GPUs comes
 * first. There are none for a convolution that is not 3x3 with one group, stride 1 and no dilation.
 */
export function planWinograd(o: Conv2dOptions): Plan[] {
  if (!isWinograd(o)) return [];
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
    // Without z another operand is bound in its place, because every binding needs a buffer. It is not read.
    bindings: ['m', 'bias', o.CZ ? 'z' : 'bias', 'y'],
    workgroups: [...line(tiles * 2 * (O4 / 4), 64), 1],
    batchAxis: 2,
  };
  const planOf = (variant: string, kernel: Kernel, blocks: number, itemsPerWorkgroup: number): Plan => {
    const product: Pass = {
      kernel,
      constants: { T, I: o.I, O: o.O },
      bindings: ['v', 'weight', 'm'],
      workgroups: [tiles, ceilDiv(ceilDiv(o.O, 8), blocks), 36],
      ...{ batchAxis: 0, itemsPerWorkgroup },
    };
    return {
      variant,
      passes: [input, product, output],
      scratch: { v: 36 * T * I4, m: 36 * T * O4 },
      pack: { weight: (w) => packProduct(w, o), bias: (b) => fill(b, ceilDiv(o.O, 8) * 8) },
    };
  };
  return [
    ...ROWS.map((rows, at) => planOf(`winograd ${rows}x8`, productKernels[at], 4, 8 * rows)),
    ...ROWS.map((rows) => {
      const lanes = lanesFor(T / rows);
      const plan = planOf(`winograd quads ${rows}x8`, quadsKernel(rows, lanes), 1, lanes * rows);
      return { ...plan, features: ['subgroups' as const] };
    }),
  ];
}

/** Multiply-adds in the time that a number takes from or to memory: between software (4) and large GPUs (50). */
const BALANCE = 25;
/**
 * The least batch for which winogradSaves() is true. Smaller ones do not fill a GPU in three passes, and the recogniser's
 * batch of 16 faces is seldom full.
 */
const LARGE_BATCH = 32;

/**
 * Whether the passes of F(4x4,3x3) probably take at most three quarters of the time of the nine multiply-adds that a
 * plain kernel makes for each pair of channels and each pixel. This decides before anything is measured. They make 36
 * multiply-adds for each tile of 4x4 pixels, but write and read 36 numbers for each tile and channel.
 */
export function winogradSaves(o: Conv2dOptions): boolean {
  if (!isWinograd(o) || o.B < LARGE_BATCH) return false;
  const tiles = ceilDiv(o.HO, 4) * ceilDiv(o.WO, 4);
  const pixels = o.HO * o.WO;
  const own = 36 * tiles * (o.I * o.O + BALANCE * 2 * (o.I + o.O));
  return own <= 0.75 * pixels * (9 * o.I * o.O + BALANCE * (o.I + o.O));
}

/**
 * The plan with F(2x2,3x3) in one pass, with the operands of planConv2d. None where planWinograd has none, with
 * pooling, or for too few channels to use most of a workgroup's tile.
 */
export function planWinogradShared(o: Conv2dOptions): Plan[] {
  if (!isWinograd(o) || o.pool || o.I < 8 || o.O < 16) return [];
  const [TILES_H, TILES_W] = [ceilDiv(o.HO, 2), ceilDiv(o.WO, 2)];
  const tiles = TILES_H * TILES_W;
  const pass: Pass = {
    kernel: sharedKernel,
    constants: {
      ...{ T: o.B * tiles, I: o.I, H: o.H, W: o.W, O: o.O, HO: o.HO, WO: o.WO, TILES_H, TILES_W },
      ...{ PAD_TOP: o.pads[0], PAD_LEFT: o.pads[1], CZ: o.CZ ?? 0 },
      ...activationConstants(o.activation),
    },
    bindings: ['x', 'weight', 'bias', o.CZ ? 'z' : 'bias', 'y'],
    workgroups: [tiles, ceilDiv(o.O, 16), 1],
    ...{ batchAxis: 0, itemsPerWorkgroup: 16 },
  };
  return [
    {
      variant: 'winograd shared',
      hardware: true,
      passes: [pass],
      pack: { weight: (w) => packShared(w, o), bias: (b) => fill(b, ceilDiv(o.O, 16) * 16) },
    },
  ];
}

/** G of F(4x4,3x3), (6,3): a row for each of the six numbers that are computed from three weights. */
export const G4: readonly (readonly number[])[] = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
];

/** G of F(2x2,3x3), (4,3): a row for each of the four numbers that are computed from three weights. */
export const G2: readonly (readonly number[])[] = [
  [1, 0, 0],
  [1 / 2, 1 / 2, 1 / 2],
  [1 / 2, -1 / 2, 1 / 2],
  [0, 0, 1],
];

/** G g Gᵀ of each (o,i) of (O,I,3,3), number by number. `put` stores number k of the result. */
function transform(
  weight: Float32Array,
  { I, O }: Conv2dOptions,
  G: readonly (readonly number[])[],
  put: (o: number, i: number, k: number, value: number) => void,
): void {
  const n = G.length;
  const half = new Float64Array(3 * n);
  for (let o = 0; o < O; o++)
    for (let i = 0; i < I; i++) {
      const g = (o * I + i) * 9;
      for (let r = 0; r < n; r++)
        for (let c = 0; c < 3; c++)
          half[r * 3 + c] =
            G[r][0] * weight[g + c] + G[r][1] * weight[g + 3 + c] + G[r][2] * weight[g + 6 + c];
      for (let k = 0; k < n * n; k++) {
        const [r, c] = [Math.floor(k / n) * 3, G[k % n]];
        put(o, i, k, half[r] * c[0] + half[r + 1] * c[1] + half[r + 2] * c[2]);
      }
    }
}

/** For winograd-product: (36,O8/8,I4/4,2) blocks of 4 inputs x 4 outputs. */
function packProduct(weight: Float32Array, o: Conv2dOptions): Float32Array {
  const inputs = channels4(o.I);
  const step = ceilDiv(o.O, 8) * 8 * inputs;
  const packed = new Float32Array(36 * step);
  transform(weight, o, G4, (out, i, k, value) => {
    packed[k * step + placeInBlocks(out >> 3, inputs, i, out)] = value;
  });
  return packed;
}

/** For winograd-shared: (O16/16,I4/4,4 fours of outputs,4 inputs,16 numbers) of vec4f: four outputs. */
function packShared(weight: Float32Array, o: Conv2dOptions): Float32Array {
  const inputs = channels4(o.I);
  const packed = new Float32Array(ceilDiv(o.O, 16) * inputs * 256);
  transform(weight, o, G2, (out, i, k, value) => {
    const four = (((out >> 4) * (inputs / 4) + (i >> 2)) * 4 + ((out >> 2) & 3)) * 4 + (i & 3);
    packed[(four * 16 + k) * 4 + (out & 3)] = value;
  });
  return packed;
}
