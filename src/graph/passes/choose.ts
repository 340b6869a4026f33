import { type Constant, floats, type Node, unusedName } from '../graph';
import type { KnownGraph } from '../operators';

/** The values that read a value, and what is done with their results. */
type Readers = ReadonlyMap<string, readonly Node[]>;

/**
 * Replaces ArrayFeatureExtractor of a constant list at computed positions, with which exported classifiers choose the
 * name of a class. ONNX gives its output the shape (1,N) for N positions, so that the batch would not be the first axis.
 * The replacement keeps the shape of the positions. This is the same where the output is only reshaped: nodes with other
 * readers are left as they are.
 *
 * A list of whole numbers or texts becomes `mien.Choose`, whose output is labels; a list of floats becomes Gather.
 */
export function findChoices(graph: KnownGraph): KnownGraph {
  const readers = new Map<string, Node[]>();
  for (const node of graph.nodes)
    for (const name of node.inputs) readers.set(name, [...(readers.get(name) ?? []), node]);
  const constants = new Map(graph.constants);
  const nodes = graph.nodes.map((node) => {
    const list = constants.get(node.inputs[0]);
    const isChoice =
      node.op === 'ArrayFeatureExtractor' &&
      list !== undefined &&
      list.type !== 'bool' &&
      list.shape.slice(0, -1).every((d) => d === 1) &&
      !constants.has(node.inputs[1]) &&
      isReshaped(node.outputs[0], graph, readers);
    return isChoice && list ? choiceOf(node, list, constants) : node;
  });
  return { ...graph, nodes, constants };
}

/** Whether all readers of a value reshape it, after some Casts, to a shape that does not depend on its own. */
function isReshaped(name: string, graph: KnownGraph, readers: Readers): boolean {
  const all = readers.get(name) ?? [];
  return (
    !graph.outputs.includes(name) &&
    all.every((node) => {
      if (node.op === 'Cast') return isReshaped(node.outputs[0], graph, readers);
      const shape = graph.constants.get(node.inputs[1]);
      return node.op === 'Reshape' && shape?.type === 'int64' && !shape.data.includes(0);
    })
  );
}

function choiceOf(node: Node, list: Constant, constants: Map<string, Constant>): Node {
  const [x, positions] = node.inputs;
  if (list.type === 'float32') {
    const flat = unusedName(`${x}/list`, (name) => constants.has(name));
    constants.set(flat, floats([list.data.length], list.data));
    return { ...node, op: 'Gather', domain: '', inputs: [flat, positions], attributes: { axis: 0 } };
  }
  const attributes: Node['attributes'] =
    list.type === 'string' ? { classlabels_strings: list.data } : { classlabels_ints: Array.from(list.data) };
  return { ...node, op: 'Choose', domain: 'mien', inputs: [positions], attributes };
}
