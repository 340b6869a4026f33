import { planArgMax } from '../../../shaders/argmax/argmax';
import { planCopy } from '../../../shaders/copy/copy';
import { planBinary } from '../../../shaders/elementwise/elementwise';
import { channels4 } from '../../../shaders/plan/plan';
import {
  lengthOf,
  MAX_IN_WORKGROUP,
  pairsOf,
  planProbabilities,
  planSvm,
  planVotes,
} from '../../../shaders/svm/svm';
import { needsPrecision } from '../../../shaders/svm/svm-precision';
import { numberOf } from '../../graph/graph';
import type { svm as known } from '../../graph/operators/svm';
import type { FusedNode } from '../../graph/passes/join-pairs';
import type { Machine } from '../../svm/collapse';
import { type Classifier, svmOfNode, UNCOUPLED } from '../../svm/node';
import type { Builder, Lower } from '../builder';
import type { Placed } from '../program';
import { type Decisions, firstOf, flopOf } from './svm-decisions';

/**
 * Adds the steps that compute decision values of rows x (B,K). A machine whose terms are large, and a linear one, has
 * other steps: see svm-precise.ts.
 */
export async function lowerDecisions(
  node: FusedNode,
  builder: Builder,
  x: Placed,
  machine: Machine,
): Promise<Decisions> {
  const { name, op } = node;
  const [B, K] = x.shape;
  const { kernel, gamma, coef0, degree, rho, counts, coefficients, supportVectors } = machine;
  const S = supportVectors.length / K;
  const o = { B, K, S, kernel, gamma, coef0, degree };
  if (needsPrecision(o, supportVectors, coefficients))
    return (await import('./svm-precise')).lowerPrecise(node, builder, x, machine);

  const d = builder.scratch(`${name}/decisions`, [B, pairsOf(counts.length)], x.batched);
  const rows = padRows(name, builder, x);
  const vectors = padded(supportVectors, S, K, rows.shape[1]);
  const v = builder.upload(`${name}/support vectors`, vectors);
  const longest = Array.from({ length: S }, (_, s) => lengthOf(vectors, s, rows.shape[1])).reduce(
    (most, length) => Math.max(most, length),
    0,
  );
  const operands = {
    ...{ x: rows.buffer, v, vv: v },
    coefficient: builder.upload(`${name}/coefficients`, Float32Array.from(coefficients)),
    first: builder.upload(`${name}/first`, firstOf(counts)),
    rho: builder.upload(`${name}/rho`, Float32Array.from(rho)),
  };
  const plans = planSvm({ ...o, K: rows.shape[1], counts, longest });
  builder.step(`${name}/decisions`, op, plans, operands, 'd', d, flopOf(B, K, S, counts.length));
  return { d, S };
}

/** Rows with a multiple of four features, for kernels that read four at once. The padding is 0. */
function padRows(name: string, builder: Builder, x: Placed): Placed {
  const [B, K] = x.shape;
  if (K % 4 === 0) return x;
  const K4 = channels4(K);
  const rows = builder.scratch(`${name}/padded rows`, [B, K4], x.batched);
  const plans = planCopy({
    ...{ dims: [1, 1, 1, K4], high: [1, 1, 1, K], xItem: K, yItem: K4 },
    ...{ xStrides: [0, 0, 0, 1], yStrides: [0, 0, 0, 1] },
  });
  builder.step(`${name}/padded rows`, 'copy', plans, { x: x.buffer }, 'y', rows);
  return rows;
}

function padded(vectors: ArrayLike<number>, S: number, K: number, K4: number): Float32Array {
  const result = new Float32Array(S * K4);
  for (let s = 0; s < S; s++) for (let k = 0; k < K; k++) result[s * K4 + k] = vectors[s * K + k];
  return result;
}

/** The rows of features that a node reads. @throws if they are not (B,K) */
export function rowsOf(node: FusedNode, builder: Builder): Placed {
  const x = builder.in('rows', node.inputs[0]);
  return x.shape.length === 2
    ? x
    : builder.fail(node, `needs rows of features, but x is (${x.shape.join(',')})`);
}

/**
 * SVMClassifier of ai.onnx.ml: decision values -> votes -> label, and scores as in onnxruntime. The scores are
 * probabilities if the model has Platt's parameters, else the decision values; for two classes (-d, d).
 */
async function lowerSvmClassifier(node: FusedNode, builder: Builder): Promise<void> {
  const x = rowsOf(node, builder);
  const [B, K] = x.shape;
  const machine = svmOfNode(node, K);
  const classes = machine.labels.length;
  const { d, S } = await lowerDecisions(node, builder, x, machine);
  const { name } = node;
  const votes = builder.scratch(`${name}/votes`, [B, classes], x.batched);
  builder.step(`${name}/votes`, node.op, planVotes({ B, S, classes }), { d: d.buffer }, 'votes', votes);
  const label = builder.make(node.outputs[0], 'rows');
  builder.step(`${name}/label`, node.op, planArgMax({ B, I: classes }), { x: votes.buffer }, 'y', label);
  builder.label(node.outputs[0], machine.labels);

  if (node.outputs[1]) await lowerScores(node, builder, machine, { B, S }, d);
}

/** The scores, computed from the decision values d (B,P). */
async function lowerScores(
  node: FusedNode,
  builder: Builder,
  { labels, probA, probB }: Classifier,
  { B, S }: { readonly B: number; readonly S: number },
  d: Placed,
): Promise<void> {
  const [, scores] = node.outputs;
  const { name } = node;
  const classes = labels.length;
  if (probA && probB) {
    const many =
      classes > MAX_IN_WORKGROUP ? await import('../../../shaders/svm/svm-probabilities-many') : undefined;
    if (many && classes > many.MAX_PROBABILITY_CLASSES)
      builder.fail(
        node,
        `has probabilities of ${classes} classes; at most ${many.MAX_PROBABILITY_CLASSES} are supported`,
      );
    const couple = classes > 2 || !numberOf(node, UNCOUPLED, 0);
    const a = builder.upload(`${name}/a`, Float32Array.from(probA));
    const b = builder.upload(`${name}/b`, Float32Array.from(probB));
    const p = builder.make(scores, 'rows');
    const o = { B, S, classes };
    const plans = many ? many.planProbabilitiesMany(o) : planProbabilities({ ...o, couple });
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
