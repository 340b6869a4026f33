import { type Candidates, ceilDiv, type Kernel, onlyPlain, type PictureKind } from '../plan/plan';
import code from './frame.wgsl?raw';
import external from './picture-external.wgsl?raw';
import texture from './picture-texture.wgsl?raw';

/** Sizes of y, and how its values are computed: picture -> y (B,H,W,4). */
export interface FrameOptions {
  readonly H: number;
  readonly W: number;
  /** y = scale colour + offset, for colours 0..1. */
  readonly scale: number;
  readonly offset: number;
  /** Whether y has one channel, the average of three. The other channels of y are 0. */
  readonly grey: boolean;
  /** The colour outside the picture: black, or that of the nearest pixel. */
  readonly border: 'black' | 'nearest';
}

/** px = a ox + b oy + tx, py = c ox + d oy + ty: from pixels of the crop to pixels of the picture. */
export interface Affine {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly c: number;
  readonly d: number;
  readonly ty: number;
}

/** Number of f32 numbers in the record of a crop. */
export const CROP_SIZE = 8;

/** Maximum number of taps along each side of a pixel: a pixel of a crop is the mean of at most MAX_TAPS² taps. */
export const MAX_TAPS = 16;

/** The record of a crop that the kernel reads: two rows (a, b, t, taps) of four numbers. */
export function cropRecord({ a, b, tx, c, d, ty }: Affine): Float32Array {
  const covered = Math.max(Math.hypot(a, c), Math.hypot(b, d));
  const taps = Math.min(Math.max(Math.ceil(covered - 1e-3), 1), MAX_TAPS);
  return Float32Array.of(a, b, tx, taps, c, d, ty, 0);
}

const main = { name: 'frame.wgsl', code };
const kernels: Readonly<Record<PictureKind, Kernel>> = {
  texture: { name: 'frame', files: [{ name: 'picture-texture.wgsl', code: texture }, main] },
  external: { name: 'frame of a video', files: [{ name: 'picture-external.wgsl', code: external }, main] },
};

/** Operands picture (in group 1; default: a texture), crops (B records) -> y (B,H,W,4). */
export function planFrame(o: FrameOptions, picture: PictureKind = 'texture'): Candidates {
  return onlyPlain({
    kernel: kernels[picture],
    constants: {
      H: o.H,
      W: o.W,
      SCALE: o.scale,
      OFFSET: o.offset,
      GREY: o.grey ? 1 : 0,
      BLACK: o.border === 'black' ? 1 : 0,
    },
    bindings: ['crops', 'y'],
    picture,
    workgroups: [ceilDiv(o.W, 8), ceilDiv(o.H, 8), 1],
  });
}
