/** The shipped CNN with all its intermediate tensors, and the parts of the method that it does not contain. */

import { floats } from '../../../src/graph/graph';
import type { Graph, Node, StepInfo } from '../../../src/index';
import type { StepProfile } from '../../../src/network/profile';
import type { Ran } from './kernels';

/** The convolutions of the shipped CNN, in order. */
export const CONVOLUTIONS = [
  'conv1.1',
  'conv2.1',
  'conv2.2',
  'conv3.1',
  'conv3.2',
  'conv3.3',
  'conv4.1',
  'conv4.2',
  'conv4.3',
] as const;

/** The tensors of the shipped model that are shown. */
const SHOWN = [
  'conv1.1',
  ...CONVOLUTIONS.map((name) => `${name}.relu`),
  ...['pool1', 'pool3', 'average', 'flat', 'dense', 'features', 'scaled', 'scores', 'label'],
];

/** The tensors that are not part of the shipped model. */
const ADDED = ['pool1/average', 'pool1/sum', 'pool3/flat', 'softmax'] as const;

/**
 * Returns the shipped model with its intermediate tensors as outputs, and with four more: average and sum pooling of the
 * tensor that its first max pooling reads, flatten of its last pooled tensor, and softmax of its features.
 * @throws if the model is not the shipped one
 */
export function walkedGraph(graph: Graph): Graph {
  const made = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  const missing = SHOWN.filter((name) => !made.has(name));
  if (missing.length) throw new Error(`the model ${graph.name} has no tensor ${missing.join(', ')}`);
  const node = (
    op: string,
    inputs: readonly string[],
    output: string,
    attributes: Node['attributes'] = {},
  ): Node => ({ op, domain: '', name: output, inputs, outputs: [output], attributes });
  const blocks = { kernel_shape: [2, 2], strides: [2, 2] };
  const added = [
    node('AveragePool', ['conv1.1.relu'], 'pool1/average', blocks),
    node('AveragePool', ['conv1.1.relu'], 'pool1/mean', blocks),
    node('Mul', ['pool1/mean', 'area'], 'pool1/sum'),
    node('Flatten', ['pool3'], 'pool3/flat', { axis: 1 }),
    node('Softmax', ['features'], 'softmax', { axis: 1 }),
  ];
  return {
    ...graph,
    outputs: [...SHOWN, ...ADDED],
    constants: new Map([...graph.constants, ['area', floats([], [4])]]),
    nodes: [...graph.nodes, ...added],
  };
}

/** The nodes of a model after its features: the scaler and the SVM. */
export function afterFeatures(graph: Graph): Graph {
  return {
    ...graph,
    inputs: [{ name: 'features', shape: ['N', 64] }],
    outputs: ['scores'],
    nodes: graph.nodes.filter(({ domain }) => domain === 'ai.onnx.ml'),
  };
}

/** The folder of each operator's kernel. */
const FOLDERS: Readonly<Record<string, string>> = {
  Conv: 'conv2d',
  Relu: 'elementwise',
  MaxPool: 'pool',
  AveragePool: 'pool',
  GlobalAveragePool: 'global-pool',
  copy: 'copy',
  Gemm: 'dense',
  Softmax: 'softmax',
  Scaler: 'elementwise',
  SVMClassifier: 'svm',
  Sub: 'elementwise',
};

/** Returns which kernel computed a node, and its time; for each of the nodes with a step of its own. */
export function ranSteps(
  steps: readonly StepInfo[],
  profiles: readonly StepProfile[],
): ReadonlyMap<string, Ran> {
  return new Map(
    steps.map(({ node, op, variant, variants }, at): [string, Ran] => {
      const kernel = variant.startsWith('winograd') ? 'winograd' : (FOLDERS[op] ?? op);
      const isSame = profiles[at]?.node === node && profiles[at].variant === variant;
      return [
        node,
        {
          ...{ kernel, what: node, ms: isSame ? profiles[at].ms : undefined },
          variant: variants.length > 1 ? variant : undefined,
        },
      ];
    }),
  );
}
