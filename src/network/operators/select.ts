import { planGather } from '../../../shaders/gather/gather';
import { numberOf, sizeOf } from '../../graph/graph';
import { type select as known, partOf, splitOf } from '../../graph/operators/select';
import type { FusedNode } from '../../graph/passes/join-pairs';
import { axisOf, denseStrides } from '../../graph/strides';
import { type Builder, type Lower, layoutOf, storedAxes } from '../builder';
import type { Placed } from '../program';

/** Slice: a copy that starts inside x, and may step backwards. */
function lowerSlice(node: FusedNode, builder: Builder): void {
  const x = builder.value(node.inputs[0]);
  const lists = [1, 2, 3, 4].map((i) => builder.numbers(node.inputs[i]));
  const { begin, step } = partOf(node, x.shape, lists);
  const layout = layoutOf(x);
  const y = builder.make(node.outputs[0], layout);
  if (x.batched && (!y.batched || begin[0] !== 0 || step[0] !== 1))
    builder.fail(node, 'along the batch is not supported');
  copyPart(node.name, node, builder, x, y, begin, step);
}

/** Copies the part of x that starts at `begin` to y, in the layout of y. */
function copyPart(
  name: string,
  node: FusedNode,
  builder: Builder,
  x: Placed,
  y: Placed,
  begin: readonly number[],
  step?: readonly number[],
): void {
  const axes = storedAxes(y, layoutOf(y)).map(({ axis, d, high, y: stride }) => ({
    ...{ d, high, x: x.strides[axis] * (step?.[axis] ?? 1), y: stride },
  }));
  const xOrigin = -begin.reduce((sum, at, axis) => sum + at * x.strides[axis], 0);
  builder.move(name, node.op, x.buffer, y, axes, { xOrigin });
}

/** Split: a copy for each output. */
function lowerSplit(node: FusedNode, builder: Builder): void {
  const x = builder.value(node.inputs[0]);
  const axis = axisOf(numberOf(node, 'axis', 0), x.shape.length);
  if (axis === 0 && x.batched) builder.fail(node, 'along the batch is not supported');
  let start = 0;
  splitOf(node, x.shape, builder.numbers(node.inputs[1])).forEach((length, i) => {
    if (node.outputs[i]) {
      const y = builder.make(node.outputs[i], layoutOf(x));
      const begin = x.shape.map((_, a) => (a === axis ? start : 0));
      copyPart(`${node.name}/${i}`, node, builder, x, y, begin);
    }
    start += length;
  });
}

/** The indices of a node as a row-major tensor of f32. */
function indicesOf(node: FusedNode, builder: Builder): Placed {
  const name = node.inputs[1];
  const constant = builder.numbers(name);
  if (!constant) return builder.in('rows', name);
  const shape = builder.shape(name);
  const buffer = builder.upload(name, Float32Array.from(constant));
  return { buffer, shape, strides: denseStrides(shape), batched: false };
}

/** Gather: whole slices of x along an axis. */
function lowerGather(node: FusedNode, builder: Builder): void {
  const x = builder.in('rows', node.inputs[0]);
  const indices = indicesOf(node, builder);
  const axis = axisOf(numberOf(node, 'axis', 0), x.shape.length);
  if (axis === 0 && x.batched) builder.fail(node, 'along the batch is not supported');
  const y = builder.make(node.outputs[0], 'rows');
  if (y.batched !== (x.batched || indices.batched)) builder.fail(node, 'along the batch is not supported');
  const outer = sizeOf(x.shape.slice(x.batched ? 1 : 0, axis));
  const inner = sizeOf(x.shape.slice(axis + 1));
  const K = sizeOf(indices.shape.slice(indices.batched ? 1 : 0));
  const plans = planGather({
    ...{ outer, A: x.shape[axis], K, inner },
    xItem: x.batched ? outer * x.shape[axis] * inner : 0,
    indexStrides: [indices.batched ? K : 0, 0, 1, 0],
  });
  addGather(node, builder, plans, x, indices, y);
}

function addGather(
  node: FusedNode,
  builder: Builder,
  plans: ReturnType<typeof planGather>,
  x: Placed,
  indices: Placed,
  y: Placed,
): void {
  const operands = { x: x.buffer, indices: indices.buffer };
  // Where the batch is fixed, all numbers are one item.
  const to = y.batched ? y : { ...y, shape: [1, ...y.shape] };
  builder.step(node.name, node.op, plans, operands, 'y', to);
}

/** GatherElements: an index for each number of y. x is first cut to the shape of the indices, except for the axis. */
function lowerGatherElements(node: FusedNode, builder: Builder): void {
  const axis = axisOf(numberOf(node, 'axis', 0), builder.shape(node.inputs[0]).length);
  const indices = indicesOf(node, builder);
  const whole = builder.value(node.inputs[0]);
  if (whole.batched !== indices.batched || (axis === 0 && whole.batched))
    builder.fail(node, 'needs a batch in both inputs or in none, and another axis than the batch');
  const shape = indices.shape.map((d, a) => (a === axis ? whole.shape[a] : d));
  let x: Placed;
  if (shape.join() === whole.shape.join()) x = builder.in('rows', node.inputs[0]);
  else {
    x = builder.scratch(`${node.name}/x`, shape, whole.batched);
    copyPart(
      `${node.name}/x`,
      node,
      builder,
      whole,
      x,
      shape.map(() => 0),
    );
  }
  const first = whole.batched ? 1 : 0;
  const outer = sizeOf(shape.slice(first, axis));
  const inner = sizeOf(shape.slice(axis + 1));
  const [A, K] = [shape[axis], indices.shape[axis]];
  const plans = planGather({
    ...{ outer, A, K, inner },
    xItem: outer * A * inner,
    indexStrides: [outer * K * inner, K * inner, inner, 1],
  });
  addGather(node, builder, plans, x, indices, builder.make(node.outputs[0], 'rows'));
}

/** GatherND with constant indices: as Gather, where the axes that are indexed are one axis. */
function lowerGatherND(node: FusedNode, builder: Builder): void {
  const x = builder.in('rows', node.inputs[0]);
  if (x.batched) builder.fail(node, 'along the batch is not supported');
  const given = builder.numbers(node.inputs[1]) ?? builder.fail(node, 'its indices must be constant');
  const last = builder.shape(node.inputs[1]).at(-1) ?? 1;
  const axes = x.shape.slice(0, last);
  const strides = denseStrides(axes);
  const flat = Float32Array.from({ length: given.length / last }, (_, k) =>
    strides.reduce((sum, stride, a) => sum + stride * axisOf(given[k * last + a], axes[a]), 0),
  );
  const A = sizeOf(axes);
  if (A > 2 ** 24) builder.fail(node, `selects from ${A} positions; at most ${2 ** 24} are supported`);
  const K = flat.length;
  const inner = sizeOf(x.shape.slice(last));
  const plans = planGather({ ...{ outer: 1, A, K, inner }, xItem: 0, indexStrides: [0, 0, 1, 0] });
  const buffer = builder.upload(node.inputs[1], flat);
  const indices: Placed = { buffer, shape: [K], strides: [1], batched: false };
  addGather(node, builder, plans, x, indices, builder.make(node.outputs[0], 'rows'));
}

/** The lowering of each operator of graph/operators/select.ts. */
export const select: { readonly [Name in keyof typeof known]: Lower } = {
  Slice: lowerSlice,
  Split: lowerSplit,
  Gather: lowerGather,
  GatherElements: lowerGatherElements,
  GatherND: lowerGatherND,
};
