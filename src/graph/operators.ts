/**
 * The table of operators, with the shapes of their outputs and the checks of their attributes. A model with an operator
 * that is neither here, nor in further.ts, nor in passes/fold.ts is rejected when it is loaded.
 */

import type { Constant, ElementType, Graph, Node } from './graph';
import { activation } from './operators/activation';
import { arrange } from './operators/arrange';
import { convolution } from './operators/convolution';
import { dense } from './operators/dense';
import { elementwise } from './operators/elementwise';
import type { Operator } from './operators/operator';
import { svm } from './operators/svm';

/**
 * The operators of small image classifiers with an SVM, by op_type; for other domains than ONNX's own, the domain and a
 * dot come first. These operators and their kernels are part of every download.
 */
export const operators = { ...activation, ...arrange, ...convolution, ...dense, ...elementwise, ...svm };

/** A key of the table. */
export type OperatorName = keyof typeof operators;

/** Computes the output of a node from its inputs, which are all constant. @throws if an input is wrong */
export type Fold = (node: Node, inputs: readonly (Constant | undefined)[]) => Constant;

/** What is known of a node's inputs. */
export interface KnownInputs {
  /** The shapes. */
  readonly shapes: readonly (readonly number[])[];
  /** The values of those that are constant. */
  readonly constants: readonly (Constant | undefined)[];
  /** What the numbers are. */
  readonly types: readonly ElementType[];
  /** Adds a constant with this name, and returns the name. */
  add(name: string, constant: Constant): string;
}

/** Returns the nodes that replace a node; undefined if it stays. @throws if the node is not supported */
export type Expansion = (node: Node, inputs: KnownInputs) => readonly Node[] | undefined;

/** A graph with what is known of the further operators that its nodes need. */
export interface KnownGraph extends Graph {
  /** The content of further.ts; absent if the graph needs none of it. */
  readonly further?: {
    /** Further operators, with the same keys as the table here. */
    readonly operators: Readonly<Record<string, Operator>>;
    /** Functions that compute nodes with constant inputs, by op_type. */
    readonly folds: Readonly<Record<string, Fold>>;
    /** Functions that replace nodes by others once their inputs are known, by op_type. */
    readonly expansions: Readonly<Record<string, Expansion>>;
    /** A pass when the model is loaded: see passes/choose.ts. */
    findChoices(graph: KnownGraph): KnownGraph;
  };
}

/** The key of a node's operator, whether or not a table contains it. */
export const operatorNameOf = (node: Node): string => (node.domain ? `${node.domain}.${node.op}` : node.op);

/** Whether the table contains this key. */
export const isOperator = (name: string): name is OperatorName => Object.hasOwn(operators, name);

/** The entry for the operator of a graph's node; undefined if there is none. */
export function operatorFor({ further }: Pick<KnownGraph, 'further'>, node: Node): Operator | undefined {
  const name = operatorNameOf(node);
  if (isOperator(name)) return operators[name];
  return further && Object.hasOwn(further.operators, name) ? further.operators[name] : undefined;
}
