import { planArgMaxAxis } from '../../../shaders/argmax/argmax-axis';
import { planTopK } from '../../../shaders/topk/topk';
import { numberOf, sizeOf } from '../../graph/graph';
import type { order as known } from '../../graph/operators/order';
import type { FusedNode } from '../../graph/passes/join-pairs';
import { axisOf } from '../../graph/strides';
import type { Builder, Lower } from '../builder';
import type { Placed } from '../program';

/** An input as (B,outer,N,inner), where N is the axis. Where the batch is fixed, B is 1. */
function alongAxis(
  node: FusedNode,
  builder: Builder,
  otherwise: number,
): { x: Placed; axis: number; sizes: { outer: number; N: number; inner: number } } {
  const x = builder.in('rows', node.inputs[0]);
  const axis = axisOf(numberOf(node, 'axis', otherwise), x.shape.length);
  if (axis === 0 && x.batched) builder.fail(node, 'along the batch is not supported');
  const outer = sizeOf(x.shape.slice(x.batched ? 1 : 0, axis));
  return { x, axis, sizes: { outer, N: x.shape[axis], inner: sizeOf(x.shape.slice(axis + 1)) } };
}

const asItems = (y: Placed): Placed => (y.batched ? y : { ...y, shape: [1, ...y.shape] });

/** TopK: a step for the numbers, and one for the indices; a step that nobody reads is removed. */
function lowerTopK(node: FusedNode, builder: Builder): void {
  const { x, axis, sizes } = alongAxis(node, builder, -1);
  const largest = numberOf(node, 'largest', 1) !== 0;
  node.outputs.forEach((name, i) => {
    if (!name) return;
    const y = builder.make(name, 'rows');
    const plans = planTopK({ ...sizes, K: y.shape[axis], largest, indices: i === 1 });
    const label = i ? `${node.name}/indices` : node.name;
    builder.step(label, node.op, plans, { x: x.buffer }, 'y', asItems(y), sizeOf(x.shape) * y.shape[axis]);
  });
}

/** ArgMax and ArgMin. */
function lowerArgMax(node: FusedNode, builder: Builder): void {
  const { x, sizes } = alongAxis(node, builder, 0);
  const last = numberOf(node, 'select_last_index', 0) !== 0;
  const plans = planArgMaxAxis({ ...sizes, smallest: node.op === 'ArgMin', last });
  const y = builder.make(node.outputs[0], 'rows');
  builder.step(node.name, node.op, plans, { x: x.buffer }, 'y', asItems(y), sizeOf(x.shape));
}

/** The lowering of each operator of graph/operators/order.ts. */
export const order: { readonly [Name in keyof typeof known]: Lower } = {
  TopK: lowerTopK,
  ArgMax: lowerArgMax,
  ArgMin: lowerArgMax,
};
