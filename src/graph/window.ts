/** The positions of the windows of a convolution or a pool. */

import { type Node, nodeText, numberOf, numbersOf, shapeText, textOf } from './graph';

type Two = readonly [number, number];

/** Maximum number of cells of a window, since one thread loops over all of them. */
const MOST_CELLS = 2 ** 20;

/** The windows of a convolution or a pool; each pair is for height and width, in pixels. */
export interface Window {
  /** The size of a window. */
  readonly kernel: Two;
  /** The distance between neighbouring windows. */
  readonly strides: Two;
  /** The distance between neighbouring cells of a window. */
  readonly dilations: Two;
  /** The padding at each side. */
  readonly pads: readonly [top: number, left: number, bottom: number, right: number];
  /** The number of windows: HO and WO. */
  readonly out: Two;
}

/**
 * Computes the windows of a node by ONNX's rules for `kernel_shape`, `strides`, `pads`, `auto_pad`, `dilations`
 * and `ceil_mode`.
 * @param x the shape of the input, (B,C,H,W)
 * @param kernelShape the default of `kernel_shape`
 * @throws if x has another rank, if an attribute is wrong, or if a window does not fit into x
 */
export function windowOf(node: Node, x: readonly number[], kernelShape?: readonly number[]): Window {
  if (x.length !== 4) throw new Error(`${nodeText(node)}: needs (B,C,H,W), but x is ${shapeText(x)}`);
  const two = (name: string, otherwise: readonly number[]): Two => {
    const values = numbersOf(node, name, otherwise);
    if (values.length !== 2 || values.some((v) => !(v >= 1)))
      throw new Error(
        `${nodeText(node)}: ${name} must be two numbers of at least 1, but is ${shapeText(values)}`,
      );
    return [values[0], values[1]];
  };
  const kernel = two('kernel_shape', kernelShape ?? []);
  const strides = two('strides', [1, 1]);
  const dilations = two('dilations', [1, 1]);
  if (kernel[0] * kernel[1] > MOST_CELLS)
    throw new Error(
      `${nodeText(node)}: the window has ${shapeText(kernel)} cells; at most ${MOST_CELLS} are supported`,
    );
  const given = numbersOf(node, 'pads', [0, 0, 0, 0]);
  if (given.length !== 4 || given.some((v) => v < 0))
    throw new Error(`${nodeText(node)}: pads must be four numbers of at least 0, but is ${shapeText(given)}`);
  const autoPad = textOf(node, 'auto_pad', 'NOTSET');
  const ceil = numberOf(node, 'ceil_mode', 0) === 1;

  const axes = [0, 1].map((axis) => {
    const size = x[axis + 2];
    const reach = dilations[axis] * (kernel[axis] - 1) + 1;
    const stride = strides[axis];
    if (autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER') {
      const out = Math.ceil(size / stride);
      const pad = Math.max((out - 1) * stride + reach - size, 0);
      const less = Math.floor(pad / 2);
      return autoPad === 'SAME_UPPER'
        ? { out, low: less, high: pad - less }
        : { out, low: pad - less, high: less };
    }
    const [low, high] = autoPad === 'VALID' ? [0, 0] : [given[axis], given[axis + 2]];
    const room = (size + low + high - reach) / stride;
    let out = (ceil ? Math.ceil(room) : Math.floor(room)) + 1;
    // A window that begins in the padding after the picture is not counted.
    if (ceil && (out - 1) * stride >= size + low) out--;
    if (out < 1)
      throw new Error(
        `${nodeText(node)}: a window of ${reach} does not fit into ${size} with padding ${low} + ${high}`,
      );
    return { out, low, high };
  });
  return {
    kernel,
    strides,
    dilations,
    pads: [axes[0].low, axes[1].low, axes[0].high, axes[1].high],
    out: [axes[0].out, axes[1].out],
  };
}
