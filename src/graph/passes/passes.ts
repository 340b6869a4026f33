/** The passes that are applied to a graph between loading and lowering, in order. */

import type { Graph } from '../graph';
import type { KnownGraph } from '../operators';
import { withOperators } from '../with-operators';
import { foldBatchNormalization } from './batch-normalization';
import { findSumPools, fuseActivations, fusePools, fuseResiduals, matMulToGemm } from './fuse';
import type { FusedGraph } from './join-pairs';
import { liftSignals } from './lift-signals';
import { modernise } from './modernise';
import { findActivations } from './patterns';
import { productsToEinsum } from './products';
import { dropIdentities, dropUnused } from './remove';
import { checkOperators, resolve } from './resolve';

/**
 * The passes when a model is loaded: nodes of older opsets are rewritten to those of opset 21.
 * @throws one error that lists every node whose operator or attributes are not supported
 */
export async function afterLoading(graph: Graph): Promise<KnownGraph> {
  const modern = await withOperators(modernise(graph));
  checkOperators(modern);
  return modern;
}

/**
 * The passes when a model is compiled for a batch: shapes and constants are computed, and nodes are fused or removed.
 * Between the two, code that writes pictures to a model may remove the Transpose of an input: see input-transposes.ts.
 * @throws what `resolve` throws
 */
export const beforeLowering = (graph: KnownGraph, batch: number): FusedGraph =>
  [
    dropIdentities,
    liftSignals,
    findActivations,
    dropUnused,
    foldBatchNormalization,
    matMulToGemm,
    findSumPools,
    fuseResiduals,
    fuseActivations,
    fusePools,
    productsToEinsum,
    dropUnused,
  ].reduce((g: FusedGraph, pass) => pass(g), resolve(graph, batch));
