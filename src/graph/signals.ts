/** Signals (B,C,L): operators on pictures compute them as pictures (B,C,1,L). */

import type { Node } from './graph';
import type { Operator } from './operators/operator';

/** (B,C,L) as (B,C,1,L). */
export const asPicture = ([B, C, L]: readonly number[]): readonly number[] => [B, C, 1, L];

/** The attributes of windows that have a number for each spatial axis, and the number for the new one. */
const LISTS = { kernel_shape: 1, strides: 1, dilations: 1, output_padding: 0, output_shape: 1 } as const;

/** The node that does the same with (B,C,1,L). */
export function forPictures<N extends Node>(node: N): N {
  const attributes = { ...node.attributes };
  for (const [name, otherwise] of Object.entries(LISTS)) {
    const list = attributes[name];
    if (Array.isArray(list)) attributes[name] = [otherwise, ...(list as number[]).slice(-1)];
  }
  const { pads } = attributes;
  if (Array.isArray(pads) && pads.length === 2)
    attributes.pads = [0, pads[0] as number, 0, pads[1] as number];
  return { ...node, attributes };
}

/** An operator on pictures that also accepts signals; passes/lift-signals.ts then turns these into pictures. */
export const alsoSignals = (operator: Operator): Operator => ({
  ...operator,
  infer(node, shapes, constants) {
    if (shapes[0].length !== 3) return operator.infer(node, shapes, constants);
    const pictures = shapes.map((shape) => (shape.length === 3 ? asPicture(shape) : shape));
    return operator.infer(forPictures(node), pictures, constants).map(([B, C, , L]) => [B, C, L]);
  },
});
