import { describe, expect, test } from 'vitest';
import { floats, type Graph, integers, type Node } from '../../src/graph/graph';
import { expressionModel } from '../../src/vision/expression-model';

const node = (op: string, inputs: string[], output: string, attributes: Node['attributes'] = {}): Node => ({
  ...{ op, domain: '', name: output, inputs, outputs: [output], attributes },
});

/** A CNN with one layer: (N,1,4,4) -> three scores, with a Softmax if `softmax` is true. */
function cnn(softmax: boolean): Graph {
  const nodes = [node('Flatten', ['x'], 'flat', { axis: 1 }), node('Gemm', ['flat', 'w'], 'y')];
  if (softmax) nodes.push(node('Softmax', ['y'], 'p', { axis: 1 }));
  return {
    ...{ name: 'cnn', opset: 13, nodes, outputs: [softmax ? 'p' : 'y'] },
    inputs: [{ name: 'x', shape: ['N', 1, 4, 4] }],
    constants: new Map([['w', floats([16, 3], new Float32Array(48))]]),
  };
}

/** An SVM on 16 features, with numbers as its classes. */
function svm(probabilities = true): Graph {
  const attributes = {
    ...{ kernel_type: 'LINEAR', classlabels_ints: [4, 7], vectors_per_class: [1, 1], rho: [0] },
    support_vectors: new Array(32).fill(0),
    coefficients: [1, -1],
    ...(probabilities && { prob_a: [-1], prob_b: [0] }),
  };
  const classifier = { ...node('SVMClassifier', ['x'], 'label', attributes), domain: 'ai.onnx.ml' };
  return {
    ...{ name: 'svm', opset: 13, outputs: ['label', 'p'], constants: new Map() },
    nodes: [{ ...classifier, outputs: ['label', 'p'] }],
    inputs: [{ name: 'x', shape: ['N', 16] }],
  };
}

describe('expression models', () => {
  const labels = ['sad', 'happy', 'angry'];

  test('a CNN that ends in Softmax is taken as it is, with the names that are given', () => {
    const model = expressionModel(cnn(true), labels);
    expect(model).toMatchObject({ scores: 'p', labels });
    expect(model.graph.nodes.map(({ op }) => op)).toEqual(['Flatten', 'Gemm', 'Softmax']);
  });

  test('a CNN that ends in other scores gets a Softmax', () => {
    const { graph, scores } = expressionModel(cnn(false), labels);
    expect(graph.nodes.map(({ op }) => op)).toEqual(['Flatten', 'Gemm', 'Softmax']);
    expect(graph.outputs).toEqual([scores]);
    expect(graph.nodes[2].inputs).toEqual(['y']);
  });

  test('an SVM on pixels gets pictures, row after row, and names its classes itself', () => {
    const { graph, scores, labels: own } = expressionModel(svm());
    expect(graph.inputs).toEqual([{ name: 'x', shape: ['N', 1, 4, 4] }]);
    expect(graph.nodes.map(({ op }) => op)).toEqual(['Flatten', 'SVMClassifier']);
    expect(graph.nodes[1].inputs).toEqual(graph.nodes[0].outputs);
    expect([scores, own]).toEqual(['p', ['4', '7']]);
  });

  test('an input with channels last becomes one with channels first', () => {
    const model = cnn(true);
    const turned = {
      ...model,
      inputs: [{ name: 'nhwc', shape: ['N', 4, 4, 1] }],
      nodes: [node('Transpose', ['nhwc'], 'x', { perm: [0, 3, 1, 2] }), ...model.nodes],
    };
    expect(expressionModel(turned, labels).graph.inputs).toEqual([{ name: 'nhwc', shape: ['N', 1, 4, 4] }]);
  });

  test.each<[string, () => unknown, RegExp]>([
    ['no names', () => expressionModel(cnn(true)), /returns 3 scores without names; pass .*labels/],
    [
      'too few names',
      () => expressionModel(cnn(true), ['a', 'b']),
      /there are 2 labels, .* returns 3 scores/,
    ],
    ['no probabilities', () => expressionModel(svm(false)), /no probabilities \(prob_a, prob_b\)/],
    [
      'two outputs of scores',
      () => expressionModel({ ...cnn(true), outputs: ['y', 'p'] }, labels),
      /outputs are "y" \(1,3\), "p" \(1,3\); exactly one must be \(N,classes\)/,
    ],
    [
      'no scores',
      () => {
        const model = cnn(true);
        const nodes = [...model.nodes, node('Reshape', ['p', 's'], 'z')];
        const constants = new Map([...model.constants, ['s', integers([-1, 1, 3])] as const]);
        return expressionModel({ ...model, nodes, constants, outputs: ['z'] }, labels);
      },
      /outputs are "z" \(1,1,3\); exactly one must be/,
    ],
  ])('%s is refused', (_, make, message) => {
    expect(make).toThrow(message);
  });
});
