import type { Graph, Node } from './graph';
import { isOperator, type KnownGraph, operatorNameOf } from './operators';
import { weightFolds } from './passes/fold-weights';

/**
 * Downloads what is known of further operators if a graph needs it: for an operator that is not in the table, or for a
 * node that is computed when the model is loaded, since all its inputs are constant.
 * @throws if it can't be downloaded
 */
export async function withOperators(graph: Graph): Promise<KnownGraph> {
  const constants = new Set(graph.constants.keys());
  const isSimple = (node: Node): boolean => {
    const isFolded = node.inputs.every((name) => !name || constants.has(name));
    if (isFolded) for (const name of node.outputs) constants.add(name);
    if (isFolded) return !node.domain && Object.hasOwn(weightFolds, node.op);
    return isOperator(operatorNameOf(node)) && node.op !== 'Cast'; // Cast may change numbers
  };
  if (graph.nodes.every(isSimple)) return graph;
  const { further } = await import('./further');
  return { ...graph, further };
}
