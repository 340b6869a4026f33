import { channels4 } from '../../../shaders/plan/plan';
import { numberOf, textOf } from '../../graph/graph';
import type { spread as known } from '../../graph/operators/spread';
import type { FusedNode } from '../../graph/passes/join-pairs';
import { broadcastStrides } from '../../graph/strides';
import type { Builder, CopyAxis, Lower } from '../builder';

/** Expand: a copy whose strides in x are 0 along the axes that are repeated. */
function lowerExpand(node: FusedNode, builder: Builder): void {
  const x = builder.value(node.inputs[0]);
  const y = builder.make(node.outputs[0], 'rows');
  const strides = broadcastStrides(x.shape, x.strides, y.shape);
  const axes = y.shape.map((d, axis) => ({ d, high: d, x: strides[axis], y: y.strides[axis] }));
  builder.move(node.name, node.op, x.buffer, y, axes);
}

/** Tile: each axis of y is two axes of the copy, the repetitions and the axis of x. */
function lowerTile(node: FusedNode, builder: Builder): void {
  const x = builder.value(node.inputs[0]);
  const y = builder.make(node.outputs[0], 'rows');
  const axes = x.shape.flatMap((d, axis): CopyAxis[] => {
    const repeats = y.shape[axis] / d;
    const stride = y.strides[axis];
    const again = { d: repeats, high: repeats, x: 0, y: stride * d };
    const own = { d, high: d, x: x.strides[axis], y: stride };
    // The batch must be one axis. If it grows, either x has a batch, or x is one item that is repeated.
    if (axis === 0 && y.batched) return [x.batched ? own : again];
    return [again, own];
  });
  builder.move(node.name, node.op, x.buffer, y, axes);
}

/**
 * DepthToSpace: the channels are split into two axes of a block and the channels that remain. In the mode DCR the axes
 * of the block come first, in the mode CRD the channels do.
 */
function lowerDepthToSpace(node: FusedNode, builder: Builder): void {
  const x = builder.value(node.inputs[0]);
  const y = builder.make(node.outputs[0], 'nhwc4');
  const [B, C, H, W] = x.shape;
  const block = numberOf(node, 'blocksize', 1);
  const rest = C / block ** 2;
  const crd = textOf(node, 'mode', 'DCR') === 'CRD';
  const channel = x.strides[1];
  const one = crd ? 1 : rest;
  builder.move(node.name, node.op, x.buffer, y, [
    { d: B, high: B, x: x.strides[0], y: y.strides[0] },
    { d: H, high: H, x: x.strides[2], y: block * y.strides[2] },
    { d: block, high: block, x: block * one * channel, y: y.strides[2] },
    { d: W, high: W, x: x.strides[3], y: block * y.strides[3] },
    { d: block, high: block, x: one * channel, y: y.strides[3] },
    { d: channels4(rest), high: rest, x: (crd ? block ** 2 : 1) * channel, y: 1 },
  ]);
}

/** SpaceToDepth: height and width are split into blocks; the position in the block becomes the slower (DCR) or the faster channel (CRD). */
function lowerSpaceToDepth(node: FusedNode, builder: Builder): void {
  const x = builder.value(node.inputs[0]);
  const y = builder.make(node.outputs[0], 'rows');
  const [B, C] = x.shape;
  const [, , H, W] = y.shape;
  const block = numberOf(node, 'blocksize', 1);
  const [item, channel, row, column] = x.strides;
  const isFaster = textOf(node, 'mode', 'DCR') === 'CRD';
  const place = y.strides[1] * (isFaster ? 1 : C);
  builder.move(node.name, node.op, x.buffer, y, [
    { d: B, high: B, x: item, y: y.strides[0] },
    { d: block, high: block, x: row, y: block * place },
    { d: block, high: block, x: column, y: place },
    { d: C, high: C, x: channel, y: y.strides[1] * (isFaster ? block ** 2 : 1) },
    { d: H, high: H, x: block * row, y: y.strides[2] },
    { d: W, high: W, x: block * column, y: 1 },
  ]);
}

/** The lowering of each operator of graph/operators/spread.ts. */
export const spread: { readonly [Name in keyof typeof known]: Lower } = {
  Expand: lowerExpand,
  Tile: lowerTile,
  DepthToSpace: lowerDepthToSpace,
  SpaceToDepth: lowerSpaceToDepth,
};
