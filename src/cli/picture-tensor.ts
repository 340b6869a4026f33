/** Pictures as the input of any model: resized, and with the channels, the layout and the scale that it was trained with. */

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tensor } from '../network/inputs';
import { UsageError } from './command';
import { loadSharp } from './parts';
import { PICTURE_FILES, readPicture } from './picture-file';

/** The options of a command for pictures. */
export const pictureOptions = {
  size: {
    type: 'string',
    value: 'WxH',
    about: 'pictures are stretched to this size; default: the size of the input',
  },
  layout: {
    type: 'string',
    value: 'nchw|nhwc',
    about: 'the order of the axes for pictures; default: where the input has 1 or 3 channels',
  },
  scale: {
    type: 'string',
    value: 'S',
    about: 'the factor for pixels, which are 0 to 255, such as 1/255; default 1',
  },
  mean: {
    type: 'string',
    value: 'M[,M,M]',
    about: 'subtracted after --scale, one number or one for each channel',
  },
  std: {
    type: 'string',
    value: 'D[,D,D]',
    about: 'divisor after --mean, one number or one for each channel',
  },
  grey: { type: 'boolean', about: 'converts pictures to one channel, 0.299 R + 0.587 G + 0.114 B' },
  bgr: { type: 'boolean', about: 'orders the channels blue, green, red' },
} as const;

/** How pictures become numbers. */
export interface Preprocessing {
  /** Width and height in pixels; default: those of the input. */
  readonly size?: readonly [width: number, height: number];
  /** The order of the axes; default: where the input has 1 or 3 channels. */
  readonly layout?: 'nchw' | 'nhwc';
  /** The factor of each channel: scale / std. */
  readonly factors: readonly number[];
  /** Subtracted from each channel after the factor: mean / std. */
  readonly offsets: readonly number[];
  /** Whether there is one channel, the luma. */
  readonly grey: boolean;
  /** Whether blue comes first. */
  readonly bgr: boolean;
}

type Values = { readonly [K in keyof typeof pictureOptions]?: string | boolean };

/** Whether an option for pictures was passed. */
export const hasPictureOption = (values: Values): boolean =>
  Object.keys(pictureOptions).some((name) => values[name as keyof Values] !== undefined);

/** Parses the options. @throws UsageError if a value is wrong */
export function preprocessingOf(values: Values): Preprocessing {
  const grey = values.grey === true;
  const bgr = values.bgr === true;
  if (grey && bgr)
    throw new UsageError('--grey and --bgr exclude each other: a grey picture has one channel');
  const size = values.size === undefined ? undefined : /^([1-9]\d*)x([1-9]\d*)$/.exec(String(values.size));
  if (size === null) throw new UsageError(`--size is ${values.size}; it must be WxH, such as 224x224`);
  const { layout } = values;
  if (layout !== undefined && layout !== 'nchw' && layout !== 'nhwc')
    throw new UsageError(`--layout is ${layout}; it must be nchw or nhwc`);
  const channels = grey ? 1 : 3;
  const scale = numbers('--scale', values.scale, channels, 1);
  const mean = numbers('--mean', values.mean, channels, 0);
  const std = numbers('--std', values.std, channels, 1);
  if (std.includes(0)) throw new UsageError(`--std is ${values.std}; it must not be 0`);
  return {
    ...(size && { size: [Number(size[1]), Number(size[2])] as const }),
    ...(layout && { layout }),
    factors: scale.map((s, c) => s / std[c]),
    offsets: mean.map((m, c) => m / std[c]),
    ...{ grey, bgr },
  };
}

/** Parses one number, or one for each channel. A number may be a fraction, such as 1/255. */
function numbers(
  name: string,
  text: string | boolean | undefined,
  channels: number,
  unsaid: number,
): number[] {
  if (text === undefined) return Array<number>(channels).fill(unsaid);
  const values = String(text)
    .split(',')
    .map((part) => {
      const [, over, under = '1'] = /^([^/]+)(?:\/([^/]+))?$/.exec(part.trim()) ?? [];
      return over === undefined ? NaN : Number(over) / Number(under);
    });
  if (values.some((value) => !Number.isFinite(value)) || (values.length !== 1 && values.length !== channels))
    throw new UsageError(
      `${name} is ${text}; it must be one number${channels > 1 ? ` or ${channels} with commas, in the order of the channels` : ''}`,
    );
  return values.length === 1 ? Array<number>(channels).fill(values[0]) : values;
}

/** The pictures of a path: itself, or the pictures in a folder, sorted. @throws if a folder contains none */
export async function picturesIn(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => PICTURE_FILES.test(name)).sort();
  if (!names.length) throw new Error(`${path}: the folder contains no picture`);
  return names.map((name) => join(path, name));
}

/** Whether a path is a picture or a folder. */
export const isPicturePath = async (path: string): Promise<boolean> =>
  PICTURE_FILES.test(path) || ((await stat(path).catch(() => undefined))?.isDirectory() ?? false);

/**
 * Reads pictures as the tensor of an input, one item for each. They are stretched to the size, without keeping the ratio.
 * @param shape the dimensions of the input
 * @throws if the input is no picture, if its channels or its size differ from the options, or if a picture can't be read
 */
export async function readPictures(
  files: readonly string[],
  { name, shape }: { readonly name: string; readonly shape: readonly (number | string)[] },
  how: Preprocessing,
): Promise<Tensor> {
  const channels = how.grey ? 1 : 3;
  const given = `input "${name}" of (${shape.join(',')})`;
  if (shape.length !== 4) throw new Error(`${given} takes no pictures: four dimensions are needed`);
  const layout =
    how.layout ??
    ([1, 3].includes(Number(shape[1])) ? 'nchw' : [1, 3].includes(Number(shape[3])) ? 'nhwc' : undefined);
  if (!layout)
    throw new Error(`${given}: the place of the channels is not clear; pass --layout nchw or --layout nhwc`);
  const [c, h, w] = layout === 'nchw' ? shape.slice(1) : [shape[3], shape[1], shape[2]];
  if (typeof c === 'number' && c !== channels)
    throw new Error(
      `${given} has ${c} channels (${layout}), but the pictures have ${channels}${c === 1 ? '; pass --grey' : ''}`,
    );
  const [width, height] = how.size ?? [w, h];
  if (typeof width !== 'number' || typeof height !== 'number')
    throw new Error(`${given} has no fixed size; pass --size, such as --size 224x224`);
  if ((typeof w === 'number' && w !== width) || (typeof h === 'number' && h !== height))
    throw new Error(`${given} needs ${w}x${h} pixels, but --size is ${width}x${height}`);
  if (typeof shape[0] === 'number' && shape[0] !== files.length)
    throw new Error(`${given} needs ${shape[0]} pictures, but there are ${files.length}`);
  const pixels = width * height;
  const data = new Float32Array(files.length * channels * pixels);
  for (const [item, file] of files.entries()) {
    const rgb = await stretched(file, width, height);
    for (let channel = 0; channel < channels; channel++) {
      const from = how.bgr ? 2 - channel : channel;
      for (let p = 0; p < pixels; p++) {
        const value = how.grey
          ? 0.299 * rgb[3 * p] + 0.587 * rgb[3 * p + 1] + 0.114 * rgb[3 * p + 2]
          : rgb[3 * p + from];
        const at = layout === 'nchw' ? channel * pixels + p : p * channels + channel;
        data[item * channels * pixels + at] = value * how.factors[channel] - how.offsets[channel];
      }
    }
  }
  const dims = layout === 'nchw' ? [channels, height, width] : [height, width, channels];
  return { shape: [files.length, ...dims], data };
}

/** Reads a picture as RGB bytes of this size. */
async function stretched(file: string, width: number, height: number): Promise<Uint8Array> {
  const picture = await readPicture(file);
  const sharp = await loadSharp();
  const raw = { width: picture.width, height: picture.height, channels: 4 as const };
  const image = sharp(picture.data, { raw }).removeAlpha();
  const sized =
    picture.width === width && picture.height === height
      ? image
      : image.resize(width, height, { fit: 'fill', kernel: 'linear' });
  return sized.raw().toBuffer();
}
