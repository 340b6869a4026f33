import type { Graph, Node } from './graph';
import { isOperator, type KnownGraph, operatorNameOf } from './operators';

/**
 * Downloads what is known of further operators if a graph needs it: for an operator that is not in the table, or for a
 * node that is computed when the model is loaded, since all its inputs are constant.
 * @throws if it can't be downloaded
 */
export async function withOperators(graph: Graph): Promise<KnownGraph> {
  const isFolded = ({ inputs }: Node) => inputs.every((name) => !name || graph.constants.has(name));
  const isSimple = (node: Node) => isOperator(operatorNameOf(node)) && node.op !== 'Cast' && !isFolded(node); // Cast may change numbers
  if (graph.nodes.every(isSimple)) return graph;
  const { further } = await import('./further');
  return { ...graph, further };
}
