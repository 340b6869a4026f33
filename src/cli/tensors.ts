/** Tensors as the commands read, slice and compare them. */

import { type Constant, type Graph, sizeOf } from '../graph/graph';
import type { Tensor } from '../network/inputs';
import type { OutputTensor } from '../network/run';

/** The sizes of symbolic dimensions after the first, from the inputs. @throws if two inputs give different sizes */
export function dimsOf(graph: Graph, inputs: Readonly<Record<string, Tensor>>): Record<string, number> {
  const dims: Record<string, number> = {};
  for (const { name, shape } of graph.inputs)
    shape.forEach((d, axis) => {
      const size = inputs[name]?.shape[axis];
      if (typeof d !== 'string' || axis === 0 || size === undefined) return;
      if (Object.hasOwn(dims, d) && dims[d] !== size)
        throw new Error(`input "${name}": ${d} is ${size}, but ${dims[d]} in another input`);
      dims[d] = size;
    });
  return dims;
}

/** The number of items in the inputs: the first dimension of the first input whose batch is open; 1 if none is. */
export function itemsOf(graph: Graph, inputs: Readonly<Record<string, Tensor>>): number {
  const open = graph.inputs.find(({ shape }) => typeof shape[0] === 'string' || shape[0] <= 0);
  return (open && inputs[open.name]?.shape[0]) || 1;
}

/** Takes the items from `start` to `end` of the inputs in `open`, and all of the others. */
export const slice = (
  inputs: Readonly<Record<string, Tensor>>,
  open: readonly string[],
  start: number,
  end: number,
): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, tensor]) => {
      if (!open.includes(name)) return [name, tensor];
      const item = sizeOf(tensor.shape.slice(1));
      const data = tensor.data.subarray(start * item, end * item);
      return [name, { shape: [end - start, ...tensor.shape.slice(1)], data }];
    }),
  );

/** Joins the outputs of several batches along their first axis. */
export function join(parts: readonly OutputTensor[]): OutputTensor {
  const [{ shape, data }] = parts;
  if (parts.length === 1) return { shape, data } as OutputTensor;
  const joined = [parts.reduce((sum, part) => sum + part.shape[0], 0), ...shape.slice(1)];
  if (data instanceof Float32Array) {
    const all = new Float32Array(sizeOf(joined));
    let offset = 0;
    for (const part of parts) {
      all.set(part.data as Float32Array, offset);
      offset += part.data.length;
    }
    return { shape: joined, data: all };
  }
  const values = parts.flatMap((part) =>
    Array.from<string | bigint>(part.data as ArrayLike<string | bigint>),
  );
  return {
    shape: joined,
    data: typeof values[0] === 'bigint' ? BigInt64Array.from(values as bigint[]) : (values as string[]),
  };
}

/** The first number in which a tensor differs from what is expected. */
export interface Difference {
  /** Its place, one number for each axis; absent if the shapes differ. */
  readonly index?: readonly number[];
  /** The number or text found; a shape if the shapes differ. */
  readonly found: string;
  /** The number or text expected; a shape if the shapes differ. */
  readonly expected: string;
}

/** How far two numbers may be apart: `absolute` plus `relative` times the size of the expected number. */
export interface Tolerance {
  /** Part of the expected number. */
  readonly relative: number;
  /** Added to it. */
  readonly absolute: number;
}

/**
 * Compares an output with what is expected: floats with a tolerance, everything else exactly. NaN equals NaN, and an
 * infinity equals itself.
 * @returns the first difference; undefined if there is none
 */
export function firstDifference(
  found: OutputTensor,
  expected: Constant,
  { relative, absolute }: Tolerance,
): Difference | undefined {
  if (found.shape.join() !== expected.shape.join())
    return { found: `(${found.shape.join(',')})`, expected: `(${expected.shape.join(',')})` };
  const isFloat = expected.type === 'float32';
  const values = found.data as ArrayLike<number | bigint | string>;
  for (let at = 0; at < values.length; at++) {
    const [value, wanted] = [values[at], expected.data[at]];
    if (String(value) === String(wanted)) continue;
    const near = absolute + relative * Math.abs(Number(wanted));
    // Infinity minus infinity is NaN, which is never near.
    if (isFloat && Number.isFinite(wanted) && Math.abs(Number(value) - Number(wanted)) <= near) continue;
    if (typeof value === 'number' && value === wanted) continue; // 0 and -0
    return { index: indexOf(at, found.shape), found: String(value), expected: String(wanted) };
  }
  return undefined;
}

/** The size of a tensor's largest finite number; 0 if it is not of floats. */
export function largestIn({ type, data }: Constant): number {
  let largest = 0;
  if (type === 'float32')
    for (const value of data) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  return largest;
}

/** The place of element `at` in a row-major tensor. */
function indexOf(at: number, shape: readonly number[]): number[] {
  let rest = at;
  return shape
    .toReversed()
    .map((size) => {
      const place = rest % size;
      rest = (rest - place) / size;
      return place;
    })
    .reverse();
}

/** A difference in words, such as `y[0,3] is 1.5, expected 2`. */
export const differenceText = (name: string, { index, found, expected }: Difference): string =>
  `${name}${index ? `[${index.join(',')}]` : ''} is ${found}, expected ${expected}`;
