/** Pictures with several faces, composed from the bundled photo. */

import { readPicture } from '../src/cli/picture-file';
import type { Pixels } from '../src/vision/picture-source';
import { root } from './fixtures';

/** Side of a tile in pixels. */
export const TILE = 190;

const read = readPicture(`${root}/demo/astronaut.png`);

/** Transformations of the face and its brightness. Each differs, so that a test detects swapped faces. */
const looks: readonly ((x: number, y: number) => [x: number, y: number, light: number])[] = [
  (x, y) => [x, y, 1],
  (x, y) => [TILE - 1 - x, y, 0.8],
  (x, y) => [x + 0.15 * (y - 95), y - 0.15 * (x - 95), 0.6],
  (x, y) => [x, y, 0.5 + (0.6 * x) / TILE],
];

/** Returns a picture with `count` faces in rows of `side`. The rest is grey. */
export async function tiles(count: number, side = 4): Promise<Pixels> {
  const photo = await read;
  const width = side * TILE;
  const data = new Uint8Array(width * width * 4).map((_, i) => (i % 4 === 3 ? 255 : 110));
  for (let tile = 0; tile < count; tile++)
    for (let y = 0; y < TILE; y++)
      for (let x = 0; x < TILE; x++) {
        const [fromX, fromY, light] = looks[tile % looks.length](x, y);
        const clamped = (v: number) => Math.min(Math.max(Math.round(v), 0), TILE - 1);
        const from = ((30 + clamped(fromY)) * photo.width + 130 + clamped(fromX)) * 4;
        const to = ((Math.floor(tile / side) * TILE + y) * width + (tile % side) * TILE + x) * 4;
        for (let c = 0; c < 3; c++) data[to + c] = photo.data[from + c] * light;
      }
  return { width, height: width, data };
}
