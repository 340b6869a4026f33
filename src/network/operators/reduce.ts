import { planGlobalPool } from '../../../shaders/global-pool/global-pool';
import { channels4 } from '../../../shaders/plan/plan';
import { planReduce, type Reduction } from '../../../shaders/reduce/reduce';
import { sizeOf } from '../../graph/graph';
import { type reduce as known, reducedAxes } from '../../graph/operators/reduce';
import type { FusedNode } from '../../graph/passes/join-pairs';
import { denseStrides } from '../../graph/strides';
import { type Builder, isLaidOut, type Lower } from '../builder';
import type { Placed } from '../program';

/** The mean or the maximum of pixels: as GlobalAveragePool, but the two axes of length 1 may be left out. */
function lowerOverPixels(node: FusedNode, builder: Builder, kind: 'average' | 'max'): void {
  const x = builder.in('nhwc4', node.inputs[0]);
  const [B, C, H, W] = x.shape;
  const [name] = node.outputs;
  const found = builder.scratch(`${node.name}/pixels`, [B, channels4(C), 1, 1], x.batched);
  builder.step(
    node.name,
    node.op,
    planGlobalPool({ B, C, H, W, kind }),
    { x: x.buffer },
    'y',
    found,
    sizeOf(x.shape),
  );
  builder.alias(name, found, found.strides.slice(0, builder.shape(name).length));
}

/** Neighbouring axes that are all reduced, or all kept, as one axis. */
interface Run {
  readonly size: number;
  readonly reduced: boolean;
}

/** Joins neighbouring axes; those of length 1 are left out. */
function runsOf(shape: readonly number[], reduced: (axis: number) => boolean): Run[] {
  const runs: Run[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const last = runs[runs.length - 1];
    if (last?.reduced === reduced(axis)) runs[runs.length - 1] = { ...last, size: last.size * size };
    else runs.push({ size, reduced: reduced(axis) });
  });
  return runs;
}

/**
 * The kind for each of several reductions one after the other. Where a kind changes the numbers before or after it
 * joins them, it must do so only once; of the other kinds, the result of results is the result.
 */
function kindsOf(kind: Reduction, passes: number): Reduction[] {
  return Array.from({ length: passes }, (_, i) => {
    if (kind === 'ReduceSumSquare' && i > 0) return 'ReduceSum';
    return kind === 'ReduceLogSum' && i < passes - 1 ? 'ReduceSum' : kind;
  });
}

/** All reductions. The pixels of a picture have a kernel of their own. */
function lowerReduce(node: FusedNode, builder: Builder): void {
  const x = builder.value(node.inputs[0]);
  const axes = reducedAxes(node, x.shape.length, builder.numbers(node.inputs[1]));
  const isPixels = x.shape.length === 4 && axes.join() === '2,3';
  if (x.batched && axes[0] === 0)
    builder.fail(
      node,
      `reduces axis 0, the batch, which may be smaller than ${x.shape[0]} in a run; give it a fixed size (dims)`,
    );
  if (isPixels && node.op === 'ReduceMean') lowerOverPixels(node, builder, 'average');
  else if (isPixels && node.op === 'ReduceMax' && isLaidOut(x, 'nhwc4'))
    lowerOverPixels(node, builder, 'max');
  else lowerAlong(axes, node, builder);
}

/** A reduction along any axes: a step for each group of neighbouring axes, from the last to the first. */
function lowerAlong(axes: readonly number[], node: FusedNode, builder: Builder): void {
  const [name] = node.outputs;
  let x: Placed = builder.in('rows', node.inputs[0]);
  const B = x.batched ? x.shape[0] : 1;
  const item = x.batched ? x.shape.slice(1) : x.shape;
  const runs = runsOf(item, (axis) => axes.includes(x.batched ? axis + 1 : axis));
  // A kind that changes single numbers, such as ReduceL1, runs although all reduced axes are 1 long.
  if (!runs.some(({ reduced }) => reduced)) runs.push({ size: 1, reduced: true });
  const kinds = kindsOf(node.op as Reduction, runs.filter(({ reduced }) => reduced).length);
  for (const [i, kind] of kinds.entries()) {
    const at = runs.findLastIndex(({ reduced }) => reduced);
    const outer = sizeOf(runs.slice(0, at).map(({ size }) => size));
    const inner = sizeOf(runs.slice(at + 1).map(({ size }) => size));
    const y = builder.scratch(`${node.name}/${i}`, [B, outer * inner], x.batched);
    const plans = planReduce({ B, outer, N: runs[at].size, inner, kind });
    const label = kinds.length > 1 ? `${node.name}/${i}` : node.name;
    builder.step(label, node.op, plans, { x: x.buffer }, 'y', y, B * outer * runs[at].size * inner);
    runs.splice(at, 1);
    x = y;
  }
  builder.alias(name, x, denseStrides(builder.shape(name)));
}

/** The lowering of each operator of graph/operators/reduce.ts. */
export const reduce: { readonly [Name in keyof typeof known]: Lower } = {
  ReduceSum: lowerReduce,
  ReduceMean: lowerReduce,
  ReduceMax: lowerReduce,
  ReduceMin: lowerReduce,
  ReduceProd: lowerReduce,
  ReduceL1: lowerReduce,
  ReduceL2: lowerReduce,
  ReduceSumSquare: lowerReduce,
  ReduceLogSum: lowerReduce,
  ReduceLogSumExp: lowerReduce,
};
