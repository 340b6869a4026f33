/** Picture files -> pixels. */

import { decode } from 'jpeg-js';
import { PNG } from 'pngjs';
import type { Pixels } from '../vision/picture-source';
import { readBytes } from './files';

/** The endings of files that `readPicture` decodes. */
export const PICTURE_FILES = /\.(jpe?g|png)$/i;

/**
 * A PNG or JPEG file, turned upright as its EXIF says.
 * @throws `FILE: why not`
 */
export async function readPicture(file: string): Promise<Pixels> {
  const bytes = await readBytes(file);
  try {
    if (bytes[0] === 0x89 && bytes[1] === 0x50) return PNG.sync.read(Buffer.from(bytes));
    if (bytes[0] === 0xff && bytes[1] === 0xd8) {
      const picture = decode(bytes, { useTArray: true, formatAsRGBA: true, maxMemoryUsageInMB: 2048 });
      const { exifBuffer } = picture as { exifBuffer?: ArrayBuffer | Uint8Array }; // left out of its types
      return upright(picture, exifBuffer ? orientationOf(new Uint8Array(exifBuffer)) : 1);
    }
  } catch (error) {
    throw new Error(`${file}: can't be decoded: ${(error as Error).message}`);
  }
  throw new Error(`${file}: is neither PNG nor JPEG`);
}

/** The tag Orientation (0x0112), 1 to 8, of EXIF's first directory (a TIFF header, perhaps behind "Exif\0\0"). */
export function orientationOf(exif: Uint8Array): number {
  const start = exif[0] === 0x45 ? 6 : 0;
  const view = new DataView(exif.buffer, exif.byteOffset + start, exif.byteLength - start);
  if (view.byteLength < 14) return 1;
  const little = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, little);
  if (directory + 2 > view.byteLength) return 1;
  const count = view.getUint16(directory, little);
  for (let i = 0, at = directory + 2; i < count && at + 12 <= view.byteLength; i++, at += 12)
    if (view.getUint16(at, little) === 0x0112) return view.getUint16(at + 8, little);
  return 1;
}

/** Undoes an EXIF orientation: 2 mirrored, 3 turned by 180°, 4 both, 5 to 8 the same with rows and columns swapped. */
export function upright(picture: Pixels, orientation: number): Pixels {
  if (!(orientation >= 2 && orientation <= 8)) return picture;
  const swapped = orientation >= 5;
  const [width, height] = swapped ? [picture.height, picture.width] : [picture.width, picture.height];
  const flipX = [2, 3, 7, 8].includes(orientation);
  const flipY = [3, 4, 6, 7].includes(orientation);
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [u, v] = swapped ? [y, x] : [x, y];
      const sx = flipX ? picture.width - 1 - u : u;
      const sy = flipY ? picture.height - 1 - v : v;
      const from = (sy * picture.width + sx) * 4;
      data.set(picture.data.subarray(from, from + 4), (y * width + x) * 4);
    }
  return { width, height, data };
}
