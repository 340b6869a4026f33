import { planUnary } from '../../../shaders/elementwise/elementwise';
import {
  type Activation,
  type ActivationName,
  activationNames,
  activationRow,
} from '../../../shaders/snippets/activation';
import { type Node, numberOf } from '../../graph/graph';
import { isActivation } from '../../graph/operators/activation';
import type { FusedNode } from '../../graph/passes/join-pairs';
import { type Builder, type Lower, layoutOf, lengthOf } from '../builder';

/**
 * Converts an activation node to the activation that kernels apply; undefined if there is no node.
 * @throws if the node is not an activation, or if a bound of Clip is not constant
 */
export function activationOf(node: Node | undefined, builder: Builder): Activation | undefined {
  if (!node) return undefined;
  if (!isActivation(node)) return builder.fail(node, 'is not an activation');
  const { parameters, areInputs } = activationRow(node.op);
  const parameterOf = (name: string, at: number, otherwise: number): number => {
    if (!areInputs) return numberOf(node, name, otherwise);
    const input = node.inputs[at + 1];
    if (!input) return otherwise;
    return builder.numbers(input)?.[0] ?? builder.fail(node, `its ${name} must be constant`);
  };
  const values = Object.entries(parameters).map(([name, otherwise], at) => [
    name,
    parameterOf(name, at, otherwise),
  ]);
  return { op: node.op, ...Object.fromEntries(values) };
}

/** An activation that was not fused into the kernel before it. */
function lowerActivation(node: FusedNode, builder: Builder): void {
  const layout = layoutOf(builder.value(node.inputs[0]));
  const x = builder.in(layout, node.inputs[0]);
  const y = builder.make(node.outputs[0], layout);
  const activation = activationOf(node, builder) ?? builder.fail(node, 'is not an activation');
  const size = lengthOf(layout, y.shape) / y.shape[0];
  builder.step(node.name, node.op, planUnary({ size, activation }), { x: x.buffer }, 'y', y);
}

/** The lowering of each operator of graph/operators/activation.ts. */
export const activation = Object.fromEntries(
  activationNames.map((name) => [name, lowerActivation]),
) as Readonly<Record<ActivationName, Lower>>;
