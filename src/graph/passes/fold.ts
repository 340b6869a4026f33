/** Nodes whose inputs are all constant are computed once, on the CPU: shapes, axes, rearranged weights. */

import { type Constant, type Node, nodeText, numberOf, numbersOf, sizeOf } from '../graph';
import { type Fold, operatorFor } from '../operators';
import { reducedAxes } from '../operators/reduce';
import { axisOf, denseStrides, eachIndex } from '../strides';
import { elementwiseFolds } from './fold-elementwise';
import { bounded, like, type Numeric, numeric, weightFolds } from './fold-weights';

/** The shape of a node's output, from the table of operators. */
function shapeOf(node: Node, inputs: readonly (Constant | undefined)[]): readonly number[] {
  const shapes = operatorFor({}, node)?.infer(
    node,
    inputs.map((input) => input?.shape ?? []),
    inputs,
  );
  if (!shapes) throw new Error(`${nodeText(node)}: this operator is not supported`);
  return shapes[0];
}

/** For operators that only change the shape. The table of operators computes the shape. */
const reshaped: Fold = (node, inputs) => {
  const x = numeric(node, inputs[0]);
  const shape = shapeOf(node, inputs);
  return like(x, shape, x.data);
};

const pick = (
  node: Node,
  x: Numeric,
  shape: readonly number[],
  from: (index: readonly number[]) => number,
): Constant => {
  const data = new Float64Array(bounded(node, shape));
  eachIndex(shape, (index, at) => {
    data[at] = x.data[from(index)];
  });
  return like(x, shape, data);
};

/** A reduction, of which `start` is the result without numbers. */
const reduced =
  (start: number, join: (a: number, b: number) => number): Fold =>
  (node, inputs) => {
    const x = numeric(node, inputs[0]);
    const axes = reducedAxes(node, x.shape.length, inputs[1] && Array.from(numeric(node, inputs[1]).data));
    const strides = denseStrides(x.shape.map((d, axis) => (axes.includes(axis) ? 1 : d)));
    const data = new Float64Array(x.data.length / sizeOf(axes.map((axis) => x.shape[axis]))).fill(start);
    eachIndex(x.shape, (index, k) => {
      const at = index.reduce((sum, i, axis) => sum + (axes.includes(axis) ? 0 : i * strides[axis]), 0);
      data[at] = join(data[at], x.data[k]);
    });
    const shape = numberOf(node, 'keepdims', 1)
      ? x.shape.map((d, axis) => (axes.includes(axis) ? 1 : d))
      : x.shape.filter((_, axis) => !axes.includes(axis));
    return like(x, shape, data);
  };

/** A function for each operator that computes its output from constant inputs. Each throws if an input is wrong. */
export const folds: Readonly<Record<string, Fold>> = {
  ...weightFolds,
  Identity: (node, [x]) => numeric(node, x),
  Reshape: reshaped,
  Flatten: reshaped,
  Squeeze: reshaped,
  Unsqueeze: reshaped,
  Transpose(node, inputs) {
    const x = numeric(node, inputs[0]);
    const perm = numbersOf(
      node,
      'perm',
      x.shape.map((_, axis) => x.shape.length - 1 - axis),
    );
    const strides = denseStrides(x.shape);
    const shape = perm.map((axis) => x.shape[axis]);
    return pick(node, x, shape, (index) => index.reduce((sum, i, axis) => sum + i * strides[perm[axis]], 0));
  },
  Concat(node, inputs) {
    const parts = inputs.map((input) => numeric(node, input));
    const shape = shapeOf(node, parts);
    const axis = axisOf(numberOf(node, 'axis', 1), shape.length);
    const inner = sizeOf(shape.slice(axis + 1));
    bounded(node, shape);
    const data: number[] = [];
    for (let outer = 0; outer < sizeOf(shape.slice(0, axis)); outer++)
      for (const part of parts) {
        const run = part.shape[axis] * inner;
        for (let i = 0; i < run; i++) data.push(part.data[outer * run + i]);
      }
    return like(parts[0], shape, data);
  },
  Gather(node, inputs) {
    const [x, indices] = [numeric(node, inputs[0]), numeric(node, inputs[1])];
    const axis = axisOf(numberOf(node, 'axis', 0), x.shape.length);
    const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
    const inner = sizeOf(x.shape.slice(axis + 1));
    const count = sizeOf(indices.shape);
    bounded(node, shape);
    const data: number[] = [];
    for (let outer = 0; outer < sizeOf(x.shape.slice(0, axis)); outer++)
      for (let k = 0; k < count; k++) {
        const at = axisOf(indices.data[k], x.shape[axis]);
        if (!(at >= 0 && at < x.shape[axis]))
          throw new Error(
            `${nodeText(node)}: index ${indices.data[k]} is not in an axis of ${x.shape[axis]}`,
          );
        for (let i = 0; i < inner; i++) data.push(x.data[(outer * x.shape[axis] + at) * inner + i]);
      }
    return like(x, shape, data);
  },
  Slice(node, inputs) {
    const x = numeric(node, inputs[0]);
    const list = (i: number) => inputs[i] && Array.from(numeric(node, inputs[i]).data);
    const [starts, ends] = [list(1) ?? [], list(2) ?? []];
    const axes = (list(3) ?? starts.map((_, i) => i)).map((axis) => axisOf(axis, x.shape.length));
    const steps = list(4) ?? starts.map(() => 1);
    const begin = x.shape.map(() => 0);
    const step = x.shape.map(() => 1);
    const shape = [...x.shape];
    axes.forEach((axis, i) => {
      const size = x.shape[axis];
      const clamp = (v: number, low: number, high: number) => Math.min(Math.max(axisOf(v, size), low), high);
      const [from, to] =
        steps[i] > 0
          ? [clamp(starts[i], 0, size), clamp(ends[i], 0, size)]
          : [clamp(starts[i], 0, size - 1), clamp(ends[i], -1, size - 1)];
      begin[axis] = from;
      step[axis] = steps[i];
      shape[axis] = Math.max(Math.ceil((to - from) / steps[i]), 0);
    });
    const strides = denseStrides(x.shape);
    return pick(node, x, shape, (index) =>
      index.reduce((sum, v, a) => sum + (begin[a] + v * step[a]) * strides[a], 0),
    );
  },
  Range(node, inputs) {
    const [start, limit, delta] = inputs.map((input) => numeric(node, input).data[0]);
    const count = Math.max(Math.ceil((limit - start) / delta), 0);
    bounded(node, [count]);
    const values = Array.from({ length: count }, (_, i) => start + i * delta);
    return like(numeric(node, inputs[0]), [count], values);
  },
  ReduceSum: reduced(0, (a, b) => a + b),
  ReduceProd: reduced(1, (a, b) => a * b),
  ReduceMax: reduced(-Infinity, Math.max),
  ReduceMin: reduced(Infinity, Math.min),
  ...elementwiseFolds,
};
