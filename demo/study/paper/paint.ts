/** Draws tensors on canvases, one number as one pixel. */

import { html } from '../../elements';

/** Converts a number to the red, green and blue of a pixel, 0..255. */
export type Colour = (value: number) => readonly [number, number, number];

/** The smallest and the largest number of an array. */
export function rangeOf(values: ArrayLike<number>): readonly [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  return [low, high];
}

/** Grey levels: `low` is black, `high` is white. */
export function greys(low: number, high: number): Colour {
  const scale = high > low ? 255 / (high - low) : 0;
  return (value) => {
    const level = (value - low) * scale;
    return [level, level, level];
  };
}

/** Blue below 0, white at 0, red above 0; -`most` and `most` are the darkest. */
export function signed(most: number): Colour {
  const [blue, red] = [
    [33, 102, 172],
    [178, 24, 43],
  ];
  return (value) => {
    const share = most > 0 ? Math.min(Math.abs(value) / most, 1) : 0;
    const end = value < 0 ? blue : red;
    const mixed = end.map((level) => 247 + (level - 247) * share);
    return [mixed[0], mixed[1], mixed[2]];
  };
}

function createCanvas(width: number, height: number, label: string): HTMLCanvasElement {
  return html('canvas', { width, height, role: 'img', 'aria-label': label, class: 'pixels' });
}

/** Draws (C,H,W) as a grid of images with `columns` images in a row, one pixel apart. */
export function mapsOf(
  values: Float32Array,
  [C, H, W]: readonly [number, number, number],
  columns: number,
  colour: Colour,
  label: string,
): HTMLCanvasElement {
  const rows = Math.ceil(C / columns);
  const canvas = createCanvas(columns * (W + 1) - 1, rows * (H + 1) - 1, label);
  const context = canvas.getContext('2d');
  if (!context) return canvas;
  const image = context.createImageData(canvas.width, canvas.height);
  for (let c = 0; c < C; c++) {
    const [left, top] = [(c % columns) * (W + 1), Math.floor(c / columns) * (H + 1)];
    for (let y = 0; y < H; y++)
      for (let x = 0; x < W; x++)
        image.data.set(
          [...colour(values[(c * H + y) * W + x]), 255],
          4 * ((top + y) * canvas.width + left + x),
        );
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** Draws one image (H,W). */
export const imageOf = (values: Float32Array, side: number, colour: Colour, label: string) =>
  mapsOf(values, [1, side, side], 1, colour, label);

/** Draws colours: `at(i)` returns the red, green and blue of pixel i, 0..1. */
export function colourImage(
  side: number,
  at: (i: number) => readonly [number, number, number],
  label: string,
): HTMLCanvasElement {
  const canvas = createCanvas(side, side, label);
  const context = canvas.getContext('2d');
  if (!context) return canvas;
  const image = context.createImageData(side, side);
  for (let i = 0; i < side * side; i++)
    image.data.set(
      at(i)
        .map((level) => 255 * level)
        .concat(255),
      4 * i,
    );
  context.putImageData(image, 0, 0);
  return canvas;
}
