import { type Constant, type Node, numberOf, shapeText } from '../graph';
import { axisOf } from '../strides';
import { fail, moved, numbers, type Operator, optional, type Shape } from './operator';

/** The part of a tensor that a Slice copies: a start and a step for each axis, and the shape of the part. */
export interface Part {
  readonly begin: readonly number[];
  readonly step: readonly number[];
  readonly shape: readonly number[];
}

/**
 * The part that a Slice copies.
 * @param inputs the numbers of the inputs after x: starts, ends, axes (default: the first ones), steps (default: 1)
 * @throws if the lists differ in length, or if an axis or a step is wrong
 */
export function partOf(
  node: Node,
  x: Shape,
  [starts = [], ends = [], axes = starts.map((_, i) => i), steps = starts.map(() => 1)]: readonly (
    | readonly number[]
    | undefined
  )[],
): Part {
  if ([ends, axes, steps].some((list) => list.length !== starts.length))
    fail(
      node,
      `has ${starts.length} starts, ${ends.length} ends, ${axes.length} axes, ${steps.length} steps`,
    );
  const begin = x.map(() => 0);
  const step = x.map(() => 1);
  const shape = [...x];
  axes.forEach((given, i) => {
    const axis = checkedAxis(node, given, x);
    const size = x[axis];
    if (!Number.isInteger(steps[i]) || steps[i] === 0) fail(node, `steps ${shapeText(steps)} contain a 0`);
    const backwards = steps[i] < 0;
    const clamp = (v: number, low: number) =>
      Math.min(Math.max(axisOf(v, size), low), backwards ? size - 1 : size);
    begin[axis] = clamp(starts[i], 0);
    step[axis] = steps[i];
    shape[axis] = Math.max(Math.ceil((clamp(ends[i], backwards ? -1 : 0) - begin[axis]) / steps[i]), 0);
  });
  return { begin, step, shape };
}

/** Returns the number of an axis from 0. @throws if a tensor of this shape has no such axis */
export function checkedAxis(node: Node, axis: number, x: Shape): number {
  const at = axisOf(axis, x.length);
  return at >= 0 && at < x.length ? at : fail(node, `axis ${axis} is not in ${shapeText(x)}`);
}

/**
 * The lengths of the outputs of a Split along its axis.
 * @param split the input of that name; without it, the parts are equal, but the last one may be shorter if the node has
 *   the attribute `num_outputs`
 * @throws if the lengths don't fit x
 */
export function splitOf(node: Node, x: Shape, split: readonly number[] | undefined): readonly number[] {
  const size = x[checkedAxis(node, numberOf(node, 'axis', 0), x)];
  const count = node.outputs.length;
  const wanted = numberOf(node, 'num_outputs', count);
  if (wanted !== count) fail(node, `num_outputs is ${wanted}, but it has ${count} outputs`);
  const equal = node.attributes.num_outputs === undefined ? size / count : Math.ceil(size / count);
  const lengths = split ?? node.outputs.map((_, i) => Math.min(equal, size - i * equal));
  const sum = lengths.reduce((total, length) => total + length, 0);
  if (lengths.length !== count || sum !== size || lengths.some((d) => !(Number.isInteger(d) && d > 0)))
    fail(node, `parts of ${shapeText(lengths)} for ${count} outputs don't fit an axis of ${size}`);
  return lengths;
}

/** Checks that constant indices are inside an axis. */
function checkIndices(node: Node, indices: Constant | undefined, size: number): void {
  if (size > 2 ** 24) fail(node, `selects from an axis of ${size}; at most ${2 ** 24} is supported`);
  if (!indices || indices.type === 'string') return;
  const wrong = Array.from(indices.data).find((v) => !(v >= -size && v < size));
  if (wrong !== undefined) fail(node, `index ${wrong} is not in an axis of ${size}`);
}

/** Operators that select numbers of a tensor by their position. */
export const select = {
  /** Until opset 9, starts, ends and axes were attributes: passes/modernise.ts makes them inputs. */
  Slice: {
    ...moved,
    infer(node, [x], constants) {
      const lists = ['starts', 'ends', 'axes', 'steps'].map((what, i) =>
        i < 2 ? numbers(node, constants[i + 1], what) : optional(node, constants, i + 1, what),
      );
      return [partOf(node, x, lists).shape];
    },
  },
  /** Until opset 12, split was an attribute: passes/modernise.ts makes it an input. */
  Split: {
    ...moved,
    infer(node, [x], constants) {
      const axis = checkedAxis(node, numberOf(node, 'axis', 0), x);
      const lengths = splitOf(node, x, optional(node, constants, 1, 'split'));
      return lengths.map((length) => x.map((d, a) => (a === axis ? length : d)));
    },
  },
  Gather: {
    ...moved,
    infer(node, [x, indices], [, constant]) {
      const axis = checkedAxis(node, numberOf(node, 'axis', 0), x);
      checkIndices(node, constant, x[axis]);
      return [[...x.slice(0, axis), ...indices, ...x.slice(axis + 1)]];
    },
  },
  GatherElements: {
    ...moved,
    infer(node, [x, indices], [, constant]) {
      const axis = checkedAxis(node, numberOf(node, 'axis', 0), x);
      if (indices.length !== x.length || indices.some((d, a) => a !== axis && d > x[a]))
        fail(node, `indices are ${shapeText(indices)}, x is ${shapeText(x)}`);
      checkIndices(node, constant, x[axis]);
      return [indices];
    },
  },
  GatherND: {
    ...moved,
    infer(node, [x, indices], [, constant]) {
      if (numberOf(node, 'batch_dims', 0)) fail(node, 'batch_dims above 0 is not supported');
      const last = indices[indices.length - 1];
      if (!(last >= 1 && last <= x.length))
        fail(node, `indices are ${shapeText(indices)} for the axes of ${shapeText(x)}`);
      const values = numbers(node, constant, 'indices');
      values.forEach((v, i) => {
        const size = x[i % last];
        if (!(v >= -size && v < size)) fail(node, `index ${v} is not in an axis of ${size}`);
      });
      return [[...indices.slice(0, -1), ...x.slice(last)]];
    },
  },
} satisfies Readonly<Record<string, Operator>>;
