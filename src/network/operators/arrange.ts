import { planCopy } from '../../../shaders/copy/copy';
import { numberOf, numbersOf } from '../../graph/graph';
import { type arrange as known, padsOf } from '../../graph/operators/arrange';
import type { FusedNode } from '../../graph/passes/join-pairs';
import { axisOf, denseStrides } from '../../graph/strides';
import { type Builder, type Four, isLaidOut, type Layout, type Lower, layoutOf } from '../builder';

/** Reshape, Flatten, Squeeze and Unsqueeze: the same row-major numbers with another shape. */
function lowerReshape(node: FusedNode, builder: Builder): void {
  const x = builder.in('rows', node.inputs[0]);
  const [y] = node.outputs;
  builder.alias(y, x, denseStrides(builder.shape(y)));
  builder.label(y, builder.classesOf(node.inputs[0]));
}

/** Transpose copies nothing: it only changes the strides. A node that reads it rearranges the numbers if necessary. */
function lowerTranspose(node: FusedNode, builder: Builder): void {
  const x = builder.value(node.inputs[0]);
  const perm = numbersOf(
    node,
    'perm',
    x.shape.map((_, axis) => x.shape.length - 1 - axis),
  );
  if (perm[0] !== 0 && x.batched && x.shape[0] !== 1)
    builder.fail(node, 'moving the batch from the front is not supported');
  builder.alias(
    node.outputs[0],
    x,
    perm.map((axis) => x.strides[axis]),
  );
  builder.label(node.outputs[0], builder.classesOf(node.inputs[0]));
}

/** Identity and similar operators whose output is an output of the graph; the others were removed. */
function lowerIdentity(node: FusedNode, builder: Builder): void {
  const x = builder.value(node.inputs[0]);
  builder.alias(node.outputs[0], x, x.strides);
  builder.label(node.outputs[0], builder.classesOf(node.inputs[0]));
}

/** The axes of an item, at most four, in the order of a layout. */
function itemAxes(layout: Layout, rank: number, node: FusedNode, builder: Builder): number[] {
  if (layout === 'nhwc4') return [2, 3, 1];
  if (rank > 5) builder.fail(node, `has ${rank} axes; at most 5 are supported`);
  return Array.from({ length: rank - 1 }, (_, i) => i + 1);
}

/** The `values` of the axes in `order`, with `fill` in front up to four. */
const along = (order: readonly number[], values: readonly number[], fill: number): Four =>
  [...new Array<number>(4 - order.length).fill(fill), ...order.map((a) => values[a])] as unknown as Four;

/** Concat: a step for each input copies it to its position. */
function lowerConcat(node: FusedNode, builder: Builder): void {
  const parts = node.inputs.map((name) => builder.value(name));
  const y = builder.make(node.outputs[0], layoutOf(parts[0]));
  const axis = axisOf(numberOf(node, 'axis', 1), y.shape.length);
  if (axis === 0) builder.fail(node, 'along the batch is not supported');
  const order = itemAxes(layoutOf(parts[0]), y.shape.length, node, builder);
  const filled = isLaidOut(y, 'nhwc4');
  let offset = 0;
  parts.forEach((x, i) => {
    // The padding of the channels must be written: by the last part along the channels, else by every part.
    const dims = [...x.shape];
    if (filled && axis !== 1) dims[1] = y.strides[3];
    if (filled && axis === 1 && i === parts.length - 1) dims[1] = y.strides[3] - offset;
    const plans = planCopy({
      dims: along(order, dims, 1),
      high: along(order, x.shape, 1),
      xStrides: along(order, x.strides, 0),
      yStrides: along(order, y.strides, 0),
      xItem: x.strides[0],
      yItem: y.strides[0],
      yOrigin: offset * y.strides[axis],
    });
    builder.step(`${node.name}/${i}`, 'Concat', plans, { x: x.buffer }, 'y', y);
    offset += x.shape[axis];
  });
}

/** Pad with a constant. A negative pad removes numbers. */
function lowerPad(node: FusedNode, builder: Builder): void {
  const x = builder.value(node.inputs[0]);
  const rank = x.shape.length;
  const pads = padsOf(node, rank, builder.numbers(node.inputs[1])!, builder.numbers(node.inputs[3]));
  if (pads[0] || pads[rank]) builder.fail(node, 'along the batch is not supported');
  const layout = layoutOf(x);
  const y = builder.make(node.outputs[0], layout);
  const order = itemAxes(layout, rank, node, builder);
  const dims = [...y.shape];
  if (layout === 'nhwc4') dims[1] = y.strides[3];
  const low = x.shape.map((_, a) => Math.max(pads[a], 0));
  const high = x.shape.map((d, a) => Math.min(d + pads[a], y.shape[a]));
  builder.step(
    node.name,
    'Pad',
    planCopy({
      dims: along(order, dims, 1),
      low: along(order, low, 0),
      high: along(order, high, 1),
      xStrides: along(order, x.strides, 0),
      yStrides: along(order, y.strides, 0),
      xItem: x.strides[0],
      yItem: y.strides[0],
      xOrigin: order.reduce((sum, a) => sum + pads[a] * x.strides[a], 0),
      fill: builder.numbers(node.inputs[2])?.[0] ?? 0,
    }),
    { x: x.buffer },
    'y',
    y,
  );
}

/** The lowering of each operator of graph/operators/arrange.ts. */
export const arrange: { readonly [Name in keyof typeof known]: Lower } = {
  Identity: lowerIdentity,
  Dropout: lowerIdentity,
  Cast: lowerIdentity,
  Concat: lowerConcat,
  Pad: lowerPad,
  Flatten: lowerReshape,
  Reshape: lowerReshape,
  Squeeze: lowerReshape,
  Unsqueeze: lowerReshape,
  Transpose: lowerTranspose,
  'ai.onnx.ml.ZipMap': lowerIdentity,
};
