/** The passes that are applied to a graph between loading and lowering, in order. */

import { type Graph, type Node, sizeOf } from '../graph';
import type { KnownGraph } from '../operators';
import { withOperators } from '../with-operators';
import { foldBatchNormalization } from './batch-normalization';
import { findSumPools, fuseActivations, fusePools, fuseResiduals, matMulToGemm } from './fuse';
import type { FusedGraph } from './join-pairs';
import { modernise } from './modernise';
import { dropIdentities, dropUnused } from './remove';
import { checkOperators, type ResolvedGraph, resolve } from './resolve';

/** Rewrites the nodes of older opsets and of com.microsoft to those of opset 21. */
export async function modernised(graph: Graph): Promise<KnownGraph> {
  const isForeign = graph.nodes.some(({ domain }) => domain === 'com.microsoft');
  const own = isForeign ? (await import('./microsoft')).fromMicrosoft(graph) : graph;
  const known = await withOperators(modernise(own));
  return known.further?.findChoices(known) ?? known;
}

/**
 * The passes when a model is loaded.
 * @throws one error that lists every node whose operator or attributes are not supported
 */
export async function afterLoading(graph: Graph): Promise<KnownGraph> {
  const modern = await modernised(graph);
  checkOperators(modern);
  return modern;
}

/**
 * The passes when a model is compiled for a batch: shapes and constants are computed, and nodes are fused or removed.
 * Between the two, code that writes pictures to a model may remove the Transpose of an input: see input-transposes.ts.
 * @throws what `resolve` throws
 */
export async function beforeLowering(graph: KnownGraph, batch: number): Promise<FusedGraph> {
  const resolved = resolve(graph, batch);
  const further = needsFurther(resolved) ? await import('./further-passes') : undefined;
  const passes = [
    dropIdentities,
    further?.liftSignals,
    further?.findActivations,
    dropUnused,
    foldBatchNormalization,
    matMulToGemm,
    findSumPools,
    fuseResiduals,
    fuseActivations,
    fusePools,
    further?.productsToEinsum,
    dropUnused,
  ];
  return passes.reduce((g: FusedGraph, pass) => pass?.(g) ?? g, resolved);
}

/** Whether a graph may contain what the passes of further-passes.ts change: signals, activations in parts, products. */
function needsFurther({ further, nodes, shapes, constants }: ResolvedGraph): boolean {
  const isRow = (name = '') => !name || (constants.has(name) && sizeOf(shapes.get(name)!.slice(0, -1)) === 1);
  const isDense = ({ attributes, inputs: [, weight, bias] }: Node) =>
    !attributes.transA && constants.has(weight) && isRow(bias);
  return (
    further !== undefined ||
    nodes.some(
      (node) =>
        ['Sigmoid', 'MatMul'].includes(node.op) ||
        (node.op === 'Gemm' && !isDense(node)) ||
        shapes.get(node.inputs[0])?.length === 3,
    )
  );
}
