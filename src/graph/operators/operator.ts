/** The type of an entry in the table of operators, and what the entries share. */

import { type Constant, type ElementType, type Node, nodeText } from '../graph';

/** The dimensions of a tensor. */
export type Shape = readonly number[];

/** An entry in the table of operators. */
export interface Operator {
  /**
   * Computes the outputs' shapes from the inputs' shapes.
   * @param constants the values of those inputs that are constant
   * @throws if the shapes or attributes don't match; the message names the node and contains both numbers
   */
  infer(node: Node, shapes: readonly Shape[], constants: readonly (Constant | undefined)[]): Shape[];
  /** Checks the node without its inputs, when the model is loaded. @throws if its attributes are not supported */
  check?(node: Node): void;
  /** Set if the output is the first input, unchanged. */
  readonly passesOn?: true;
  /** What the numbers of computed inputs may be; default: float. Nodes with others are refused. */
  readonly accepts?: readonly ElementType[];
  /** Set if it only moves numbers: it accepts all types, labels included, and the outputs have the first input's type. */
  readonly moves?: true;
  /** What the numbers of the outputs are; default: for operators that move numbers the first input's type, else float. */
  types?(node: Node, inputs: readonly ElementType[]): readonly ElementType[];
}

/** @throws always: an error that names the node */
export const fail = (node: Node, what: string): never => {
  throw new Error(`${nodeText(node)}: ${what}`);
};

/** An operator whose output has the shape of its first input. */
export const same: Operator = { infer: (_, [x]) => [x] };

/** Returns the numbers of a constant input. @throws if the input is not constant */
export const numbers = (node: Node, constant: Constant | undefined, what: string): number[] =>
  constant && constant.type !== 'string'
    ? Array.from(constant.data)
    : fail(node, `its ${what} must be constant, but the model computes it`);

/** Returns the numbers of an optional constant input; undefined if it is absent. @throws if it is not constant */
export const optional = (
  node: Node,
  constants: readonly (Constant | undefined)[],
  at: number,
  what: string,
): number[] | undefined => (node.inputs[at] ? numbers(node, constants[at], what) : undefined);

/** For operators that move numbers, but not labels: the outputs have the first input's type. */
export const moved = {
  accepts: ['float', 'integer', 'bool'],
  types: (node, [x]) => node.outputs.map(() => x),
} satisfies Partial<Operator>;
