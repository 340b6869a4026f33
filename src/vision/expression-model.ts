/** Expression models: a CNN, an SVM, or a CNN with an SVM behind it -> a graph from crops to class scores. */

import { type Graph, type Node, shapeText, unusedName } from '../graph/graph';
import { dropInputTransposes } from '../graph/passes/input-transposes';
import { resolve } from '../graph/passes/resolve';

/** What the recognizer runs on crops. */
export interface ExpressionModel {
  /** One input (N,1,S,S) of grey levels -1..1. */
  readonly graph: Graph;
  /** The graph's output (N, classes): probabilities. */
  readonly scores: string;
  /** The names of the classes. */
  readonly labels: readonly string[];
}

/**
 * Makes an expression model of any graph that ends in class scores. A graph whose input is (N, S²), such as that of an
 * SVM on pixels, gets the pixels row after row; a graph without SVMClassifier that doesn't end in Softmax gets one.
 * @param labels the names of the classes, where the model has none of its own, or others are wanted
 * @throws if it has no output (N, classes), or several, or no names, or another number of them, with both numbers
 */
export function expressionModel(model: Graph, labels?: readonly string[]): ExpressionModel {
  const graph = flattenCrops(dropInputTransposes(model));
  const svm = graph.nodes.find(({ op, domain }) => op === 'SVMClassifier' && domain === 'ai.onnx.ml');
  if (svm && !sizeOfList(svm, 'prob_a'))
    throw new Error('expression: the SVMClassifier has no probabilities (prob_a, prob_b)');
  const { shapes } = resolve(graph, 1);
  const shapeOf = (name: string) => shapes.get(name) ?? [];
  const scores = graph.outputs.filter((name) => shapeOf(name).length === 2);
  if (scores.length !== 1)
    throw new Error(
      `expression: the model's outputs are ${graph.outputs.map((name) => `"${name}" ${shapeText(shapeOf(name))}`).join(', ')}; exactly one must be (N, classes)`,
    );
  const [name] = scores;
  const [, classes] = shapeOf(name);
  const names = labels ?? (svm && labelsOf(svm));
  if (!names)
    throw new Error(
      `expression: the model gives ${classes} scores and no names for them; pass createRecognizer({ labels: [...] })`,
    );
  if (names.length !== classes)
    throw new Error(`expression: there are ${names.length} labels, the model gives ${classes} scores`);
  return svm ? { graph, scores: name, labels: names } : { ...withSoftmax(graph, name), labels: names };
}

const sizeOfList = (node: Node, name: string): number => {
  const list = node.attributes[name];
  return Array.isArray(list) ? list.length : 0;
};

/** An SVM's classes, texts or whole numbers. */
function labelsOf({ attributes }: Node): readonly string[] | undefined {
  for (const name of ['classlabels_strings', 'classlabels_ints']) {
    const list = attributes[name];
    if (Array.isArray(list) && list.length) return list.map(String);
  }
  return undefined;
}

/** Gives a graph whose input is a row of S² pixels an input of pictures instead. */
function flattenCrops(graph: Graph): Graph {
  const [input] = graph.inputs;
  if (graph.inputs.length !== 1 || input.shape.length !== 2) return graph;
  const [batch, pixels] = input.shape;
  const side = Math.sqrt(Number(pixels));
  if (!Number.isInteger(side)) return graph; // refused as an input that is no picture
  const row = freeName(graph, `${input.name}/row`);
  const flatten = nodeOf('Flatten', input.name, row, { axis: 1 });
  const renamed = graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((name) => (name === input.name ? row : name)),
  }));
  return {
    ...graph,
    inputs: [{ name: input.name, shape: [batch, 1, side, side] }],
    nodes: [flatten, ...renamed],
  };
}

/** Sees that scores are probabilities: they pass through Softmax unless they come from one. */
function withSoftmax(graph: Graph, output: string): { graph: Graph; scores: string } {
  const isSoftmax = graph.nodes.some(({ op, outputs }) => op === 'Softmax' && outputs[0] === output);
  if (isSoftmax) return { graph, scores: output };
  const scores = freeName(graph, `${output}/softmax`);
  const nodes = [...graph.nodes, nodeOf('Softmax', output, scores, { axis: 1 })];
  return { graph: { ...graph, nodes, outputs: [scores] }, scores };
}

const freeName = (graph: Graph, name: string): string => {
  const taken = new Set(graph.nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]));
  return unusedName(name, (each) => taken.has(each));
};

const nodeOf = (op: string, input: string, output: string, attributes: Node['attributes']): Node => ({
  ...{ op, domain: '', name: output, inputs: [input], outputs: [output], attributes },
});
