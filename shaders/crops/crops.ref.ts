import { BOX_SIZE } from '../boxes/boxes';
import { FACES_HEAD } from '../faces/faces';
import { CROP_SIZE, MAX_TAPS } from '../frame/frame';
import type { CropsOptions } from './crops';

/** faces -> y (maxFaces,8), computed with angles; the kernel uses none. Infinite past the last face. */
export function crops(o: CropsOptions, faces: Float32Array): Float64Array {
  const y = new Float64Array(o.maxFaces * CROP_SIZE).fill(Number.POSITIVE_INFINITY);
  for (let face = 0; face < faces[0]; face++) {
    const [rx, ry, lx, ly, , , mx, my] = faces.subarray(FACES_HEAD + face * BOX_SIZE + 4);
    const [ex, ey] = [(rx + lx) / 2, (ry + ly) / 2];
    const between = Math.hypot(lx - rx, ly - ry);
    const side = Math.max(between / o.betweenEyes, Math.hypot(mx - ex, my - ey) / o.eyesToMouth, 1);
    const angle = between > 0 ? Math.atan2(ly - ry, lx - rx) : 0;
    const [cos, sin] = [(Math.cos(angle) * side) / o.size, (Math.sin(angle) * side) / o.size];
    const [ox, oy] = [o.size / 2, o.size * o.eyesY];
    const taps = Math.min(Math.max(Math.ceil(side / o.size - 1e-3), 1), MAX_TAPS);
    const rows = [cos, -sin, ex - cos * ox + sin * oy, taps, sin, cos, ey - sin * ox - cos * oy, 0];
    y.set(rows, face * CROP_SIZE);
  }
  return y;
}
