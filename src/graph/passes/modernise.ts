/**
 * Rewrites nodes of older opsets as opset 21 would have them, so that nothing behind this knows of versions:
 * what were attributes become constant inputs.
 */

import {
  type Constant,
  floats,
  type Graph,
  integers,
  type Node,
  numberOf,
  numbersOf,
  unusedName,
} from '../graph';

export function modernise(graph: Graph): Graph {
  const constants = new Map(graph.constants);
  const taken = new Set([
    ...graph.inputs.map(({ name }) => name),
    ...constants.keys(),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ]);
  const constant = (node: Node, name: string, value: Constant): string => {
    const id = unusedName(`${node.outputs[0]}/${name}`, (n) => taken.has(n));
    taken.add(id);
    constants.set(id, value);
    return id;
  };
  const has = (node: Node, name: string) => node.attributes[name] !== undefined;
  /** `node` with its attribute `name` as the input behind the others. */
  const axesAsInput = (node: Node, name: string): Node =>
    has(node, name)
      ? { ...node, inputs: [node.inputs[0], constant(node, name, integers(numbersOf(node, name)))] }
      : node;

  const rewrite = (node: Node): Node => {
    if (node.domain) return node;
    const [x] = node.inputs;
    const opset = graph.opset;
    switch (node.op) {
      case 'Clip':
        if (opset >= 11) return node;
        return {
          ...node,
          inputs: [
            x,
            has(node, 'min') ? constant(node, 'min', floats([], [numberOf(node, 'min', 0)])) : '',
            has(node, 'max') ? constant(node, 'max', floats([], [numberOf(node, 'max', 0)])) : '',
          ],
        };
      case 'Pad':
        if (opset >= 11) return node;
        return {
          ...node,
          inputs: [
            x,
            constant(node, 'pads', integers(numbersOf(node, 'pads'))),
            constant(node, 'value', floats([], [numberOf(node, 'value', 0)])),
          ],
        };
      case 'Squeeze':
      case 'Unsqueeze':
        return opset >= 13 ? node : axesAsInput(node, 'axes');
      case 'Slice': {
        if (opset >= 10) return node;
        const lists = ['starts', 'ends', 'axes'].map((name) =>
          has(node, name) ? constant(node, name, integers(numbersOf(node, name))) : '',
        );
        return { ...node, inputs: [x, ...lists] };
      }
      case 'Softmax':
      case 'LogSoftmax':
        // Until opset 12 the axes from `axis` (default 1) on were one.
        return opset >= 13
          ? node
          : { ...node, attributes: { ...node.attributes, axis: numberOf(node, 'axis', 1), flatten: 1 } };
      case 'Upsample':
        return { ...node, op: 'Resize', inputs: [x, '', node.inputs[1]], attributes: asymmetric(node) };
      case 'Resize':
        return opset >= 11
          ? node
          : { ...node, inputs: [x, '', node.inputs[1]], attributes: asymmetric(node) };
      default:
        return node;
    }
  };
  const nodes = graph.nodes.map(rewrite);
  return { ...graph, nodes, constants };
}

/** How Upsample, and Resize before opset 11, mapped coordinates. */
const asymmetric = (node: Node) => ({
  ...node.attributes,
  coordinate_transformation_mode: 'asymmetric',
  nearest_mode: 'floor',
});
