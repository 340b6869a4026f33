import { fix } from '../plan/fix';
import {
  type Candidates,
  ceilDiv,
  channels4,
  fill,
  isMuchWork,
  type Kernel,
  line,
  type Plan,
} from '../plan/plan';
import { repeat } from '../plan/repeat';
import { type WindowOptions, windowConstants } from '../plan/window';
import { planPool } from '../pool/pool';
import { type Activation, activationConstants, activationFile } from '../snippets/activation';
import { type BlocksPlan, inBlocks, placeInBlocks, withBlocks } from '../snippets/blocks';
import { lanesFor, withQuads } from '../snippets/subgroups';
import plain from './conv2d.wgsl?raw';
import pointwise from './conv2d-pointwise.wgsl?raw';
import pointwiseQuads from './conv2d-pointwise-quads.wgsl?raw';
import pooled from './conv2d-pooled.wgsl?raw';
import shared from './conv2d-shared.wgsl?raw';
import sharedDouble from './conv2d-shared-double.wgsl?raw';
import tiled from './conv2d-tiled.wgsl?raw';
import tiledQuads from './conv2d-tiled-quads.wgsl?raw';
import residual from './residual.wgsl?raw';

/** Sizes in the names of ONNX's Conv: x (B,I,H,W), weight (O,I/groups,KH,KW), y (B,O,HO,WO). */
export interface Conv2dOptions extends WindowOptions {
  readonly B: number;
  readonly I: number;
  readonly O: number;
  readonly groups: number;
  /** Channels of z (B,CZ,HO,WO), which is added to y's first CZ channels before the activation. Default: no z. */
  readonly CZ?: number;
  readonly activation?: Activation;
  /**
   * Whether y is the largest of every 2 x 2 pixels: y becomes (B,O,HO/2,WO/2), rounded down. Only for one group and
   * without z. Default: false.
   */
  readonly pool?: boolean;
  /** Whether every weight is exactly a half (a number of f16). Default: false. */
  readonly halves?: boolean;
}

/** Placed before the kernels that call `residual()`. Each of these kernels defines the binding of z as Z. */
export const residualFile = { name: 'residual.wgsl', code: residual };

const kernel: Kernel = {
  name: 'conv2d',
  files: [residualFile, activationFile, { name: 'conv2d.wgsl', code: plain }],
};
/** Pixels of a row that a thread computes, in the kernels with tiles. */
const TILES = [6, 4] as const;
const inTile = (name: string, code: string, pixels: number, LANES = 0): Kernel => ({
  name: `${name} ${pixels}x8${LANES ? `, ${LANES} lanes` : ''}`,
  files: [
    residualFile,
    activationFile,
    { name: `${name}.wgsl`, code: fix(repeat(code, pixels), { PIXELS: pixels, LANES }) },
  ],
});
const inTiles = (name: string, code: string) => TILES.map((pixels) => inTile(name, code, pixels));
const onePixelKernel = withBlocks(inTile('conv2d-tiled', tiled, 1));
const tiledKernels = inTiles('conv2d-tiled', tiled).map(withBlocks);
const pointwiseKernels = inTiles('conv2d-pointwise', pointwise).map(withBlocks);
const sharedKernels = inTiles('conv2d-shared', shared);
const [sharedDoubleKernel] = inTiles('conv2d-shared-double', sharedDouble);
/** Kernels in which the four invocations of a quad share weights, for a tile and a number of lanes. */
const inQuads =
  (name: string, code: string) =>
  (pixels: number, lanes: number): Kernel =>
    withQuads(inTile(name, code, pixels, lanes));
const tiledQuadsKernel = inQuads('conv2d-tiled-quads', tiledQuads);
const pointwiseQuadsKernel = inQuads('conv2d-pointwise-quads', pointwiseQuads);

const pooledKernel: Kernel = {
  name: 'conv2d-pooled',
  files: [activationFile, { name: 'conv2d-pooled.wgsl', code: pooled }],
};

/** The override constants that all kernels of convolutions have in common. */
export const convConstants = (o: Conv2dOptions): Record<string, number> => ({
  ...windowConstants(o),
  ...activationConstants(o.activation),
});

/**
 * The plans of a convolution. Operands x, weight (O,I/groups,KH,KW), bias (O), z if there is a residual -> y.
 * @param others plans of other kernels for the same operands; they are tried before the simple plans. Default: none
 */
export function planConv2d(o: Conv2dOptions, others: readonly Plan[] = []): Candidates {
  const convolutions = [...planOnePixel(o), planPlain(o)];
  const simple = o.pool ? convolutions.map((plan) => thenPool(plan, o)) : convolutions;
  const large = o.pool
    ? planTiled(o).map((plan) => thenPool(plan, o))
    : [...planPointwise(o), ...planTiled(o), ...planTiledQuads(o), ...planShared(o)];
  const isLarge = large.length && isMuchWork(o.B * o.O * o.HO * o.WO * o.I * o.KH * o.KW);
  // With pooling, large tiles are only there to start with: the kernel that pools and Winograd are faster.
  const fast = o.pool ? [planPooled(o)] : large;
  const starts = o.pool && isLarge ? [large[0]] : [];
  return {
    start: isLarge ? large[0] : simple[0],
    ranked: [...fast, ...others, ...starts, ...simple],
  };
}

/** Without z another operand is bound in its place, because every binding needs a buffer. It is not read. */
const bindings = (o: Conv2dOptions): string[] => ['x', 'weight', 'bias', o.CZ ? 'z' : 'bias', 'y'];

const constants = (o: Conv2dOptions): Record<string, number> => ({
  ...{ I: o.I, O: o.O, CZ: o.CZ ?? 0 },
  ...convConstants(o),
});

const planPlain = (o: Conv2dOptions): Plan => ({
  variant: 'plain',
  passes: [
    {
      kernel,
      constants: { ...constants(o), GROUPS: o.groups },
      bindings: bindings(o),
      workgroups: [...line(o.HO * o.WO * channels4(o.O), 64), 1],
      batchAxis: 2,
    },
  ],
});

/** A plan with tiles of `pixels` pixels x 8 channels. */
const tiledPlan =
  (o: Conv2dOptions, pixels: number) =>
  (kernel: Kernel): BlocksPlan => ({
    variant: `tiled ${pixels}x8`,
    passes: [
      {
        kernel,
        constants: constants(o),
        bindings: bindings(o),
        workgroups: [ceilDiv(ceilDiv(o.WO, pixels) * o.HO, 8), ceilDiv(ceilDiv(o.O, 8), 8), 1],
        batchAxis: 2,
      },
    ],
    pack: packs(o),
  });

/** For one group: the smallest tile, which compiles in half the time of the others. */
function planOnePixel(o: Conv2dOptions): Plan[] {
  return o.groups === 1 ? [tiledPlan(o, 1)(onePixelKernel.f32)] : [];
}

/** For one group: first the tile size that wastes the fewest pixels at the ends of rows; of equal sizes the larger. */
function planTiled(o: Conv2dOptions): Plan[] {
  if (o.groups !== 1) return [];
  const covered = (pixels: number) => ceilDiv(o.WO, pixels) * pixels;
  const tiles = TILES.toSorted((a, b) => covered(a) - covered(b) || b - a);
  return tiles.flatMap((n) => inBlocks(tiledKernels[TILES.indexOf(n)], o.halves, tiledPlan(o, n)));
}

/** For one group and more than one input channel, where the invocations of a quad share weights. */
function planTiledQuads(o: Conv2dOptions): Plan[] {
  if (o.groups !== 1 || o.I < 2) return [];
  return TILES.map((pixels) => {
    const tiles = ceilDiv(o.WO, pixels) * o.HO;
    const lanes = lanesFor(tiles);
    return {
      variant: `tiled quads ${pixels}x8`,
      features: ['subgroups'],
      passes: [
        {
          kernel: tiledQuadsKernel(pixels, lanes),
          constants: constants(o),
          bindings: bindings(o),
          workgroups: [ceilDiv(tiles, lanes), ceilDiv(o.O, 8), 1],
          batchAxis: 2,
        },
      ],
      pack: packs(o),
    };
  });
}

/** For one group, and only for enough channels to use most of a workgroup's tile. */
function planShared(o: Conv2dOptions): Plan[] {
  if (o.groups !== 1 || o.I < 16 || o.O < 32) return [];
  const planOf = (variant: string, kernel: Kernel, n: number): Plan => ({
    variant,
    hardware: true,
    passes: [
      {
        kernel,
        constants: constants(o),
        bindings: bindings(o),
        workgroups: [ceilDiv(o.HO * o.WO, 8 * n), ceilDiv(o.O, 64), 1],
        batchAxis: 2,
      },
    ],
    pack: packs(o),
  });
  return [
    ...TILES.map((n, at) => planOf(`shared ${8 * n}x64`, sharedKernels[at], n)),
    planOf(`shared ${8 * TILES[0]}x64, double`, sharedDoubleKernel, TILES[0]),
  ];
}

/** Only if every pixel of y depends on one pixel of x, at the same position. */
function planPointwise(o: Conv2dOptions): Plan[] {
  const isInPlace = o.HO === o.H && o.WO === o.W && !o.pads[0] && !o.pads[1];
  if (o.KH * o.KW * o.groups !== 1 || o.strides.some((n) => n !== 1) || !isInPlace) return [];
  const pixels = o.HO * o.WO;
  const planOf = (
    variant: string,
    kernel: Kernel,
    blocks: number,
    itemsPerWorkgroup: number,
  ): BlocksPlan => ({
    variant,
    passes: [
      {
        kernel,
        constants: {
          ...{ T: o.B * pixels, I: o.I, O: o.O, CZ: o.CZ ?? 0 },
          ...activationConstants(o.activation),
        },
        bindings: bindings(o),
        workgroups: [pixels, ceilDiv(ceilDiv(o.O, 8), blocks), 1],
        ...{ batchAxis: 0, itemsPerWorkgroup },
      },
    ],
    pack: packs(o),
  });
  return TILES.flatMap((n, at) => {
    const lanes = lanesFor((o.B * pixels) / n);
    return [
      ...inBlocks(pointwiseKernels[at], o.halves, (kernel) => planOf(`pointwise ${n}x8`, kernel, 8, 8 * n)),
      {
        ...planOf(`pointwise quads ${n}x8`, pointwiseQuadsKernel(n, lanes), 1, lanes * n),
        features: ['subgroups' as const],
      },
    ];
  });
}

/** The plan of a convolution without pooling, followed by a pass for the pooling. */
function thenPool(plan: Plan, o: Conv2dOptions): Plan {
  const [convolve] = plan.passes;
  const [pool] = planPool({
    ...{ B: o.B, C: o.O, H: o.HO, W: o.WO, HO: Math.floor(o.HO / 2), WO: Math.floor(o.WO / 2) },
    ...{ KH: 2, KW: 2, strides: [2, 2], pads: [0, 0, 0, 0], dilations: [1, 1], kind: 'max' },
  }).start.passes;
  return {
    ...plan,
    passes: [
      { ...convolve, bindings: [...convolve.bindings.slice(0, -1), 'unpooled'] },
      { ...pool, bindings: ['unpooled', 'y'] },
    ],
    scratch: { unpooled: o.B * o.HO * o.WO * channels4(o.O) },
  };
}

function planPooled(o: Conv2dOptions): Plan {
  const pixels = Math.floor(o.HO / 2) * Math.floor(o.WO / 2);
  return {
    variant: 'pooled',
    passes: [
      {
        kernel: pooledKernel,
        constants: { I: o.I, O: o.O, ...convConstants(o) },
        bindings: ['x', 'weight', 'bias', 'y'],
        workgroups: [ceilDiv(pixels, 16), ceilDiv(ceilDiv(o.O, 8), 4), 1],
        batchAxis: 2,
      },
    ],
    pack: packs(o),
  };
}

/** Packs the operands for the kernels with tiles. */
const packs = (o: Conv2dOptions) => ({
  weight: (w: Float32Array) => packBlocks(w, o),
  bias: (b: Float32Array) => fill(b, ceilDiv(o.O, 8) * 8),
});

/** (O,I,KH,KW) -> (O8/8,KH,KW,I4/4,2,4,4): blocks of 4 inputs x 4 outputs, zeros where there is no channel. */
function packBlocks(weight: Float32Array, { I, O, KH, KW }: Conv2dOptions): Float32Array {
  const blocks = ceilDiv(O, 8);
  const inputs = channels4(I);
  const packed = new Float32Array(blocks * KH * KW * inputs * 8);
  for (let o = 0; o < O; o++)
    for (let i = 0; i < I; i++)
      for (let k = 0; k < KH * KW; k++) {
        const row = (o >> 3) * KH * KW + k;
        packed[placeInBlocks(row, inputs, i, o)] = weight[(o * I + i) * KH * KW + k];
      }
  return packed;
}
