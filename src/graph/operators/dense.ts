import { numberOf, shapeText } from '../graph';
import { axisOf, broadcast } from '../strides';
import { fail, type Operator } from './operator';

const softmax: Operator = {
  infer(node, [x]) {
    const axis = axisOf(numberOf(node, 'axis', -1), x.length);
    return axis >= 0 && axis < x.length ? [x] : fail(node, `axis ${axis} is not in ${shapeText(x)}`);
  },
};

/** Matrix products, and operators that compute along an axis. */
export const dense = {
  Gemm: {
    infer(node, [x, w, c]) {
      if (x.length !== 2 || w.length !== 2)
        fail(node, `needs matrices, not ${shapeText(x)} and ${shapeText(w)}`);
      const [m, i] = numberOf(node, 'transA', 0) ? [x[1], x[0]] : x;
      const transposed = numberOf(node, 'transB', 0) !== 0;
      const [inputs, outputs] = transposed ? [w[1], w[0]] : w;
      if (inputs !== i)
        fail(
          node,
          `weight is ${shapeText(w)}${transposed ? ', transposed' : ''}, for ${inputs} numbers; the graph gives ${i}`,
        );
      const y = [m, outputs];
      if (c && broadcast(c, y)?.join() !== y.join())
        fail(node, `C is ${shapeText(c)}, the product ${shapeText(y)}`);
      return [y];
    },
  },
  /** An operand with one axis is a row on the left, a column on the right; the output lacks its axis. */
  MatMul: {
    infer(node, [x, w]) {
      if (!x.length || !w.length) fail(node, `needs matrices, not ${shapeText(x)} and ${shapeText(w)}`);
      const inputs = w.length === 1 ? w[0] : w[w.length - 2];
      const items = broadcast(x.slice(0, -2), w.slice(0, -2)) ?? [];
      if (inputs !== x[x.length - 1] || !broadcast(x.slice(0, -2), w.slice(0, -2)))
        fail(node, `${shapeText(x)} by ${shapeText(w)}: ${x[x.length - 1]} columns for ${inputs} rows`);
      return [[...items, ...x.slice(-2, -1), ...(w.length > 1 ? w.slice(-1) : [])]];
    },
  },
  Softmax: softmax,
  LogSoftmax: softmax,
} satisfies Readonly<Record<string, Operator>>;
