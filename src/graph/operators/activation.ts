import { type ActivationName, activationNames } from '../../../shaders/snippets/activation';
import type { Node } from '../graph';
import { type Operator, same } from './operator';

/** All activations of shaders/snippets/activation.ts. The output has the input's shape. */
export const activation = Object.fromEntries(activationNames.map((name) => [name, same])) as Readonly<
  Record<ActivationName, Operator>
>;

/** Whether a node is an activation. A kernel can apply it to the numbers that it writes. */
export const isActivation = (node: Node): node is Node & { readonly op: ActivationName } =>
  !node.domain && Object.hasOwn(activation, node.op);
