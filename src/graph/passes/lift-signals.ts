import { type Constant, integers, type Node, numberOf, unusedName } from '../graph';
import { isActivation } from '../operators/activation';
import { asPicture, forPictures } from '../signals';
import type { FusedGraph, FusedNode } from './join-pairs';
import { dropUnused } from './remove';

const WINDOWS = [
  ...['Conv', 'ConvTranspose', 'MaxPool', 'AveragePool'],
  ...['GlobalAveragePool', 'GlobalMaxPool'],
];

/**
 * Turns convolutions and pools of signals (B,C,L) into those of pictures (B,C,1,L). Activations, BatchNormalization, sums
 * and Concat between them become operators on pictures too, so that the passes after this one can fuse them.
 */
export function liftSignals(graph: FusedGraph): FusedGraph {
  const isSignal = ({ op, domain, inputs }: Node) =>
    !domain && WINDOWS.includes(op) && graph.shapes.get(inputs[0])?.length === 3;
  if (!graph.nodes.some(isSignal)) return graph;

  const constants = new Map<string, Constant>(graph.constants);
  const [shapes, larger] = [new Map(graph.shapes), new Map(graph.larger)];
  const add = (wanted: string, like: string): string => {
    const name = unusedName(wanted, (n) => shapes.has(n));
    for (const map of [shapes, larger]) {
      const shape = map.get(like);
      if (shape) map.set(name, asPicture(shape));
    }
    return name;
  };
  const axes = unusedName('signals/axes', (n) => shapes.has(n));
  constants.set(axes, integers([2]));
  for (const map of [shapes, larger]) map.set(axes, [1]);

  const nodes: FusedNode[] = [];
  /** The picture of each signal. */
  const pictures = new Map<string, string>();
  const pictureOf = (name: string): string => {
    const known = pictures.get(name);
    if (known) return known;
    const picture = add(`${name}/picture`, name);
    const constant = constants.get(name);
    if (constant) constants.set(picture, { ...constant, shape: asPicture(constant.shape) });
    else nodes.push(reshape('Unsqueeze', name, picture));
    pictures.set(name, picture);
    return picture;
  };
  const reshape = (op: string, from: string, to: string): FusedNode => ({
    ...{ op, domain: '', name: to, inputs: [from, axes], outputs: [to], attributes: {} },
  });

  for (const node of graph.nodes) {
    const followers = followersOf(node, graph, (name) => pictures.has(name));
    const lifted = isSignal(node) ? node.inputs.filter((_, i) => i < 2) : followers;
    if (!lifted) {
      nodes.push(node);
      continue;
    }
    const inputs = node.inputs.map((name) =>
      lifted.includes(name) && graph.shapes.get(name)?.length === 3 ? pictureOf(name) : name,
    );
    const [output] = node.outputs;
    const picture = add(`${output}/picture`, output);
    nodes.push({ ...forPictures(node), inputs, outputs: [picture] }, reshape('Squeeze', picture, output));
    pictures.set(output, picture);
  }
  return dropUnused({ ...graph, nodes, constants, shapes, larger });
}

/** The inputs of a node that become pictures because its signals already are; undefined if the node stays as it is. */
function followersOf(
  node: Node,
  graph: FusedGraph,
  isLifted: (name: string) => boolean,
): readonly string[] | undefined {
  const [x] = node.inputs;
  const shape = graph.shapes.get(node.outputs[0]);
  if (node.domain || node.outputs.length > 1 || shape?.length !== 3 || !isLifted(x)) return undefined;
  if (isActivation(node) || node.op === 'BatchNormalization') return [x];
  const isSame = node.inputs.every((name) => isLifted(name) && graph.shapes.get(name)?.length === 3);
  if (!isSame) return undefined;
  if (node.op === 'Concat') return [1, -2].includes(numberOf(node, 'axis', 1)) ? node.inputs : undefined;
  return ['Add', 'Sub', 'Mul', 'Div'].includes(node.op) ? node.inputs : undefined;
}
