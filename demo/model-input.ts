/** What a model is run on: pictures with a chosen preprocessing, pasted numbers, rows of LIBSVM. */

import { sparseRow } from '../src/formats/libsvm-lines';
import type { Tensor } from '../src/index';

/** An input of a model, with its sizes at batch 1. */
export interface SizedInput {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: string;
}

/** Where the channels are, and the size of the picture that an input takes. */
export interface PictureShape {
  readonly layout: 'NCHW' | 'NHWC';
  readonly channels: 1 | 3;
  readonly width: number;
  readonly height: number;
}

/** Whether an input takes pictures: four dimensions, with 1 or 3 channels. */
export function pictureShape({ shape, type }: SizedInput): PictureShape | undefined {
  if (shape.length !== 4 || type === 'bool') return undefined;
  const [, a, b, c] = shape;
  const isChannels = (d: number): d is 1 | 3 => d === 1 || d === 3;
  if (isChannels(a)) return { layout: 'NCHW', channels: a, height: b, width: c };
  return isChannels(c) ? { layout: 'NHWC', channels: c, height: a, width: b } : undefined;
}

/** How a picture becomes numbers. */
export interface Preprocessing {
  readonly colours: 'rgb' | 'bgr' | 'grey';
  /** The factor and the summand of each channel, for levels 0..255. */
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

/**
 * The preprocessing that a form describes.
 * @param mean one number or three, for levels 0..1; only for the range `mean`
 * @throws Error, in one sentence, if the means or the deviations are no numbers
 */
export function preprocessing(colours: string, range: string, mean: string, std: string): Preprocessing {
  const named = colours as Preprocessing['colours'];
  const same = (value: number) => [value, value, value];
  if (range === '255') return { colours: named, scale: same(1), offset: same(0) };
  if (range === '1') return { colours: named, scale: same(1 / 255), offset: same(0) };
  if (range === '-1') return { colours: named, scale: same(1 / 127.5), offset: same(-1) };
  const [means, stds] = [three('mean', mean), three('standard deviation', std)];
  if (stds.includes(0)) throw new Error('A standard deviation is 0');
  return {
    colours: named,
    scale: stds.map((s) => 1 / (255 * s)),
    offset: means.map((m, c) => -m / stds[c]),
  };
}

function three(what: string, text: string): number[] {
  const values = numbersIn(text);
  if (values.length === 1) return [values[0], values[0], values[0]];
  if (values.length === 3) return values;
  throw new Error(`The ${what} needs 1 or 3 numbers, but there are ${values.length}`);
}

/** Stretches a picture to the size of an input. If the batch is fixed, each item is the same picture. */
export function pictureTensor(
  source: CanvasImageSource,
  shape: readonly number[],
  { layout, channels, width, height }: PictureShape,
  { colours, scale, offset }: Preprocessing,
): Tensor {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  if (!context) throw new Error('The browser has no canvas to resize the picture');
  context.imageSmoothingQuality = 'high';
  context.drawImage(source, 0, 0, width, height);
  const rgba = context.getImageData(0, 0, width, height).data;
  const pixels = width * height;
  const item = new Float32Array(channels * pixels);
  for (let c = 0; c < channels; c++)
    for (let p = 0; p < pixels; p++) {
      const [r, g, b] = [rgba[4 * p], rgba[4 * p + 1], rgba[4 * p + 2]];
      const level =
        colours === 'grey' || channels === 1
          ? (r + g + b) / 3
          : rgba[4 * p + (colours === 'bgr' ? 2 - c : c)];
      item[layout === 'NCHW' ? c * pixels + p : p * channels + c] = level * scale[c] + offset[c];
    }
  const data = new Float32Array(shape[0] * item.length);
  for (let n = 0; n < shape[0]; n++) data.set(item, n * item.length);
  return { shape, data };
}

/** The numbers in a text, separated by commas, semicolons or spaces. @throws Error that names what is no number */
export function numbersIn(text: string): number[] {
  return text
    .split(/[\s,;[\]]+/)
    .filter((part) => part)
    .map((part) => {
      const value = Number(part);
      if (!Number.isFinite(value)) throw new Error(`“${part.slice(0, 40)}” is not a number`);
      return value;
    });
}

/** A tensor of pasted numbers. @throws Error with both counts if they differ */
export function numbersTensor(values: readonly number[], { name, shape, type }: SizedInput): Tensor {
  const wanted = shape.reduce((n, d) => n * d, 1);
  if (values.length !== wanted)
    throw new Error(
      `Input “${name}” needs ${wanted} numbers (${shape.join(' × ')}), but there are ${values.length}`,
    );
  const fraction = type === 'float' ? undefined : values.find((value) => !Number.isInteger(value));
  if (fraction !== undefined) throw new Error(`Input “${name}” takes whole numbers, but one is ${fraction}`);
  return { shape, data: Float32Array.from(values) };
}

/** Maximum number of pasted rows. */
const MOST_ROWS = 200;

/**
 * Rows of K features: one row a line, as plain numbers or as LIBSVM's `index:value`, also with a label before. If all
 * numbers together are K, they are one row.
 * @throws Error, in one sentence that names the line and both counts
 */
export function rowsIn(text: string, input: SizedInput, firstIndex: 0 | 1): Tensor[] {
  const features = input.shape[1];
  const lines = text.split(/\r?\n/).filter((line) => line.trim());
  if (!lines.length) throw new Error(`Paste ${features} numbers, or rows as index:value`);
  if (lines.length > MOST_ROWS)
    throw new Error(`${lines.length} rows are pasted, but at most ${MOST_ROWS} are run here`);
  if (text.includes(':')) return lines.map((line, at) => sparse(line, at + 1, features, firstIndex));
  const rows = lines.map(numbersIn);
  if (rows.flat().length === features) return [numbersTensor(rows.flat(), input)];
  rows.forEach((row, at) => {
    if (row.length !== features)
      throw new Error(`Row ${at + 1} needs ${features} numbers, but there are ${row.length}`);
  });
  return rows.map((row) => numbersTensor(row, input));
}

function sparse(line: string, row: number, features: number, firstIndex: 0 | 1): Tensor {
  const tokens = line.trim().split(/[\s,]+/);
  // LIBSVM's data files have the expected label first.
  const pairs = tokens[0].includes(':') ? tokens : tokens.slice(1);
  const read = (token: string) =>
    token !== '' && Number.isFinite(Number(token)) ? Number(token) : undefined;
  const { indices, values } = sparseRow(pairs, read, (what) => {
    throw new Error(`Row ${row}: ${what}`);
  });
  const data = new Float32Array(features);
  indices.forEach((index, i) => {
    const last = features - 1 + firstIndex;
    if (index < firstIndex || index > last)
      throw new Error(
        `Row ${row}: the index is ${index}, but the model's features are ${firstIndex} to ${last}`,
      );
    data[index - firstIndex] = values[i];
  });
  return { shape: [1, features], data };
}
