/**
 * The table of operators, with the shapes of their outputs and the checks of their attributes. A model with an operator
 * that is neither in this table nor in passes/fold.ts is rejected when it is loaded.
 */

import type { Node } from './graph';
import { activation } from './operators/activation';
import { arrange } from './operators/arrange';
import { convolution } from './operators/convolution';
import { dense } from './operators/dense';
import { elementwise } from './operators/elementwise';
import { normalize } from './operators/normalize';
import type { Operator } from './operators/operator';
import { recurrent } from './operators/recurrent';
import { reduce } from './operators/reduce';
import { svm } from './operators/svm';

/** The operators of small image classifiers with an SVM. Their kernels are part of every download. */
const always = { ...activation, ...arrange, ...convolution, ...dense, ...elementwise, ...svm };

/** Families of further operators. Their kernels are downloaded when a model needs them: see network/operators.ts. */
export const onDemand = { normalize, recurrent, reduce };

/** The operators, by op_type; for other domains than ONNX's own, the domain and a dot come first. */
export const operators = { ...always, ...onDemand.normalize, ...onDemand.recurrent, ...onDemand.reduce };

/** A key of an operator whose kernels are part of every download. */
export type AlwaysName = keyof typeof always;

/** The name of a family in `onDemand`. */
export type FamilyName = keyof typeof onDemand;

/** A key of the table. */
export type OperatorName = keyof typeof operators;

/** Whether the table contains this key. */
export const isOperator = (name: string): name is OperatorName => Object.hasOwn(operators, name);

/** The key of a node's operator, whether or not the table contains it. */
export const operatorNameOf = (node: Node): string => (node.domain ? `${node.domain}.${node.op}` : node.op);

/** The table's entry for a node's operator; undefined if there is none. */
export function operatorFor(node: Node): Operator | undefined {
  const name = operatorNameOf(node);
  return isOperator(name) ? operators[name] : undefined;
}
