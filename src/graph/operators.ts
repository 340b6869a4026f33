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
import type { Operator } from './operators/operator';
import { svm } from './operators/svm';

/** The operators, by op_type; for other domains than ONNX's own, the domain and a dot come first. */
export const operators = { ...activation, ...arrange, ...convolution, ...dense, ...elementwise, ...svm };

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
