/** From a crop's pixels to the picture's. */

import type { Affine } from '../../shaders/frame/frame';
import type { Point } from './blazeface';

/** The whole picture in the middle of a square of `size`, as large as fits. */
export function letterbox(width: number, height: number, size: number): Affine {
  const scale = Math.max(width, height) / size;
  return { a: scale, b: 0, tx: (width - size * scale) / 2, c: 0, d: scale, ty: (height - size * scale) / 2 };
}

/** Where a point 0..1 of a letterbox lies in the picture. */
export const fromLetterbox = (box: Affine, size: number, { x, y }: Point): Point => ({
  x: box.a * x * size + box.tx,
  y: box.d * y * size + box.ty,
});

/**
 * How a face lies in a picture of FER2013, on which the CNN learnt, in shares of the picture's side: medians over
 * 1,425 training faces, of BlazeFace's keypoints. Crops are cut so that faces lie likewise.
 */
const FER2013 = { eyesY: 0.4, betweenEyes: 0.365, eyesToMouth: 0.386 } as const;

/**
 * A square of `size` around a face, turned upright by the eyes.
 * @param keypoints BlazeFace's, in pixels of the picture
 */
export function faceCrop(keypoints: readonly Point[], size: number): Affine {
  const [rightEye, leftEye, , mouth] = keypoints;
  const eyes = { x: (rightEye.x + leftEye.x) / 2, y: (rightEye.y + leftEye.y) / 2 };
  const between = Math.hypot(leftEye.x - rightEye.x, leftEye.y - rightEye.y);
  const toMouth = Math.hypot(mouth.x - eyes.x, mouth.y - eyes.y);
  // Seen from the side the eyes come together, seen from above or below the mouth comes near: the larger is true.
  const side = Math.max(between / FER2013.betweenEyes, toMouth / FER2013.eyesToMouth, 1);
  // The person's right eye is on the left. Eyes in one point tell no direction.
  const angle = between > 0 ? Math.atan2(leftEye.y - rightEye.y, leftEye.x - rightEye.x) : 0;
  const scale = side / size;
  const [cos, sin] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
  const [ox, oy] = [size / 2, size * FER2013.eyesY];
  return {
    a: cos,
    b: -sin,
    tx: eyes.x - cos * ox + sin * oy,
    c: sin,
    d: cos,
    ty: eyes.y - sin * ox - cos * oy,
  };
}

/** The whole picture, squeezed into a square: for pictures that are a face already. */
export const wholePicture = (width: number, height: number, size: number): Affine => ({
  ...{ a: width / size, b: 0, tx: 0, c: 0, d: height / size, ty: 0 },
});
