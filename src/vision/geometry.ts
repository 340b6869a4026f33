/** Affine maps from the pixels of a crop to the pixels of the picture. */

import type { Affine } from '../../shaders/frame/frame';

/** Fits the whole picture into a square of `size` pixels, centred, with its aspect ratio kept. */
export function letterbox(width: number, height: number, size: number): Affine {
  const scale = Math.max(width, height) / size;
  return { a: scale, b: 0, tx: (width - size * scale) / 2, c: 0, d: scale, ty: (height - size * scale) / 2 };
}

/** Stretches the whole picture to a square of `size` pixels. For pictures that are already cropped to a face. */
export const wholePicture = (width: number, height: number, size: number): Affine => ({
  ...{ a: width / size, b: 0, tx: 0, c: 0, d: height / size, ty: 0 },
});
