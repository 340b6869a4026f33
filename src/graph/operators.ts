/**
 * What is known of each operator before it runs. An operator that is neither in this table nor in passes/fold.ts is
 * refused when a model is loaded.
 */

import type { Node } from './graph';
import { activation } from './operators/activation';
import { arrange } from './operators/arrange';
import { convolution } from './operators/convolution';
import { dense } from './operators/dense';
import { elementwise } from './operators/elementwise';
import type { Operator } from './operators/operator';
import { svm } from './operators/svm';

/** By op_type, with the domain before it unless it is ONNX's own. */
export const operators = { ...activation, ...arrange, ...convolution, ...dense, ...elementwise, ...svm };

/** The keys of the table. */
export type OperatorName = keyof typeof operators;

/** Whether the table has such a key. */
export const isOperator = (name: string): name is OperatorName => Object.hasOwn(operators, name);

/** The key of a node in `operators`, if it is there. */
export const operatorNameOf = (node: Node): string => (node.domain ? `${node.domain}.${node.op}` : node.op);

/** What is known of a node's operator. */
export function operatorFor(node: Node): Operator | undefined {
  const name = operatorNameOf(node);
  return isOperator(name) ? operators[name] : undefined;
}
