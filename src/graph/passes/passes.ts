/** The passes that a graph goes through between its file and its kernels, in their order. */

import type { Graph } from '../graph';
import { foldBatchNormalization } from './batch-normalization';
import { findSumPools, fuseActivations, fusePools, fuseResiduals, matMulToGemm } from './fuse';
import type { FusedGraph } from './join-pairs';
import { modernise } from './modernise';
import { dropIdentities, dropUnused } from './remove';
import { checkOperators, resolve } from './resolve';

/**
 * When a model is loaded: nodes of older opsets are rewritten as those of opset 21.
 * @throws one error that lists every node whose operator or attributes are not supported
 */
export function afterLoading(graph: Graph): Graph {
  const modern = modernise(graph);
  checkOperators(modern);
  return modern;
}

/**
 * When a model is compiled for a batch: shapes, constants that are computed once, and fewer nodes. Between the two, what
 * shows pictures to a model drops the Transpose of an input: input-transposes.ts.
 * @throws what `resolve` throws
 */
export const beforeLowering = (graph: Graph, batch: number): FusedGraph =>
  [
    dropIdentities,
    foldBatchNormalization,
    matMulToGemm,
    findSumPools,
    fuseResiduals,
    fuseActivations,
    fusePools,
    dropUnused,
  ].reduce((g: FusedGraph, pass) => pass(g), resolve(graph, batch));
