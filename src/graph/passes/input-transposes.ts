import { type Graph, numbersOf } from '../graph';

/**
 * Networks that come from TensorFlow take (N,H,W,C) and turn it to (N,C,H,W) at once. Where all that an input
 * meets is that Transpose, it is dropped and the input becomes (N,C,H,W), so that a caller can fill it in the
 * layout that convolutions read.
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
