/** What the table of every family of operators is made of. */

import { type Constant, type Node, nodeText } from '../graph';

export type Shape = readonly number[];

/** What is known of an operator before it runs. */
export interface Operator {
  /**
   * The outputs' shapes, from the inputs' shapes and, where they are known, the inputs' values.
   * @throws in the node's name what does not fit, with both numbers
   */
  infer(node: Node, shapes: readonly Shape[], constants: readonly (Constant | undefined)[]): Shape[];
  /** Looks at the node alone, when the model is loaded. @throws if its attributes ask for what can't be run */
  check?(node: Node): void;
  /** Set where the output is the first input, unchanged. */
  readonly passesOn?: true;
}

/** Throws in a node's name. */
export const fail = (node: Node, what: string): never => {
  throw new Error(`${nodeText(node)}: ${what}`);
};

/** For an operator whose output has its first input's shape. */
export const same: Operator = { infer: (_, [x]) => [x] };

/** The numbers of an input. @throws if the model computes them */
export const numbers = (node: Node, constant: Constant | undefined, what: string): number[] =>
  constant && constant.type !== 'string'
    ? Array.from(constant.data)
    : fail(node, `its ${what} must be constant, but the model computes it`);

/** The numbers of an input that may be left out. @throws if the model computes them */
export const optional = (
  node: Node,
  constants: readonly (Constant | undefined)[],
  at: number,
  what: string,
): number[] | undefined => (node.inputs[at] ? numbers(node, constants[at], what) : undefined);
