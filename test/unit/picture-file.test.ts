import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPicture } from '../../src/cli/picture-file';
import type { Pixels } from '../../src/vision/picture-source';
import { root } from '../fixtures';

const folder = mkdtempSync(join(tmpdir(), 'mien-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Size of the part of the photo that is used. It is not square. */
const W = 200;
const H = 140;
const photo = (): Sharp =>
  sharp(`${root}/demo/astronaut.png`).extract({ left: 130, top: 30, width: W, height: H });
let right: Uint8Array;
beforeAll(async () => {
  right = await photo().raw().toBuffer(); // RGB
});

const read = async (name: string, bytes: Uint8Array): Promise<Pixels> => {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return readPicture(file);
};

/** Returns the mean difference of the colours in levels. Checks that alpha is 255. */
function meanError({ width, height, data }: Pixels, expected = right): number {
  expect([width, height, data.length]).toEqual([W, H, W * H * 4]);
  let sum = 0;
  for (let pixel = 0; pixel < W * H; pixel++) {
    for (let c = 0; c < 3; c++) sum += Math.abs(data[pixel * 4 + c] - expected[pixel * 3 + c]);
    if (data[pixel * 4 + 3] !== 255) throw new Error(`alpha of pixel ${pixel} is ${data[pixel * 4 + 3]}`);
  }
  return sum / (W * H * 3);
}

/** The edges of the upright picture at which the first stored row and column are, by EXIF 2.3. */
const orientations: Readonly<Record<number, readonly [row: string, column: string]>> = {
  1: ['top', 'left'],
  2: ['top', 'right'],
  3: ['bottom', 'right'],
  4: ['bottom', 'left'],
  5: ['left', 'top'],
  6: ['right', 'top'],
  7: ['right', 'bottom'],
  8: ['left', 'bottom'],
};

/** Returns the photo, stored in an EXIF orientation. */
function stored(orientation: number): Sharp {
  const [firstRow, firstColumn] = orientations[orientation];
  const isTurned = orientation >= 5;
  const [width, height] = isTurned ? [H, W] : [W, H];
  const data = new Uint8Array(W * H * 3);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const [fromLeft, fromTop] = isTurned ? [row, column] : [column, row];
      const x = firstRow === 'right' || firstColumn === 'right' ? W - 1 - fromLeft : fromLeft;
      const y = firstRow === 'bottom' || firstColumn === 'bottom' ? H - 1 - fromTop : fromTop;
      data.set(right.subarray((y * W + x) * 3, (y * W + x) * 3 + 3), (row * width + column) * 3);
    }
  return sharp(data, { raw: { width, height, channels: 3 } }).withMetadata({ orientation });
}

describe.each(Object.keys(orientations).map(Number))(
  'EXIF orientation %i is turned upright',
  (orientation) => {
    // JPEG changes colours by about 2 levels. Another orientation changes them by 40 or more.
    test.each<[string, number, (picture: Sharp) => Sharp]>([
      ['jpg', 4, (picture) => picture.jpeg({ quality: 95, chromaSubsampling: '4:4:4' })],
      ['png', 0, (picture) => picture.png()],
      ['webp', 0, (picture) => picture.webp({ lossless: true })],
      ['tiff', 0, (picture) => picture.tiff({ compression: 'lzw' })],
    ])('%s', async (format, most, encode) => {
      const bytes = await encode(stored(orientation)).toBuffer();
      expect(meanError(await read(`${orientation}.${format}`, bytes))).toBeLessThanOrEqual(most);
    });
  },
);

describe('formats', () => {
  test.each<[string, number, string, (picture: Sharp) => Sharp]>([
    ['16 bits a channel', 0, 'png', (p) => p.toColourspace('rgb16').png()],
    ['256 colours', 6, 'png', (p) => p.png({ palette: true, dither: 0 })],
    ['GIF', 8, 'gif', (p) => p.gif({ dither: 0 })],
    ['AVIF', 4, 'avif', (p) => p.avif({ quality: 80, chromaSubsampling: '4:4:4' })],
    // CMYK can't represent all colours.
    ['CMYK', 10, 'jpg', (p) => p.toColourspace('cmyk').jpeg({ quality: 95 })],
    ['a wide gamut', 2, 'png', (p) => p.withIccProfile('p3').png()],
    ['progressive', 4, 'jpg', (p) => p.jpeg({ quality: 95, progressive: true })],
  ])('%s', async (name, most, format, encode) => {
    const bytes = await encode(photo()).toBuffer();
    expect(meanError(await read(`${name}.${format}`, bytes))).toBeLessThanOrEqual(most);
  });

  test.each(['b-w', 'grey16'])('grey (%s)', async (space) => {
    const grey = photo().greyscale();
    const levels = await grey.clone().raw().toBuffer();
    expect(levels.length).toBe(W * H);
    const expected = right.map((_, i) => levels[Math.floor(i / 3)]);
    const bytes = await grey.clone().toColourspace(space).png().toBuffer();
    expect((await sharp(bytes).metadata()).channels).toBe(1);
    expect(meanError(await read(`${space}.png`, bytes), expected)).toBeLessThanOrEqual(0.5);
  });

  test('a JPEG whose channels are R, G, B', async () => {
    // Adobe's marker with the transform 0 means RGB, so the photo's Y, Cb, Cr are read as R, G, B.
    const bytes = await photo().jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
    const marker = Buffer.from([0xff, 0xee, 0, 14, ...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, 0]);
    const expected = new Uint8Array(right.length);
    for (let i = 0; i < right.length; i += 3) {
      const [r, g, b] = right.subarray(i, i + 3);
      const y = 0.299 * r + 0.587 * g + 0.114 * b;
      expected.set([y, 128 + 0.564 * (b - y), 128 + 0.713 * (r - y)], i);
    }
    const picture = await read('rgb.jpg', Buffer.concat([bytes.subarray(0, 2), marker, bytes.subarray(2)]));
    expect(meanError(picture, expected)).toBeLessThanOrEqual(3);
  });

  test('of an animation, the first picture', async () => {
    const frames = [photo(), photo().negate()].map((frame) => frame.png().toBuffer());
    const bytes = await sharp(await Promise.all(frames), { join: { animated: true } })
      .webp({ lossless: true })
      .toBuffer();
    expect((await sharp(bytes).metadata()).pages).toBe(2);
    expect(meanError(await read('animated.webp', bytes))).toBe(0);
  });

  test('transparent parts count as black', async () => {
    const alpha = Uint8Array.from({ length: W * H }, (_, i) => (i % W < 100 ? 255 : i % W < 150 ? 128 : 0));
    const bytes = await photo()
      .joinChannel(Buffer.from(alpha), { raw: { width: W, height: H, channels: 1 } })
      .png()
      .toBuffer();
    expect((await sharp(bytes).metadata()).hasAlpha).toBe(true);
    const expected = right.map((level, i) => Math.round((level * alpha[Math.floor(i / 3)]) / 255));
    expect(meanError(await read('transparent.png', bytes), expected)).toBeLessThanOrEqual(0.5);
  });
});

describe('refused, with the file named', () => {
  const chunk = (type: string, data: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };

  test('more pixels than the limit, from the header alone', async () => {
    const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 17, 8, 2, 0, 0, 0]);
    header.writeUInt32BE(9_961_496);
    const bytes = Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      chunk('IHDR', header),
      chunk('IDAT', deflateSync(new Uint8Array(1000))),
      chunk('IEND', new Uint8Array(0)),
    ]);
    const before = process.resourceUsage().maxRSS;
    await expect(read('huge.png', bytes)).rejects.toThrow(
      /huge\.png: the picture has 9961496 x 17 = 169345432 pixels; at most 100000000 are supported$/,
    );
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(50_000); // kB
  });

  test.each<[string, () => Promise<Uint8Array>, RegExp]>([
    ['empty.png', async () => new Uint8Array(0), /empty\.png: this is not a JPEG, PNG, WebP,/],
    ['text.jpg', async () => Buffer.from('a text'), /text\.jpg: this is not a JPEG, PNG, WebP,/],
    [
      'cut.png',
      async () => (await photo().png().toBuffer()).subarray(0, 5000),
      /cut\.png: .* can't be decoded/,
    ],
    [
      'cut.jpg',
      async () => (await photo().jpeg().toBuffer()).subarray(0, 4000),
      /cut\.jpg: .* can't be decoded/,
    ],
  ])('%s', async (name, bytes, message) => {
    const error = await read(name, await bytes()).catch((error: Error) => error);
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain('\n');
  });

  test('a missing file', async () => {
    await expect(readPicture('nowhere.png')).rejects.toThrow('nowhere.png: the file does not exist');
  });
});
