import { planResizeNearest } from '../../../shaders/resize/resize';
import { planResizeAxis } from '../../../shaders/resize/resize-axis';
import { numberOf, sizeOf, textOf } from '../../graph/graph';
import { type resize as known, onAxes } from '../../graph/operators/resize';
import type { FusedNode } from '../../graph/passes/join-pairs';
import { type Builder, type Layout, type Lower, layoutOf } from '../builder';
import type { Placed } from '../program';

/** How an axis is resized. */
interface Axis {
  /** Its length in x and in y. */
  readonly from: number;
  readonly to: number;
  readonly scale: number;
}

/** Resize. Pictures with mode nearest have a kernel; everything else is resized axis by axis. */
function lowerResize(node: FusedNode, builder: Builder): void {
  const x = builder.value(node.inputs[0]);
  const shape = builder.shape(node.outputs[0]);
  const scales = builder.numbers(node.inputs[2]);
  const given = scales?.length
    ? onAxes(
        node,
        x.shape.map(() => 1),
        scales,
      )
    : undefined;
  const axes = x.shape.map((from, axis): Axis => {
    // Where the model sets sizes instead of scales, the scale is the quotient of the sizes.
    const to = shape[axis];
    return { from, to, scale: Math.fround(given ? given[axis] : to / from) };
  });
  const changes = (axis: number) => axes[axis].from !== axes[axis].to || axes[axis].scale !== 1;
  if (x.batched && changes(0)) builder.fail(node, 'along the batch is not supported');
  const isPicture = x.shape.length === 4 && !changes(0) && !changes(1);
  if (!axes.some((_, axis) => changes(axis))) builder.alias(node.outputs[0], x, x.strides);
  else if (isPicture && textOf(node, 'mode', 'nearest') === 'nearest') lowerNearest(node, builder, axes);
  else resizeAxes(node, builder, x, axes, isPicture ? 'nhwc4' : layoutOf(x), changes);
}

/** Resize of pictures with mode nearest. */
function lowerNearest(node: FusedNode, builder: Builder, axes: readonly Axis[]): void {
  const x = builder.in('nhwc4', node.inputs[0]);
  const [B, C, H, W] = x.shape;
  const y = builder.make(node.outputs[0], 'nhwc4');
  const [, , HO, WO] = y.shape;
  const sources = ({ to, ...axis }: Axis): Uint32Array =>
    Uint32Array.from({ length: to }, (_, i) => nearest(node, i, { to, ...axis }));
  builder.step(
    node.name,
    'Resize',
    planResizeNearest({ B, C, H, W, HO, WO }),
    {
      x: x.buffer,
      rows: builder.upload(`${node.name}/rows`, sources(axes[2])),
      columns: builder.upload(`${node.name}/columns`, sources(axes[3])),
    },
    'y',
    y,
  );
}

/** A step for each axis that changes; first those that become shorter, so that less is computed. */
function resizeAxes(
  node: FusedNode,
  builder: Builder,
  x: Placed,
  axes: readonly Axis[],
  wanted: Layout,
  changes: (axis: number) => boolean,
): void {
  const [name] = node.outputs;
  // The padding of the channels can't be resized.
  const layout = wanted === 'nhwc4' && changes(1) ? 'rows' : wanted;
  const y = builder.make(name, layout);
  /** The axes in the order in which they are stored, and their lengths there. */
  const order = layout === 'nhwc4' ? [0, 2, 3, 1] : axes.map((_, axis) => axis);
  const lengths = order.map((axis) => (layout === 'nhwc4' && axis === 1 ? y.strides[3] : x.shape[axis]));
  const ratio = (at: number) => axes[order[at]].to / axes[order[at]].from;
  const steps = order
    .map((_, at) => at)
    .filter((at) => changes(order[at]))
    .sort((a, b) => ratio(a) - ratio(b));
  let source = builder.in(layout, node.inputs[0]);
  steps.forEach((at, i) => {
    const axis = axes[order[at]];
    const tap = tapsOf(node, axis);
    const first = y.batched ? 1 : 0;
    const sizes = {
      outer: sizeOf(lengths.slice(first, at)),
      ...{ A: axis.from, K: axis.to, inner: sizeOf(lengths.slice(at + 1)), T: tap.length / axis.to / 2 },
    };
    lengths[at] = axis.to;
    const label = `${node.name}/${order[at]}`;
    const isLast = i === steps.length - 1;
    const to = isLast ? y : builder.scratch(label, lengths, y.batched);
    builder.step(
      label,
      'Resize',
      planResizeAxis(sizes),
      { x: source.buffer, taps: builder.upload(`${label}/taps`, tap) },
      'y',
      y.batched ? to : { ...to, shape: [1, ...to.shape] },
      2 * sizes.T * sizeOf(lengths),
    );
    source = to;
  });
}

/** Pairs of an index in x and its weight, for each index of y. */
function tapsOf(node: FusedNode, axis: Axis): Float32Array {
  const mode = textOf(node, 'mode', 'nearest');
  const pairs = Array.from({ length: axis.to }, (_, i): number[] => {
    if (mode === 'nearest') return [nearest(node, i, axis), 1];
    return mode === 'linear' ? linear(coordinate(node, i, axis), axis.from) : cubic(node, i, axis);
  });
  return Float32Array.from(pairs.flat());
}

/** The two neighbours of a coordinate, which is limited to the axis. */
function linear(at: number, from: number): number[] {
  const inside = Math.min(Math.max(at, 0), from - 1);
  const low = Math.floor(inside);
  return [low, 1 - (inside - low), Math.min(low + 1, from - 1), inside - low];
}

/**
 * The four neighbours of a coordinate, with the weights of R. Keys, "Cubic convolution interpolation for digital image
 * processing", 1981. Outside the axis the number at its end is taken, or none if exclude_outside is 1.
 */
function cubic(node: FusedNode, i: number, axis: Axis): number[] {
  const a = numberOf(node, 'cubic_coeff_a', -0.75);
  const exclude = numberOf(node, 'exclude_outside', 0) === 1;
  const at = coordinate(node, i, axis);
  const low = Math.floor(at);
  const weightOf = (distance: number): number =>
    distance <= 1
      ? ((a + 2) * distance - (a + 3)) * distance * distance + 1
      : ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a;
  const sources = [low - 1, low, low + 1, low + 2];
  const weights = sources.map((source) =>
    exclude && (source < 0 || source >= axis.from) ? 0 : weightOf(Math.abs(at - source)),
  );
  const sum = exclude ? weights.reduce((total, weight) => total + weight, 0) : 1;
  return sources.flatMap((source, k) => [Math.min(Math.max(source, 0), axis.from - 1), weights[k] / sum]);
}

const f32 = Math.fround;

/**
 * The coordinate in x of index i of y, by ONNX's coordinate_transformation_mode. It computes in f32, as onnxruntime
 * does, since a coordinate in the middle of two pixels could round to the other one in f64.
 */
function coordinate(node: FusedNode, i: number, { from, to, scale }: Axis): number {
  switch (textOf(node, 'coordinate_transformation_mode', 'half_pixel')) {
    case 'asymmetric':
      return f32(i / scale);
    case 'align_corners':
      return to > 1 ? f32((i * (from - 1)) / (to - 1)) : 0;
    case 'pytorch_half_pixel':
      return to > 1 ? f32(f32((i + 0.5) / scale) - 0.5) : 0;
    default:
      return f32(f32((i + 0.5) / scale) - 0.5);
  }
}

/** The source of index i with mode nearest, by ONNX's nearest_mode; simple is that of opset 10. */
function nearest(node: FusedNode, i: number, axis: Axis): number {
  const at = coordinate(node, i, axis);
  const mode = textOf(node, 'nearest_mode', 'round_prefer_floor');
  const rounding = mode === 'simple' ? (axis.scale < 1 ? 'ceil' : 'floor') : mode;
  const source = {
    floor: Math.floor(at),
    ceil: Math.ceil(at),
    round_prefer_floor: Math.ceil(at - 0.5),
    round_prefer_ceil: Math.floor(at + 0.5),
  }[rounding];
  return Math.min(Math.max(source ?? 0, 0), axis.from - 1);
}

/** The lowering of each operator of graph/operators/resize.ts. */
export const resize: { readonly [Name in keyof typeof known]: Lower } = {
  Resize: lowerResize,
};
