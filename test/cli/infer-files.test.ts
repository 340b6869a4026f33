import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseNpy } from '../../src/formats/npy';
import { mien, scratch } from './mien';

const out = scratch();
const fixtures = 'test/fixtures/cli';

/** Runs a model that doubles its input, and returns half of its output. */
async function halfOf(model: string, input: string, ...more: string[]) {
  const y = join(out, `${model}.${more.join('').replaceAll('/', '')}.npy`);
  const args = ['infer', `${fixtures}/${model}.onnx`, '--input', input, '--output', y, ...more];
  const { status, stdout, stderr } = await mien(...args);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  const { shape, data } = parseNpy(readFileSync(y));
  return { shape, data: Array.from(data as Float32Array, (value) => value / 2) };
}

test.each([
  ['two.npz:first', [-3, -2, -1, 0, 1, 2, 3, 4]],
  ['two.npz:second', [-1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2]],
  ['one.npz', [-3, -2, -1, 0, 1, 2, 3, 4]],
])('%s', async (file, data) => {
  expect(await halfOf('double-row', `${fixtures}/${file}`)).toEqual({ shape: [2, 4], data });
});

/** 3 x 2 pixels; red counts them, green is 100 more, blue 200 more. */
const rgb = Array.from({ length: 6 }, (_, p) => [p, p + 100, p + 200]);
const folder = join(out, 'pictures');
const picture = join(folder, 'a.png');

beforeAll(async () => {
  mkdirSync(folder);
  const raw = { width: 3, height: 2, channels: 3 as const };
  for (const name of ['a', 'b'])
    await sharp(Uint8Array.from(rgb.flat()), { raw })
      .png()
      .toFile(join(folder, `${name}.png`));
});

describe('pictures', () => {
  const planes = [0, 1, 2].flatMap((c) => rgb.map((pixel) => pixel[c]));

  test('channel after channel, with scale, mean and std', async () => {
    const how = ['--scale', '1/2', '--mean', '1,2,3', '--std', '2,4,8'];
    const { shape, data } = await halfOf('double-nchw', picture, ...how);
    expect(shape).toEqual([1, 3, 2, 3]);
    const [mean, std] = [
      [1, 2, 3],
      [2, 4, 8],
    ];
    const expected = [0, 1, 2].flatMap((c) => rgb.map((pixel) => (pixel[c] / 2 - mean[c]) / std[c]));
    expect(data).toEqual(expected); // all of these are exact in f32
  });

  test('a folder: an item for each', async () => {
    expect(await halfOf('double-nchw', folder)).toEqual({
      shape: [2, 3, 2, 3],
      data: [...planes, ...planes],
    });
  });

  test('pixel after pixel, blue first', async () => {
    const { shape, data } = await halfOf('double-nhwc', picture, '--bgr', '--layout', 'nhwc');
    expect(shape).toEqual([1, 2, 3, 3]);
    expect(data).toEqual(rgb.flatMap((pixel) => pixel.toReversed()));
  });

  test('grey, stretched', async () => {
    const { shape, data } = await halfOf('double-grey', picture, '--grey', '--size', '5x4');
    expect(shape).toEqual([1, 1, 4, 5]);
    // The luma lies between those of the first and the last pixel: 0.587 * 100 + 0.114 * 200 = 81.5, and 5 more.
    expect(Math.min(...data)).toBeGreaterThan(80.5);
    expect(Math.max(...data)).toBeLessThan(87.5);
  });
});

describe('what is wrong is said in one line', () => {
  const doubles = join(out, 'doubles.npy');
  const header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 4), }".padEnd(117);
  const numbers = new Uint8Array(Float64Array.of(1, 2, 0.1, 3).buffer);
  writeFileSync(
    doubles,
    Buffer.concat([Buffer.from(`\x93NUMPY\x01\x00\x76\x00${header}\n`, 'latin1'), numbers]),
  );
  const row = `${fixtures}/double-row.onnx`;
  const nchw = `${fixtures}/double-nchw.onnx`;
  test.each<[string, number, string[], RegExp]>([
    [
      'a number that f32 does not have',
      1,
      [row, '--input', doubles],
      /value 2 is 0\.1 \(f64\), and the nearest/,
    ],
    ['two arrays', 1, [row, '--input', `${fixtures}/two.npz`], /contains 2 arrays \(first, second\)/],
    ['no such array', 1, [row, '--input', `${fixtures}/two.npz:x`], /contains no array x, but first, second/],
    ['no archive', 1, [row, '--input', join(out, 'text.npz')], /text\.npz: not a \.npz file/],
    ['a picture for a row', 1, [row, '--input', picture], /takes no pictures: four dimensions/],
    [
      'grey for three channels',
      1,
      [nchw, '--input', picture, '--grey'],
      /has 3 channels \(nchw\), but .* have 1/,
    ],
    ['another size', 1, [nchw, '--input', picture, '--size', '4x4'], /needs 3x2 pixels, but --size is 4x4/],
    ['a wrong size', 2, [nchw, '--input', picture, '--size', '4'], /--size is 4; it must be WxH/],
    [
      'two means',
      2,
      [nchw, '--input', picture, '--mean', '1,2'],
      /--mean is 1,2; it must be one number or 3/,
    ],
    [
      'options without a picture',
      2,
      [row, '--input', `${fixtures}/one.npz`, '--bgr'],
      /no input is a picture/,
    ],
  ])('%s, exit %i', async (_, code, args, message) => {
    writeFileSync(join(out, 'text.npz'), 'text');
    const { status, stderr } = await mien('infer', ...args, '--output', join(out, 'y.npy'));
    expect(stderr).toMatch(message);
    expect(status).toBe(code);
  });
});
