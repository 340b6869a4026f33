import { planNormalizer } from '../../../shaders/normalizer/normalizer';
import { textOf } from '../../graph/graph';
import type { normalize as known } from '../../graph/operators/normalize';
import type { FusedNode } from '../../graph/passes/join-pairs';
import type { Builder, Lower } from '../builder';

/** Normalizer of ai.onnx.ml. */
function lowerNormalizer(node: FusedNode, builder: Builder): void {
  const x = builder.in('rows', node.inputs[0]);
  if (x.shape.length !== 2) builder.fail(node, `needs rows of features, but x is (${x.shape.join(',')})`);
  const norm = textOf(node, 'norm', 'MAX') as 'MAX';
  const plans = planNormalizer({ B: x.shape[0], I: x.shape[1], norm });
  builder.step(node.name, 'Normalizer', plans, { x: x.buffer }, 'y', builder.make(node.outputs[0], 'rows'));
}

/** The lowering of each operator of graph/operators/normalize.ts. */
export const normalize: { readonly [Name in keyof typeof known]: Lower } = {
  'ai.onnx.ml.Normalizer': lowerNormalizer,
};
