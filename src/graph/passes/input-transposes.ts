import { type Graph, numbersOf } from '../graph';

/**
 * Removes the Transpose of an input. Models that were converted from TensorFlow take (N,H,W,C) and transpose it to
 * (N,C,H,W) first. If that Transpose is the only reader of an input, it is removed and the input becomes (N,C,H,W). A
 * caller can then write the input in the layout that convolutions read.
 */
export function dropInputTransposes(graph: Graph): Graph {
  let { nodes, inputs } = graph;
  for (const input of graph.inputs) {
    const readers = nodes.filter((node) => node.inputs.includes(input.name));
    const [transpose] = readers;
    if (
      readers.length !== 1 ||
      transpose.op !== 'Transpose' ||
      numbersOf(transpose, 'perm').join() !== '0,3,1,2'
    )
      continue;
    const [N, H, W, C] = input.shape;
    inputs = inputs.map((i) => (i === input ? { name: i.name, shape: [N, C, H, W] } : i));
    nodes = nodes
      .filter((node) => node !== transpose)
      .map((node) => ({
        ...node,
        inputs: node.inputs.map((name) => (name === transpose.outputs[0] ? input.name : name)),
      }));
  }
  return { ...graph, nodes, inputs };
}
