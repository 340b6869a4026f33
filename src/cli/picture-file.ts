/** Decodes picture files. */

import type { Sharp } from 'sharp';
import type { Pixels } from '../vision/picture-source';
import { readBytes } from './files';
import { loadSharp } from './parts';

/** Extensions of the files in a folder that are read as pictures. */
export const PICTURE_FILES = /\.(jpe?g|jfif|png|webp|gif|avif|tiff?)$/i;

/** Maximum number of pixels, which take 400 MB. */
const MAX_PIXELS = 100_000_000;

/**
 * Reads a JPEG, PNG, WebP, GIF, AVIF or TIFF file as RGBA in sRGB, 8 bits per channel. The picture is rotated as its
 * EXIF data specifies, and blended with black, so alpha is 255 everywhere. Of an animation, the first picture is read.
 * @throws Error with the message `FILE: REASON`, or if sharp can't be loaded
 */
export async function readPicture(file: string): Promise<Pixels> {
  const sharp = await loadSharp();
  const bytes = await readBytes(file);
  try {
    // checkSize checks the number of pixels instead, so that the message can contain both numbers.
    const picture = sharp(bytes, { failOn: 'error', limitInputPixels: false });
    await checkSize(picture);
    // sharp converts to sRGB by default.
    const { data, info } = await picture
      .autoOrient()
      .flatten({ background: '#000' })
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  } catch (error) {
    throw new Error(`${file}: ${inWords((error as Error).message)}`);
  }
}

/**
 * Checks the number of pixels in the header before decoding, because a small file may decode to gigabytes.
 * @throws Error if there are more than MAX_PIXELS; the message contains both numbers
 */
async function checkSize(picture: Sharp): Promise<void> {
  const { width, height } = await picture.metadata();
  const count = width * height;
  if (count > MAX_PIXELS)
    throw new Error(
      `the picture has ${width} x ${height} = ${count} pixels; at most ${MAX_PIXELS} are supported`,
    );
}

/** Shortens sharp's messages, which contain internal details. */
function inWords(message: string): string {
  const [line] = message.split('\n');
  if (/unsupported image format|buffer is empty/i.test(line))
    return 'this is not a JPEG, PNG, WebP, GIF, AVIF or TIFF picture';
  return line.startsWith('the picture has') ? line : `the picture can't be decoded: ${line}`;
}
