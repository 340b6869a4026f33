/** Operators of the domain com.microsoft, which onnxruntime writes when it optimises a model. */

import { floats, type Graph, type Node, numberOf, numbersOf, textOf } from '../graph';
import { type AddConstant, adding } from './add-constant';

/** The operators, by op_type, that are replaced by ONNX's own when a model is loaded. */
export const microsoftOperators: Readonly<Record<string, (node: Node, add: AddConstant) => Node[]>> = {
  /** x times Sigmoid(alpha x). */
  QuickGelu: (node) => [
    { ...node, domain: '', op: 'Swish', attributes: { alpha: numberOf(node, 'alpha', 1.702) } },
  ],
  /** Conv, then the sum with a fourth input if there is one, then an activation. */
  FusedConv(node, add) {
    const { activation: _, activation_params: __, ...attributes } = node.attributes;
    const [x, weight, bias = '', z] = node.inputs;
    const op = textOf(node, 'activation', '');
    const [y] = node.outputs;
    const between = `${y}/conv`;
    const conv = op || z ? between : y;
    const sum = op ? `${y}/sum` : y;
    const last = z ? sum : conv;
    const nodes: Node[] = [
      { ...node, domain: '', op: 'Conv', attributes, inputs: [x, weight, bias], outputs: [conv] },
    ];
    const plain = { ...node, domain: '', attributes: {} };
    if (z) nodes.push({ ...plain, op: 'Add', inputs: [conv, z], outputs: [sum] });
    if (op) nodes.push({ ...plain, op, outputs: [y], ...activation(node, op, last, add) });
    return nodes;
  },
};

/** The inputs and attributes of FusedConv's activation: its parameters are a list. */
function activation(
  node: Node,
  op: string,
  x: string,
  add: AddConstant,
): Pick<Node, 'inputs' | 'attributes'> {
  const parameters = numbersOf(node, 'activation_params');
  if (op === 'Clip') {
    const bounds = parameters.map((v, i) => add(node, ['min', 'max'][i], floats([], [v])));
    return { inputs: [x, ...bounds], attributes: {} };
  }
  const named = parameters.map((v, i) => [['alpha', 'beta'][i], v] as const);
  return { inputs: [x], attributes: Object.fromEntries(named) };
}

/** Replaces the nodes of com.microsoft. Those that are unknown stay. */
export function fromMicrosoft(graph: Graph): Graph {
  const { add, constants } = adding(graph);
  const nodes = graph.nodes.flatMap((node) =>
    node.domain === 'com.microsoft' && Object.hasOwn(microsoftOperators, node.op)
      ? microsoftOperators[node.op](node, add)
      : [node],
  );
  return { ...graph, nodes, constants };
}
