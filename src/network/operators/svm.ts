import { planArgMax } from '../../../shaders/argmax/argmax';
import { planBinary } from '../../../shaders/elementwise/elementwise';
import {
  lengthOf,
  MAX_PROBABILITY_CLASSES,
  pairsOf,
  planProbabilities,
  planSvm,
  planVotes,
} from '../../../shaders/svm/svm';
import { numberOf } from '../../graph/graph';
import type { svm as known } from '../../graph/operators/svm';
import type { FusedNode } from '../../graph/passes/join-pairs';
import { svmOfNode, UNCOUPLED } from '../../svm/node';
import type { Svm } from '../../svm/svm';
import type { Builder, Lower } from '../builder';
import type { Placed } from '../program';

/**
 * SVMClassifier of ai.onnx.ml: decision values -> votes -> label, and scores as in onnxruntime. The scores are
 * probabilities if the model has Platt's parameters, else the decision values; for two classes (-d, d).
 */
function lowerSvmClassifier(node: FusedNode, builder: Builder): void {
  const x = builder.in('rows', node.inputs[0]);
  if (x.shape.length !== 2) builder.fail(node, `needs rows of features, but x is (${x.shape.join(',')})`);
  const [B, K] = x.shape;
  const machine = svmOfNode(node, K);
  const classes = machine.labels.length;
  const P = pairsOf(classes);
  const S = machine.counts.reduce((sum, n) => sum + n, 0);
  const first = Uint32Array.from({ length: classes + 1 }, (_, c) =>
    machine.counts.slice(0, c).reduce((sum, n) => sum + n, 0),
  );
  const { kernel, gamma, coef0, degree } = machine;
  const { name } = node;

  const { supportVectors, counts } = machine;
  const v = builder.upload(`${name}/support vectors`, supportVectors);
  const longest = counts.length
    ? Math.max(...Array.from({ length: S }, (_, s) => lengthOf(supportVectors, s, K)))
    : 0;
  const d = builder.scratch(`${name}/decisions`, [B, P], x.batched);
  builder.step(
    `${name}/decisions`,
    node.op,
    planSvm({ B, K, S, kernel, gamma, coef0, degree, counts, longest }),
    {
      ...{ x: x.buffer, v, vv: v },
      coefficient: builder.upload(`${name}/coefficients`, machine.coefficients),
      first: builder.upload(`${name}/first`, first),
      rho: builder.upload(`${name}/rho`, Float32Array.from(machine.rho)),
    },
    'd',
    d,
    2 * B * S * (K + classes - 1),
  );
  const votes = builder.scratch(`${name}/votes`, [B, classes], x.batched);
  builder.step(`${name}/votes`, node.op, planVotes({ B, S, classes }), { d: d.buffer }, 'votes', votes);
  const label = builder.make(node.outputs[0], 'rows');
  builder.step(`${name}/label`, node.op, planArgMax({ B, I: classes }), { x: votes.buffer }, 'y', label);
  builder.label(node.outputs[0], machine.labels);

  if (node.outputs[1]) lowerScores(node, builder, machine, { B, S }, d);
}

/** The scores, computed from the decision values d (B,P). */
function lowerScores(
  node: FusedNode,
  builder: Builder,
  { labels, probA, probB }: Svm,
  { B, S }: { readonly B: number; readonly S: number },
  d: Placed,
): void {
  const [, scores] = node.outputs;
  const { name } = node;
  const classes = labels.length;
  if (probA && probB) {
    if (classes > MAX_PROBABILITY_CLASSES)
      builder.fail(
        node,
        `has probabilities of ${classes} classes; at most ${MAX_PROBABILITY_CLASSES} are supported`,
      );
    const couple = classes > 2 || !numberOf(node, UNCOUPLED, 0);
    const a = builder.upload(`${name}/a`, Float32Array.from(probA));
    const b = builder.upload(`${name}/b`, Float32Array.from(probB));
    const p = builder.make(scores, 'rows');
    const plans = planProbabilities({ B, S, classes, couple });
    builder.step(`${name}/probabilities`, node.op, plans, { d: d.buffer, a, b }, 'p', p);
  } else if (classes === 2) {
    const z = builder.upload(`${name}/signs`, Float32Array.of(-1, 1));
    const plans = planBinary({ op: 'Mul', dims: [1, 1, 2], xStrides: [1, 0, 0, 0], zStrides: [0, 0, 0, 1] });
    const y = builder.make(scores, 'rows');
    builder.step(`${name}/scores`, node.op, plans, { x: d.buffer, z }, 'y', y);
  } else builder.alias(scores, d, d.strides);
}

/** The lowering of each operator of graph/operators/svm.ts. */
export const svm: { readonly [Name in keyof typeof known]: Lower } = {
  'ai.onnx.ml.SVMClassifier': lowerSvmClassifier,
};
