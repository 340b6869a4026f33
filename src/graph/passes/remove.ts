/** Passes that remove nodes. */

import { operatorFor } from '../operators';
import type { FusedGraph, FusedNode } from './join-pairs';

/** Removes nodes whose output is equal to their input, such as Identity. Their readers then read the input. */
export function dropIdentities(graph: FusedGraph): FusedGraph {
  const source = new Map<string, string>();
  const nodes: FusedNode[] = [];
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => source.get(name) ?? name);
    if (operatorFor(graph, node)?.passesOn && !graph.outputs.includes(node.outputs[0]))
      source.set(node.outputs[0], inputs[0]);
    else nodes.push({ ...node, inputs });
  }
  return { ...graph, nodes };
}

/** Removes nodes that no output needs. */
export function dropUnused(graph: FusedGraph): FusedGraph {
  const needed = new Set(graph.outputs);
  const nodes = graph.nodes.filter(() => true);
  for (let i = nodes.length - 1; i >= 0; i--) {
    if (nodes[i].outputs.some((name) => needed.has(name)))
      for (const name of nodes[i].inputs) needed.add(name);
    else nodes.splice(i, 1);
  }
  return { ...graph, nodes };
}
