import { planLrn } from '../../../shaders/lrn/lrn';
import { type NormalizeOptions, planNormalize } from '../../../shaders/normalize/normalize';
import { planNormalizer } from '../../../shaders/normalizer/normalizer';
import { channels4, fill } from '../../../shaders/plan/plan';
import { numberOf, sizeOf, textOf } from '../../graph/graph';
import { firstAxis, type normalize as known, meanAxes } from '../../graph/operators/normalize';
import type { FusedNode } from '../../graph/passes/join-pairs';
import { denseStrides } from '../../graph/strides';
import { type Builder, isLaidOut, type Lower } from '../builder';
import type { Placed } from '../program';

/** Normalizer of ai.onnx.ml. */
function lowerNormalizer(node: FusedNode, builder: Builder): void {
  const x = builder.in('rows', node.inputs[0]);
  if (x.shape.length !== 2) builder.fail(node, `needs rows of features, but x is (${x.shape.join(',')})`);
  const norm = textOf(node, 'norm', 'MAX') as 'MAX';
  const plans = planNormalizer({ B: x.shape[0], I: x.shape[1], norm });
  builder.step(node.name, 'Normalizer', plans, { x: x.buffer }, 'y', builder.make(node.outputs[0], 'rows'));
}

/** The buffer of a scale or bias; if the node has none, of one number. @throws if it grows with the batch */
function affine(node: FusedNode, builder: Builder, at: number, count: number, otherwise: number): number {
  const name = node.inputs[at];
  const given = builder.constant(name);
  if (!name || given?.length === 1)
    return builder.upload(
      name || `${node.name}/${otherwise}`,
      new Float32Array(count).fill(given?.[0] ?? otherwise),
    );
  const placed = builder.in('rows', name);
  if (placed.batched) builder.fail(node, `"${name}" grows with the batch, which is not supported`);
  if (sizeOf(placed.shape) !== count)
    builder.fail(node, `"${name}" has ${sizeOf(placed.shape)} numbers, but ${count} are needed`);
  return placed.buffer;
}

/** What remains of NormalizeOptions if all numbers of an item are known: B is the batch, or 1 for a fixed one. */
type Groups = Omit<NormalizeOptions, 'B' | 'epsilon'>;

const batchOf = (x: Placed): number => (x.batched ? x.shape[0] : 1);
const itemOf = (x: Placed): readonly number[] => (x.batched ? x.shape.slice(1) : x.shape);

/** Adds a step that normalizes a row-major tensor, with inputs 1 and 2 as scale and bias. Returns the result. */
function normalized(node: FusedNode, builder: Builder, x: Placed, groups: Groups): Placed {
  const B = batchOf(x);
  const y = builder.scratch(`${node.name}/rows`, [B, groups.outer * groups.N * groups.inner], x.batched);
  const scale = affine(node, builder, 1, groups.count, 1);
  const bias = affine(node, builder, 2, groups.count, 0);
  const plans = planNormalize({ ...groups, B, epsilon: numberOf(node, 'epsilon', 1e-5) });
  builder.step(node.name, node.op, plans, { x: x.buffer, scale, bias }, 'y', y, 8 * sizeOf(y.shape));
  return y;
}

/** The numbers of row-major groups without scale and bias. */
const plain = { repeat: 1, count: 1 };

/** Sets the node's output to a row-major tensor. */
const setRows = (node: FusedNode, builder: Builder, y: Placed): void =>
  builder.alias(node.outputs[0], y, denseStrides(builder.shape(node.outputs[0])));

/** @throws if x's first axis is the open batch and the node computes along it */
function checkBatch(node: FusedNode, builder: Builder, x: Placed, axis: number): void {
  if (x.batched && axis === 0)
    builder.fail(
      node,
      `normalizes axis 0, the batch, which may be smaller than ${x.shape[0]} in a run; give it a fixed size (dims)`,
    );
}

/** LayerNormalization and RMSNormalization. */
function lowerAlongRow(node: FusedNode, builder: Builder): void {
  const x = builder.in('rows', node.inputs[0]);
  const axis = firstAxis(node, x.shape);
  checkBatch(node, builder, x, axis);
  const N = sizeOf(x.shape.slice(axis));
  const outer = sizeOf(itemOf(x)) / N;
  const kind = node.op === 'RMSNormalization' ? 'rms' : 'deviation';
  setRows(node, builder, normalized(node, builder, x, { outer, N, inner: 1, kind, repeat: 1, count: N }));
}

/** InstanceNormalization. Pictures between convolutions stay as they are: a channel is a group with strides. */
function lowerInstance(node: FusedNode, builder: Builder): void {
  const stored = builder.value(node.inputs[0]);
  const [B, C, ...pixels] = stored.shape;
  const N = sizeOf(pixels);
  const [scale, bias] = [builder.constant(node.inputs[1]), builder.constant(node.inputs[2])];
  if (isLaidOut(stored, 'nhwc4') && scale && bias) {
    const count = channels4(C);
    const y = builder.make(node.outputs[0], 'nhwc4');
    const epsilon = numberOf(node, 'epsilon', 1e-5);
    const sizes = { B, outer: 1, N, inner: count, repeat: 1, count };
    const operands = {
      x: stored.buffer,
      scale: builder.upload(node.inputs[1], fill(scale, count)),
      bias: builder.upload(node.inputs[2], fill(bias, count)),
    };
    const plans = planNormalize({ ...sizes, kind: 'deviation', epsilon });
    builder.step(node.name, node.op, plans, operands, 'y', y, 8 * sizeOf(y.shape));
    return;
  }
  const x = builder.in('rows', node.inputs[0]);
  const outer = sizeOf(itemOf(x)) / N;
  setRows(
    node,
    builder,
    normalized(node, builder, x, { outer, N, inner: 1, kind: 'deviation', repeat: N, count: C }),
  );
}

/** GroupNormalization. Scale and bias are one number for each group, or for each channel. */
function lowerGroup(node: FusedNode, builder: Builder): void {
  const x = builder.in('rows', node.inputs[0]);
  const [, C, ...pixels] = x.shape;
  const groups = numberOf(node, 'num_groups', 1);
  const N = (C / groups) * sizeOf(pixels);
  const count = sizeOf(builder.shape(node.inputs[1]));
  const repeat = (C / count) * sizeOf(pixels);
  const outer = sizeOf(itemOf(x)) / N;
  setRows(
    node,
    builder,
    normalized(node, builder, x, { outer, N, inner: 1, kind: 'deviation', repeat, count }),
  );
}

/** LpNormalization. */
function lowerLp(node: FusedNode, builder: Builder): void {
  const x = builder.in('rows', node.inputs[0]);
  const axis = firstAxis(node, x.shape);
  checkBatch(node, builder, x, axis);
  const [N, inner] = [x.shape[axis], sizeOf(x.shape.slice(axis + 1))];
  const outer = sizeOf(itemOf(x)) / (N * inner);
  const kind = numberOf(node, 'p', 2) === 1 ? 'L1' : 'L2';
  setRows(node, builder, normalized(node, builder, x, { outer, N, inner, kind, ...plain }));
}

/** MeanVarianceNormalization: the axes are moved to the end, and the result is read with strides. */
function lowerMeanVariance(node: FusedNode, builder: Builder): void {
  const x = builder.value(node.inputs[0]);
  const axes = meanAxes(node, x.shape);
  checkBatch(node, builder, x, axes[0]);
  const kept = x.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const order = [...kept, ...axes];
  const dense = denseStrides(order.map((axis) => x.shape[axis]));
  const strides = x.shape.map((_, axis) => dense[order.indexOf(axis)]);
  const N = sizeOf(axes.map((axis) => x.shape[axis]));
  const moved = builder.scratch(`${node.name}/groups`, [batchOf(x), sizeOf(itemOf(x))], x.batched);
  builder.move(
    `${node.name}/groups`,
    'copy',
    x.buffer,
    moved,
    order.map((axis) => ({ d: x.shape[axis], high: x.shape[axis], x: x.strides[axis], y: strides[axis] })),
  );
  const groups = { outer: sizeOf(itemOf(x)) / N, N, inner: 1, kind: 'deviation', ...plain } as const;
  const without = { ...node, inputs: node.inputs.slice(0, 1), attributes: { epsilon: 0 } };
  builder.alias(node.outputs[0], normalized(without, builder, moved, groups), strides);
}

/** LRN. */
function lowerLrn(node: FusedNode, builder: Builder): void {
  const x = builder.in('rows', node.inputs[0]);
  const [B, C, ...pixels] = x.shape;
  const plans = planLrn({
    ...{ B, C, inner: sizeOf(pixels), size: numberOf(node, 'size', 1) },
    ...{ alpha: numberOf(node, 'alpha', 1e-4), beta: numberOf(node, 'beta', 0.75) },
    bias: numberOf(node, 'bias', 1),
  });
  builder.step(node.name, 'LRN', plans, { x: x.buffer }, 'y', builder.make(node.outputs[0], 'rows'));
}

/** The lowering of each operator of graph/operators/normalize.ts. */
export const normalize: { readonly [Name in keyof typeof known]: Lower } = {
  InstanceNormalization: lowerInstance,
  LayerNormalization: lowerAlongRow,
  RMSNormalization: lowerAlongRow,
  GroupNormalization: lowerGroup,
  MeanVarianceNormalization: lowerMeanVariance,
  LpNormalization: lowerLp,
  LRN: lowerLrn,
  'ai.onnx.ml.Normalizer': lowerNormalizer,
};
