import { type Node, numberOf, numbersOf, shapeText, sizeOf, textOf } from '../graph';
import { alsoSignals } from '../signals';
import { fail, type Operator, type Shape } from './operator';

type Two = readonly [number, number];

/** The windows of a ConvTranspose; each pair is for height and width, in pixels. */
export interface TransposedWindow {
  readonly kernel: Two;
  readonly strides: Two;
  readonly dilations: Two;
  /** How many pixels are removed at the top and at the left. */
  readonly pads: Two;
  /** The size of the output. */
  readonly out: Two;
}

/** Maximum number of cells of a window, since one thread loops over all of them. */
const MOST_CELLS = 2 ** 20;

/**
 * Computes the windows of a ConvTranspose by ONNX's rules.
 * @param x the shape of the input, (B,C,H,W)
 * @param w the shape of the weight, (I,O/group,KH,KW)
 * @throws if an attribute is wrong; the message names the node
 */
export function transposedWindowOf(node: Node, x: Shape, w: Shape): TransposedWindow {
  const two = (name: string, least: number, otherwise: readonly number[]): Two => {
    const values = numbersOf(node, name, otherwise);
    if (values.length !== 2 || values.some((v) => !(v >= least)))
      fail(node, `${name} must be two numbers of at least ${least}, but is ${shapeText(values)}`);
    return [values[0], values[1]];
  };
  const kernel = two('kernel_shape', 1, w.slice(2));
  if (kernel.join() !== w.slice(2).join())
    fail(node, `kernel_shape is ${shapeText(kernel)}, but weight is ${shapeText(w)}`);
  if (sizeOf(kernel) > MOST_CELLS)
    fail(node, `the window has ${shapeText(kernel)} cells; at most ${MOST_CELLS} are supported`);
  const strides = two('strides', 1, [1, 1]);
  const dilations = two('dilations', 1, [1, 1]);
  const more = two('output_padding', 0, [0, 0]);
  const pads = numbersOf(node, 'pads', [0, 0, 0, 0]);
  if (pads.length !== 4 || pads.some((v) => v < 0))
    fail(node, `pads must be four numbers of at least 0, but is ${shapeText(pads)}`);
  // Some exporters write (B,C,H,W) here.
  const wanted = numbersOf(node, 'output_shape').slice(-2);
  const autoPad = textOf(node, 'auto_pad', 'NOTSET');
  const isSame = autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER';

  const axes = ([0, 1] as const).map((axis) => {
    const whole = strides[axis] * (x[axis + 2] - 1) + more[axis] + dilations[axis] * (kernel[axis] - 1) + 1;
    const out = wanted[axis] ?? (isSame ? x[axis + 2] * strides[axis] : undefined);
    if (out === undefined) {
      const [low, high] = autoPad === 'VALID' ? [0, 0] : [pads[axis], pads[axis + 2]];
      return { low, out: whole - low - high };
    }
    const total = Math.max(whole - out, 0);
    const less = Math.floor(total / 2);
    return { low: autoPad === 'SAME_UPPER' ? less : total - less, out };
  });
  return {
    ...{ kernel, strides, dilations },
    pads: [axes[0].low, axes[1].low],
    out: [axes[0].out, axes[1].out],
  };
}

/** Convolutions that spread each pixel. */
export const transposed = {
  ConvTranspose: alsoSignals({
    check(node) {
      const { length } = numbersOf(node, 'kernel_shape');
      if (length > 2) fail(node, `needs pictures of one or two axes, but kernel_shape has ${length}`);
    },
    infer(node, [x, w, bias]) {
      if (x.length !== 4 || w.length !== 4)
        fail(
          node,
          `needs (B,C,H,W) and a weight of four axes, but x is ${shapeText(x)}, weight ${shapeText(w)}`,
        );
      const groups = numberOf(node, 'group', 1);
      if (w[0] !== x[1] || x[1] % groups)
        fail(node, `weight is ${shapeText(w)} in ${groups} group(s); x has ${x[1]} channels`);
      const channels = w[1] * groups;
      if (bias && sizeOf(bias) !== channels)
        fail(node, `bias has ${sizeOf(bias)} numbers for ${channels} channels`);
      return [[x[0], channels, ...transposedWindowOf(node, x, w).out]];
    },
  }),
} satisfies Readonly<Record<string, Operator>>;
