/** From a crop's pixels to the picture's. */

import type { Affine } from '../../shaders/frame/frame';

/** The whole picture in the middle of a square of `size`, as large as fits. */
export function letterbox(width: number, height: number, size: number): Affine {
  const scale = Math.max(width, height) / size;
  return { a: scale, b: 0, tx: (width - size * scale) / 2, c: 0, d: scale, ty: (height - size * scale) / 2 };
}

/** The whole picture, squeezed into a square: for pictures that are a face already. */
export const wholePicture = (width: number, height: number, size: number): Affine => ({
  ...{ a: width / size, b: 0, tx: 0, c: 0, d: height / size, ty: 0 },
});
