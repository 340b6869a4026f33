import { type Node, numberOf, numbersOf, shapeText, sizeOf } from '../graph';
import { alsoSignals } from '../signals';
import { windowOf } from '../window';
import { fail, type Operator } from './operator';

/** Rejects windows that do not have one or two axes, when the model is loaded. */
const checkWindow = (node: Node): void => {
  for (const name of ['kernel_shape', 'strides', 'dilations']) {
    const length = numbersOf(node, name).length;
    if (length > 2) fail(node, `needs pictures of one or two axes, but ${name} has ${length}`);
  }
};

const pool = alsoSignals({
  check(node) {
    checkWindow(node);
    if (node.outputs.length > 1) fail(node, 'its second output, Indices, is not supported');
    if (numberOf(node, 'storage_order', 0)) fail(node, 'storage_order 1 is not supported');
  },
  infer: (node, [x]) => [[x[0], x[1], ...windowOf(node, x).out]],
});

const globalPool = alsoSignals({
  infer(node, [x]) {
    return x.length === 4 ? [[x[0], x[1], 1, 1]] : fail(node, `needs (B,C,H,W), but x is ${shapeText(x)}`);
  },
});

/** Operators on pictures (B,C,H,W) and signals (B,C,L). */
export const convolution = {
  Conv: alsoSignals({
    check: checkWindow,
    infer(node, [x, w, bias]) {
      if (x.length !== 4 || w.length !== 4)
        fail(
          node,
          `needs (B,C,H,W) and a weight of four axes, but x is ${shapeText(x)}, weight ${shapeText(w)}`,
        );
      const groups = numberOf(node, 'group', 1);
      if (w[1] * groups !== x[1])
        fail(
          node,
          `weight is ${shapeText(w)} in ${groups} group(s), for ${w[1] * groups} channels; x has ${x[1]}`,
        );
      if (w[0] % groups) fail(node, `${w[0]} output channels can't be shared by ${groups} groups`);
      if (bias && sizeOf(bias) !== w[0]) fail(node, `bias has ${sizeOf(bias)} numbers for ${w[0]} channels`);
      return [[x[0], w[0], ...windowOf(node, x, w.slice(2)).out]];
    },
  }),
  MaxPool: pool,
  AveragePool: pool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
} satisfies Readonly<Record<string, Operator>>;
