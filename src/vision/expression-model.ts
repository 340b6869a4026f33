/** Converts an expression model (CNN, SVM, or CNN followed by an SVM) to a graph from crops to class scores. */

import { type Graph, type Node, shapeText, unusedName } from '../graph/graph';
import type { KnownGraph } from '../graph/operators';
import { dropInputTransposes } from '../graph/passes/input-transposes';
import { resolve } from '../graph/passes/resolve';

/** The model that the recognizer runs on crops of faces. */
export interface ExpressionModel {
  /** A graph with one input (N,1,S,S), grey levels in -1..1. */
  readonly graph: Graph;
  /** Name of the graph's output (N, classes) that contains probabilities. */
  readonly scores: string;
  /** Names of the classes, in the order of the output. */
  readonly labels: readonly string[];
}

/**
 * Creates an expression model from a graph that ends in class scores. If the graph's input is (N, S²), as for an SVM on
 * pixels, the pixels are passed in row-major order. If the graph has no SVMClassifier and does not end in Softmax, a
 * Softmax is added.
 * @param labels names of the classes; default: the names in the SVMClassifier
 * @throws Error if not exactly one output is (N, classes), if the SVMClassifier has no probabilities, if there are no
 *   names, or if the number of names differs from the number of classes; the message contains the numbers
 */
export function expressionModel(model: KnownGraph, labels?: readonly string[]): ExpressionModel {
  const graph = flattenCrops(dropInputTransposes(model));
  const svm = graph.nodes.find(({ op, domain }) => op === 'SVMClassifier' && domain === 'ai.onnx.ml');
  if (svm && !sizeOfList(svm, 'prob_a'))
    throw new Error('expression: the SVMClassifier has no probabilities (prob_a, prob_b)');
  const { shapes } = resolve(graph, 1);
  const shapeOf = (name: string) => shapes.get(name) ?? [];
  const scores = graph.outputs.filter((name) => shapeOf(name).length === 2);
  if (scores.length !== 1)
    throw new Error(
      `expression: the model's outputs are ${graph.outputs.map((name) => `"${name}" ${shapeText(shapeOf(name))}`).join(', ')}; exactly one must be (N,classes)`,
    );
  const [name] = scores;
  const [, classes] = shapeOf(name);
  const names = labels ?? (svm && labelsOf(svm));
  if (!names)
    throw new Error(
      `expression: the model returns ${classes} scores without names; pass createRecognizer({ labels: [...] })`,
    );
  if (names.length !== classes)
    throw new Error(`expression: there are ${names.length} labels, but the model returns ${classes} scores`);
  return svm ? { graph, scores: name, labels: names } : { ...withSoftmax(graph, name), labels: names };
}

const sizeOfList = (node: Node, name: string): number => {
  const list = node.attributes[name];
  return Array.isArray(list) ? list.length : 0;
};

/** Names of an SVM's classes, which ONNX stores as strings or as integers. */
function labelsOf({ attributes }: Node): readonly string[] | undefined {
  for (const name of ['classlabels_strings', 'classlabels_ints']) {
    const list = attributes[name];
    if (Array.isArray(list) && list.length) return list.map(String);
  }
  return undefined;
}

/** Replaces an input (N, S²) by an input (N,1,S,S) and a Flatten node. */
function flattenCrops(graph: Graph): Graph {
  const [input] = graph.inputs;
  if (graph.inputs.length !== 1 || input.shape.length !== 2) return graph;
  const [batch, pixels] = input.shape;
  const side = Math.sqrt(Number(pixels));
  if (!Number.isInteger(side)) return graph; // compileOnCrops reports the unsuitable input
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

/** Adds a Softmax node, unless the scores are already the output of one. */
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
