/** Picture files -> pixels. */

import type { Sharp } from 'sharp';
import type { Pixels } from '../vision/picture-source';
import { readBytes } from './files';
import { loadSharp } from './parts';

/** The endings of picture files in a folder. */
export const PICTURE_FILES = /\.(jpe?g|jfif|png|webp|gif|avif|tiff?)$/i;

/** As many pixels take 400 MB. */
const MAX_PIXELS = 100_000_000;

/**
 * A JPEG, PNG, WebP, GIF, AVIF or TIFF file as RGBA: turned upright as its EXIF data says, in sRGB, 8 bits a channel.
 * Transparent parts count as black, so alpha is 255 everywhere. Of an animation, the first picture.
 * @throws `FILE: why not`, or in one sentence that sharp, the decoder, can't be loaded
 */
export async function readPicture(file: string): Promise<Pixels> {
  const sharp = await loadSharp();
  const bytes = await readBytes(file);
  try {
    // The limit of pixels is checked here, so that the error can name both numbers.
    const picture = sharp(bytes, { failOn: 'error', limitInputPixels: false });
    await checkSize(picture);
    // By default sharp's output is sRGB.
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

/** Reads the header alone: a file of some bytes may claim a picture of gigabytes. */
async function checkSize(picture: Sharp): Promise<void> {
  const { width, height } = await picture.metadata();
  const count = width * height;
  if (count > MAX_PIXELS)
    throw new Error(`the picture has ${width} x ${height} = ${count} pixels, at most ${MAX_PIXELS} are read`);
}

/** sharp says much of its own insides. */
function inWords(message: string): string {
  const [line] = message.split('\n');
  if (/unsupported image format|buffer is empty/i.test(line))
    return 'this is no JPEG, PNG, WebP, GIF, AVIF or TIFF picture';
  return line.startsWith('the picture has') ? line : `the picture can't be decoded: ${line}`;
}
