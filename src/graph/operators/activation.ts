import { type ActivationName, activationNames } from '../../../shaders/snippets/activation';
import type { Node } from '../graph';
import { type Operator, same } from './operator';

/** Every row of the table of activations; each keeps its input's shape. */
export const activation = Object.fromEntries(activationNames.map((name) => [name, same])) as Readonly<
  Record<ActivationName, Operator>
>;

/** Whether a node is an activation, which a kernel can apply to what it writes. */
export const isActivation = (node: Node): node is Node & { readonly op: ActivationName } =>
  !node.domain && Object.hasOwn(activation, node.op);
