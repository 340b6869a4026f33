import { pairsOf } from '../../../shaders/svm/svm';
import { planPrecise, twoFloats } from '../../../shaders/svm/svm-precise';
import type { FusedNode } from '../../graph/passes/join-pairs';
import { collapse, type Machine } from '../../svm/collapse';
import type { Builder } from '../builder';
import type { Placed } from '../program';
import { type Decisions, firstOf, flopOf } from './svm-decisions';

/**
 * Adds the steps that compute decision values of rows x (B,K) in two-float numbers. A linear machine is collapsed to one
 * vector for each pair of classes.
 */
export function lowerPrecise(
  { name, op }: FusedNode,
  builder: Builder,
  x: Placed,
  machine: Machine,
): Decisions {
  const [B, K] = x.shape;
  const { kernel, gamma, coef0, degree, rho } = machine;
  const { counts, coefficients, supportVectors } =
    kernel === 'linear' ? collapse(machine, K, featuresOf(machine.supportVectors, K)) : machine;
  const classes = counts.length;
  const S = supportVectors.length / K;
  const numbers = (what: string, values: ArrayLike<number>, zeros = 0) =>
    builder.upload(`${name}/${what}`, twoFloats(values, zeros));
  const operands = {
    x: x.buffer,
    v: numbers('support vectors', supportVectors, 1),
    coefficient: numbers('coefficients', coefficients),
    first: builder.upload(`${name}/first`, firstOf(counts)),
    rho: numbers('rho', rho),
  };
  const d = builder.scratch(`${name}/decisions`, [B, pairsOf(classes)], x.batched);
  const plans = planPrecise({ B, K, S, kernel, gamma, coef0, degree, classes });
  builder.step(`${name}/decisions`, op, plans, operands, 'd', d, flopOf(B, K, S, classes));
  return { d, S };
}

const featuresOf =
  (vectors: ArrayLike<number>, K: number) =>
  (s: number, add: (k: number, value: number) => void): void => {
    for (let k = 0; k < K; k++) add(k, vectors[s * K + k]);
  };
