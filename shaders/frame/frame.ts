import { type Candidates, ceilDiv, type Kernel, onlyPlain, type PictureKind } from '../plan/plan';
import code from './frame.wgsl?raw';
import external from './picture-external.wgsl?raw';
import texture from './picture-texture.wgsl?raw';

/** picture -> y (B,H,W,4). */
export interface FrameOptions {
  readonly H: number;
  readonly W: number;
  /** Applied to colours 0..1. */
  readonly scale: number;
  readonly offset: number;
  /** One channel, the average of three. */
  readonly grey: boolean;
  /** What lies outside the picture. */
  readonly border: 'black' | 'nearest';
}

/** px = a ox + b oy + tx, py = c ox + d oy + ty: from the crop's pixels to the picture's. */
export interface Affine {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly c: number;
  readonly d: number;
  readonly ty: number;
}

/** Numbers in a crop's record. */
export const CROP_SIZE = 8;

/** No pixel of a crop is the mean of more than this many taps squared. */
export const MAX_TAPS = 16;

/** What the kernel reads of a crop: two rows (a, b, t, taps). */
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

/** Operands picture (in group 1), crops (B records) -> y. */
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
