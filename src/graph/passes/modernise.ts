/**
 * Rewrites nodes of older opsets to those of opset 21, so that all later code only handles one version. For example,
 * attributes become constant inputs.
 */

import { floats, type Graph, integers, type Node, nodeText, numberOf, numbersOf, textOf } from '../graph';
import { type AddConstant, adding } from './add-constant';

/** Rewrites the nodes of a graph to those of opset 21. @throws if an attribute has the wrong type */
export function modernise(graph: Graph): Graph {
  const { add, constants } = adding(graph);
  const read = new Set([...graph.outputs, ...graph.nodes.flatMap(({ inputs }) => inputs)]);
  const nodes = graph.nodes.map((node) => {
    const rule = !node.domain && Object.hasOwn(rules, node.op) ? rules[node.op] : undefined;
    // Nothing needs the mask of Dropout in most models, although it has a name.
    if (node.op === 'Dropout' && !read.has(node.outputs[1]))
      return { ...node, outputs: node.outputs.slice(0, 1) };
    return rule && graph.opset < rule.until ? { ...node, ...rule.rewrite(node, add) } : node;
  });
  return { ...graph, nodes, constants };
}

interface Rule {
  /** The first opset whose nodes are not rewritten. */
  readonly until: number;
  /** Returns the fields of the node that change. */
  rewrite(node: Node, add: AddConstant): Partial<Node>;
}

const has = (node: Node, name: string): boolean => node.attributes[name] !== undefined;

/** Adds a constant for an attribute of integers, and returns its name; empty if the attribute is absent. */
const listInput = (node: Node, name: string, add: AddConstant): string =>
  has(node, name) ? add(node, name, integers(numbersOf(node, name))) : '';

/** Adds a constant for an attribute of one number, and returns its name; empty if the attribute is absent. */
const numberInput = (node: Node, name: string, add: AddConstant): string =>
  has(node, name) ? add(node, name, floats([], [numberOf(node, name, 0)])) : '';

const axesBecomeInput: Rule = {
  until: 13,
  rewrite: (node, add) =>
    has(node, 'axes') ? { inputs: [node.inputs[0], listInput(node, 'axes', add)] } : {},
};

/** Before opset 13, Softmax treated the axes from `axis` (default 1) to the last as one axis. */
const axesWereOne: Rule = {
  until: 13,
  rewrite: (node) => ({
    attributes: { ...node.attributes, axis: numberOf(node, 'axis', 1), flatten: 1 },
  }),
};

const rules: Readonly<Record<string, Rule>> = {
  Clip: {
    until: 11,
    rewrite: (node, add) => ({
      inputs: [node.inputs[0], numberInput(node, 'min', add), numberInput(node, 'max', add)],
    }),
  },
  Pad: {
    until: 11,
    rewrite: (node, add) => ({
      inputs: [
        node.inputs[0],
        add(node, 'pads', integers(numbersOf(node, 'pads'))),
        add(node, 'value', floats([], [numberOf(node, 'value', 0)])),
      ],
    }),
  },
  Gelu: {
    until: Infinity,
    rewrite: (node) => {
      const approximate = ['none', 'tanh'].indexOf(textOf(node, 'approximate', 'none'));
      if (approximate < 0)
        throw new Error(`${nodeText(node)}: approximate ${node.attributes.approximate} is not supported`);
      return { attributes: { approximate } };
    },
  },
  Squeeze: axesBecomeInput,
  Unsqueeze: axesBecomeInput,
  Slice: {
    until: 10,
    rewrite: (node, add) => ({
      inputs: [node.inputs[0], ...['starts', 'ends', 'axes'].map((name) => listInput(node, name, add))],
    }),
  },
  Split: {
    until: 13,
    rewrite: (node, add) =>
      has(node, 'split') ? { inputs: [node.inputs[0], listInput(node, 'split', add)] } : {},
  },
  TopK: {
    until: 10,
    rewrite: (node, add) => ({
      inputs: [node.inputs[0], add(node, 'k', integers([numberOf(node, 'k', 0)]))],
    }),
  },
  Softmax: axesWereOne,
  LogSoftmax: axesWereOne,
  Upsample: {
    until: Infinity,
    rewrite: (node, add) => {
      // Before opset 9, the scales were an attribute.
      const scales = node.inputs[1] ?? add(node, 'scales', floats([4], [...numbersOf(node, 'scales')]));
      return { op: 'Resize', inputs: [node.inputs[0], '', scales], attributes: asymmetric(node) };
    },
  },
  Resize: {
    until: 11,
    rewrite: (node) => ({
      inputs: [node.inputs[0], '', node.inputs[1]],
      attributes: asymmetric(node),
    }),
  },
};

/** The attributes that describe how Upsample, and Resize before opset 11, mapped coordinates. */
const asymmetric = (node: Node) => ({
  ...node.attributes,
  coordinate_transformation_mode: 'asymmetric',
  nearest_mode: 'simple', // rounded up where the scale is below 1, else down
});
