/** The class with which the lowering of every operator builds a Program. */

import { MOST_AXES, planCopy } from '../../shaders/copy/copy';
import { type Candidates, channels4, MAX_WORKGROUPS } from '../../shaders/plan/plan';
import { type Constant, type Node, nodeText, shapeText, sizeOf } from '../graph/graph';
import type { FusedNode } from '../graph/passes/join-pairs';
import { denseStrides } from '../graph/strides';
import type { BufferSpec, OutputSpec, Placed, StepSpec } from './program';

/** How a tensor is stored: row-major, as in ONNX, or NHWC with the channels padded to a multiple of four. */
export type Layout = 'rows' | 'nhwc4';

/** The strides of a tensor in a layout, in numbers, one for each axis of `shape`. */
export function stridesOf(layout: Layout, shape: readonly number[]): number[] {
  if (layout === 'rows') return denseStrides(shape);
  const [, C, H, W] = shape;
  const C4 = channels4(C);
  return [H * W * C4, 1, W * C4, C4];
}

/** How many numbers a tensor takes in a layout, with padding. */
export const lengthOf = (layout: Layout, shape: readonly number[]): number =>
  layout === 'rows' ? sizeOf(shape) : shape[0] * shape[2] * shape[3] * channels4(shape[1]);

/**
 * Whether a tensor is stored in a layout. The stride of an axis of length 1 is ignored, except for the first axis: its
 * stride shows whether the channels are padded.
 */
export const isLaidOut = (value: Placed, layout: Layout): boolean => {
  if (layout === 'nhwc4' && value.shape.length !== 4) return false;
  const wanted = stridesOf(layout, value.shape);
  return value.shape.every((d, axis) => (d === 1 && axis > 0) || value.strides[axis] === wanted[axis]);
};

/** The layout in which to read a value: nhwc4 if it is stored so, as between convolutions; else row-major. */
export const layoutOf = (value: Placed): Layout => (isLaidOut(value, 'nhwc4') ? 'nhwc4' : 'rows');

/** Adds the kernels of a node to the builder; a promise if a part of it is downloaded first. @throws if the node can't be run; the message names it */
export type Lower = (node: FusedNode, builder: Builder) => void | Promise<void>;

/** Collects the buffers and steps of a program, node by node. */
export class Builder {
  /** The buffers so far. A buffer's number is its position here. */
  readonly buffers: BufferSpec[] = [];
  /** The steps so far, in order. */
  readonly steps: StepSpec[] = [];
  private readonly values = new Map<string, Placed>();
  private readonly classes = new Map<string, OutputSpec['classes']>();
  private readonly moved = new Map<string, Placed>();

  /** @param isBatched returns whether the first axis of a value is the batch */
  constructor(
    private readonly constants: ReadonlyMap<string, Constant>,
    readonly shapes: ReadonlyMap<string, readonly number[]>,
    readonly isBatched: (name: string) => boolean,
  ) {}

  /** The shape of a value. */
  shape(name: string): readonly number[] {
    return this.shapes.get(name)!;
  }

  /** The numbers of a float32 constant; undefined if the model computes the value, or if it has another type. */
  constant(name: string | undefined): Float32Array | undefined {
    const constant = name ? this.constants.get(name) : undefined;
    return constant?.type === 'float32' ? constant.data : undefined;
  }

  /** The numbers of a constant of any numeric type; undefined if the model computes the value. */
  numbers(name: string | undefined): number[] | undefined {
    const constant = name ? this.constants.get(name) : undefined;
    return constant && constant.type !== 'string' ? Array.from(constant.data) : undefined;
  }

  /** Adds a buffer with this data. Returns its number. */
  upload(name: string, data: Float32Array | Uint32Array): number {
    this.buffers.push({ name, length: data.length, data });
    return this.buffers.length - 1;
  }

  /** Adds a buffer for a value that a kernel or the caller writes, in a layout. */
  make(name: string, layout: Layout): Placed {
    const shape = this.shape(name);
    const placed = this.place(name, layout, shape, this.isBatched(name));
    this.values.set(name, placed);
    return placed;
  }

  private place(name: string, layout: Layout, shape: readonly number[], batched: boolean): Placed {
    this.buffers.push({ name, length: lengthOf(layout, shape) });
    return { buffer: this.buffers.length - 1, shape, strides: stridesOf(layout, shape), batched };
  }

  /** Adds a row-major buffer for a tensor that is not in the model: an operator's result between two kernels. */
  scratch(name: string, shape: readonly number[], batched: boolean): Placed {
    return this.place(name, 'rows', shape, batched);
  }

  /** Sets the value `name` to the numbers of `from`, with the shape of `name` and these strides. Nothing is copied. */
  alias(name: string, from: Placed, strides: readonly number[]): void {
    this.values.set(name, {
      buffer: from.buffer,
      shape: this.shape(name),
      strides,
      batched: this.isBatched(name),
    });
  }

  /** Records that a value's numbers are positions in `classes`; undefined where they are not labels. */
  label(name: string, classes: OutputSpec['classes']): void {
    this.classes.set(name, classes);
  }

  /** The classes that label() recorded for a value; undefined where the value is not labels. */
  classesOf(name: string): OutputSpec['classes'] {
    return this.classes.get(name);
  }

  /** A tensor as it is stored; a constant gets a buffer. @throws if the value is a constant without float32 numbers */
  value(name: string): Placed {
    const known = this.values.get(name);
    if (known) return known;
    const data = this.constant(name);
    if (!data) throw new Error(`value "${name}" contains no numbers that a kernel can read`);
    const shape = this.shape(name);
    const placed = { buffer: this.upload(name, data), shape, strides: denseStrides(shape), batched: false };
    this.values.set(name, placed);
    return placed;
  }

  /**
   * A tensor in a layout. A step that copies it is added if it is stored in another layout.
   * @throws if nhwc4 is requested for a tensor without four axes
   */
  in(layout: Layout, name: string): Placed {
    const from = this.value(name);
    if (layout === 'nhwc4' && from.shape.length !== 4)
      throw new Error(`"${name}" is ${shapeText(from.shape)}, a picture (B,C,H,W) is needed`);
    if (isLaidOut(from, layout)) return from;
    const key = `${layout} ${name}`;
    const before = this.moved.get(key);
    if (before) return before;
    const to = this.place(`${name}/${layout}`, layout, from.shape, from.batched);
    this.copy(`${name}/${layout}`, from, to, layout);
    this.moved.set(key, to);
    return to;
  }

  /** Adds a step that copies between strides. The padding of the channels becomes 0. */
  private copy(node: string, from: Placed, to: Placed, layout: Layout): void {
    const axes = storedAxes(to, layout).map((axis) => ({ ...axis, x: from.strides[axis.axis] }));
    this.move(node, 'copy', from.buffer, to, axes);
  }

  /**
   * Adds a step that copies numbers from a buffer to the tensor `to`, or to a part of it.
   * @param axes all axes of the copy, the outermost first; the first one is the batch if `to` is batched
   * @throws if more than eight axes remain after neighbouring axes are merged; the message names the node
   */
  move(
    node: string,
    op: string,
    x: number,
    to: Placed,
    axes: readonly CopyAxis[],
    options: { readonly xOrigin?: number; readonly yOrigin?: number; readonly fill?: number } = {},
  ): void {
    const { item, rest } = splitItem(axes, to.batched);
    if (rest.length > MOST_AXES)
      throw new Error(`"${node}": rearranges ${rest.length} axes; at most ${MOST_AXES} are supported`);
    const plans = planCopy({
      dims: rest.map((a) => a.d),
      low: rest.map((a) => a.low ?? 0),
      high: rest.map((a) => a.high),
      xStrides: rest.map((a) => a.x),
      yStrides: rest.map((a) => a.y),
      ...{ xItem: item.x, yItem: item.y },
      ...options,
    });
    this.step(
      node,
      op,
      plans,
      { x },
      'y',
      { ...to, shape: [item.d, ...to.shape.slice(1)] },
      sizeOf(to.shape),
    );
  }

  /**
   * Adds a step that writes the tensor `to`.
   * @param operands the number of the buffer of each operand that the plans read
   * @param output the plans' name for the operand that they write
   * @param flop arithmetic operations for all items; default: one for each number of the output
   */
  step(
    node: string,
    op: string,
    candidates: Candidates,
    operands: Readonly<Record<string, number>>,
    output: string,
    to: Placed,
    flop = sizeOf(to.shape),
  ): void {
    this.steps.push({
      ...{ node, op, candidates, output: to.buffer },
      operands: { ...operands, [output]: to.buffer },
      ...{ items: to.shape[0] ?? 1, flop },
      batched: to.batched,
    });
  }

  /** @throws always: an error that names the node */
  fail(node: Node, what: string): never {
    throw new Error(`${nodeText(node)}: ${what}`);
  }
}

/** An axis of a copy. */
export interface CopyAxis {
  /** How many indices of y are written. */
  readonly d: number;
  /** x is copied from index `low` (default: 0) to below `high`; the other indices are filled. */
  readonly low?: number;
  readonly high: number;
  /** The distance between neighbours in x and in y, in numbers. */
  readonly x: number;
  readonly y: number;
}

/**
 * The axes of a tensor for `Builder.move`, in the order in which a layout stores them. In nhwc4, the padding of the
 * channels is part of the axis, and is filled.
 */
export const storedAxes = (
  y: Placed,
  layout: Layout,
): { axis: number; d: number; high: number; y: number }[] =>
  (layout === 'nhwc4' ? [0, 2, 3, 1] : y.shape.map((_, axis) => axis)).map((axis) => ({
    axis,
    d: layout === 'nhwc4' && axis === 1 ? channels4(y.shape[1]) : y.shape[axis],
    high: y.shape[axis],
    y: y.strides[axis],
  }));

/**
 * The axis of the batch, and the others, merged. Where the batch is fixed, it is an axis like the others; the outermost
 * axis then becomes the item if the others are four.
 */
function splitItem(
  axes: readonly CopyAxis[],
  batched: boolean,
): { item: CopyAxis; rest: readonly CopyAxis[] } {
  if (batched) return { item: axes[0], rest: mergeAxes(axes.slice(1)) };
  const merged = mergeAxes(axes);
  const [first, ...rest] = merged;
  if (merged.length === 5 && !isCut(first) && first.x >= 0 && first.d <= MAX_WORKGROUPS)
    return { item: first, rest };
  return { item: { d: 1, high: 1, x: 0, y: 0 }, rest: merged };
}

/** Whether a copy fills some indices of an axis. */
const isCut = ({ d, low = 0, high }: CopyAxis): boolean => low > 0 || high < d;

/** Joins neighbouring axes that are contiguous in both tensors. */
function mergeAxes(axes: readonly CopyAxis[]): CopyAxis[] {
  const merged: CopyAxis[] = [];
  for (const axis of axes) {
    if (axis.d === 1 && !isCut(axis)) continue;
    const last = merged[merged.length - 1];
    const dense = last && last.x === axis.x * axis.d && last.y === axis.y * axis.d;
    if (dense && !isCut(last) && !isCut(axis))
      merged[merged.length - 1] = { d: last.d * axis.d, high: last.d * axis.d, x: axis.x, y: axis.y };
    else merged.push(axis);
  }
  return merged;
}
