import { type Conv2dOptions, convConstants } from '../conv2d/conv2d';
import { fix } from '../plan/fix';
import { type Candidates, ceilDiv, channels4, fill, type Kernel, line, type Plan } from '../plan/plan';
import { repeat } from '../plan/repeat';
import { activationFile } from '../snippets/activation';
import plain from './depthwise-conv2d.wgsl?raw';
import row3 from './depthwise-conv2d-row3.wgsl?raw';
import tiled from './depthwise-conv2d-tiled.wgsl?raw';

const kernel = (name: string, code: string): Kernel => ({
  name,
  files: [activationFile, { name: `${name.split(' ')[0]}.wgsl`, code }],
});
/** Pixels of a row that a thread computes, in the kernels with tiles. */
const TILES = [8, 4] as const;
const plainKernel = kernel('depthwise-conv2d', plain);
const inTiles = (name: string, code: string): readonly Kernel[] =>
  TILES.map((n) => kernel(`${name} ${n}x4`, fix(repeat(code, n), { PIXELS: n })));
const tiledKernels = inTiles('depthwise-conv2d-tiled', tiled);
const row3Kernels = inTiles('depthwise-conv2d-row3', row3);

/** The plans of a Conv where groups, I and O are equal. Operands x, weight (C,1,KH,KW), bias (C) -> y. */
export function planDepthwiseConv2d(o: Conv2dOptions): Candidates {
  const C4 = channels4(o.O);
  const threads = o.HO * (C4 / 4);
  const plan = (variant: string, from: Kernel, constants: Record<string, number>, across: number): Plan => ({
    variant,
    passes: [
      {
        kernel: from,
        constants: { C: o.O, ...constants },
        bindings: ['x', 'weight', 'bias', 'y'],
        workgroups: [...line(threads * across, 64), 1],
        batchAxis: 2,
      },
    ],
    pack: { weight: (w) => packChannelsLast(w, o.O, o.KH * o.KW), bias: (b) => fill(b, C4) },
  });
  const constants = convConstants(o);
  const start = plan('plain', plainKernel, constants, o.WO);
  const sharesPixels = o.KW === 3 && o.strides[1] === 1 && o.dilations[1] === 1;
  const [name, kernels] = sharesPixels ? ['row3', row3Kernels] : ['tiled', tiledKernels];
  const tiles = TILES.map((n, at) => plan(`${name} ${n}x4`, kernels[at], constants, ceilDiv(o.WO, n)));
  const [, smallest] = TILES;
  // The larger tile has no advantage if the smaller tile covers a whole row.
  return { start, ranked: [...(o.WO > smallest ? tiles : tiles.slice(1)), start] };
}

/** (C,K) -> (K,C4), with zeros past channel C. */
function packChannelsLast(weight: Float32Array, C: number, K: number): Float32Array {
  const packed = new Float32Array(K * channels4(C));
  for (let c = 0; c < C; c++) for (let k = 0; k < K; k++) packed[k * channels4(C) + c] = weight[c * K + k];
  return packed;
}
