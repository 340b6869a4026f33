import { fix } from '../plan/fix';
import { type Candidates, ceilDiv, fill, isMuchWork, type Kernel, type Plan, plainPlan } from '../plan/plan';
import { repeat } from '../plan/repeat';
import { type Activation, activationConstants, activationFile } from '../snippets/activation';
import { inBlocks, placeInBlocks, withBlocks } from '../snippets/blocks';
import { withSubgroups } from '../snippets/subgroups';
import code from './dense.wgsl?raw';
import subgroups from './dense-subgroups.wgsl?raw';
import tiled from './dense-tiled.wgsl?raw';

/** x (B,M,I), weight (O,I) or strided, bias (O) -> y (B,M,O). */
export interface DenseOptions {
  readonly B: number;
  readonly M: number;
  readonly I: number;
  readonly O: number;
  /** Strides of weight: from item to item (0: all items share one weight), output to output, and input to input. */
  readonly weightStrides: readonly [item: number, output: number, input: number];
  /** Whether weight and bias are known when the network is compiled, so that they can be packed. */
  readonly constant: boolean;
  /** Whether every weight is exactly a half (a number of f16). Default: false. */
  readonly halves?: boolean;
  readonly activation?: Activation;
}

const kernel: Kernel = { name: 'dense', files: [activationFile, { name: 'dense.wgsl', code }] };
const subgroupsKernel = withSubgroups({
  name: 'dense-subgroups',
  files: [activationFile, { name: 'dense-subgroups.wgsl', code: subgroups }],
});
/** Rows that a workgroup of the tiled kernel computes, and its number of lanes. With more rows, fewer lanes suffice. */
const TILES = [
  { rows: 8, lanes: 16 },
  { rows: 4, lanes: 16 },
  { rows: 1, lanes: 16 },
  { rows: 1, lanes: 64 },
] as const;
const tiledKernels = TILES.map(({ rows, lanes }) => {
  const code = fix(repeat(tiled, rows), { ROWS: rows, LANES: lanes });
  return withBlocks({
    name: `dense-tiled ${rows}x8, ${lanes} lanes`,
    files: [activationFile, { name: 'dense-tiled.wgsl', code }],
  });
});

/** The plans of a fully connected layer. Operands x, weight, bias -> y. */
export function planDense(o: DenseOptions): Candidates {
  const [W_B, W_O, W_I] = o.weightStrides;
  const plain = plainPlan({
    kernel,
    constants: { M: o.M, I: o.I, O: o.O, W_B, W_O, W_I, ...activationConstants(o.activation) },
    bindings: ['x', 'weight', 'bias', 'y'],
    workgroups: [o.O, o.M, 1],
  });
  const isPackable = o.constant && !W_B && o.I % 4 === 0;
  const packed = isPackable ? planPacked(o) : [];
  const start = packed.length && isMuchWork(o.B * o.M * o.I * o.O) ? packed[0] : plain;
  return { start, ranked: [...packed, plain] };
}

/** Plans with weights in blocks: for constant weights that all items share, and I a multiple of four. */
function planPacked(o: DenseOptions): Plan[] {
  const T = o.B * o.M;
  const blocks = ceilDiv(o.O, 8);
  const pack = {
    weight: (w: Float32Array) => packBlocks(w, o),
    bias: (b: Float32Array) => fill(b, 8 * blocks),
  };
  const pass = {
    constants: { T, I: o.I, O: o.O, ...activationConstants(o.activation) },
    bindings: ['x', 'weight', 'bias', 'y'],
    workgroups: [blocks, o.M, 1] as const,
    batchAxis: 1 as const,
  };
  const tiled = TILES.flatMap(({ rows, lanes }, at) => {
    if (rows > T || (rows === 1 && T >= 4)) return [];
    return inBlocks(tiledKernels[at], o.halves, (kernel) => ({
      variant: `tiled ${rows}x8, ${lanes} lanes`,
      passes: [{ ...pass, kernel, itemsPerWorkgroup: rows }],
      pack,
    }));
  });
  if (T >= 4) return tiled;
  const subgroups = { variant: 'subgroups', features: ['subgroups'], pack };
  return [...tiled, { ...subgroups, passes: [{ ...pass, kernel: subgroupsKernel }] }];
}

/** weight, read by its strides -> (O8/8,I/4,2) of blocks of 4 inputs x 4 outputs, with zeros past output O. */
function packBlocks(weight: Float32Array, { I, O, weightStrides: [, W_O, W_I] }: DenseOptions): Float32Array {
  const packed = new Float32Array(ceilDiv(O, 8) * 8 * I);
  for (let o = 0; o < O; o++)
    for (let i = 0; i < I; i++) packed[placeInBlocks(o >> 3, I, i, o)] = weight[o * W_O + i * W_I];
  return packed;
}
