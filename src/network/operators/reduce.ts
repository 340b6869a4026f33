import { planGlobalPool } from '../../../shaders/global-pool/global-pool';
import { channels4 } from '../../../shaders/plan/plan';
import { sizeOf } from '../../graph/graph';
import type { reduce as known } from '../../graph/operators/reduce';
import type { FusedNode } from '../../graph/passes/join-pairs';
import type { Builder, Lower } from '../builder';

/** ReduceMean over height and width: as GlobalAveragePool, but the two axes of length 1 may be left out. */
function lowerMeanOfPixels(node: FusedNode, builder: Builder): void {
  const x = builder.in('nhwc4', node.inputs[0]);
  const [B, C, H, W] = x.shape;
  const [name] = node.outputs;
  const means = builder.scratch(`${node.name}/means`, [B, channels4(C), 1, 1], x.batched);
  builder.step(
    node.name,
    node.op,
    planGlobalPool({ B, C, H, W, kind: 'average' }),
    { x: x.buffer },
    'y',
    means,
    sizeOf(x.shape),
  );
  builder.alias(name, means, means.strides.slice(0, builder.shape(name).length));
}

/** The lowering of each operator of graph/operators/reduce.ts. */
export const reduce: { readonly [Name in keyof typeof known]: Lower } = {
  ReduceMean: lowerMeanOfPixels,
};
