import { planConvTranspose2d } from '../../../shaders/conv-transpose2d/conv-transpose2d';
import { numberOf, sizeOf } from '../../graph/graph';
import { type transposed as known, transposedWindowOf } from '../../graph/operators/transposed';
import type { FusedNode } from '../../graph/passes/join-pairs';
import type { Builder, Lower } from '../builder';
import { activationOf } from './activation';

/** ConvTranspose with its bias and activation. */
function lowerConvTranspose(node: FusedNode, builder: Builder): void {
  const [xName, weightName, biasName] = node.inputs;
  const weight = builder.constant(weightName) ?? builder.fail(node, 'its weight must be constant');
  const x = builder.in('nhwc4', xName);
  const [B, I, H, W] = x.shape;
  const y = builder.make(node.outputs[0], 'nhwc4');
  const [, O, HO, WO] = y.shape;
  const bias = biasName ? builder.constant(biasName) : new Float32Array(O);
  const { kernel, ...window } = transposedWindowOf(node, x.shape, builder.shape(weightName));
  const groups = numberOf(node, 'group', 1);
  const [KH, KW] = kernel;
  builder.step(
    node.name,
    node.op,
    planConvTranspose2d({
      ...{ B, I, H, W, O, HO, WO, KH, KW, groups },
      ...{ strides: window.strides, pads: window.pads, dilations: window.dilations },
      activation: activationOf(node.activation, builder),
    }),
    {
      x: x.buffer,
      weight: builder.upload(weightName, weight),
      bias: builder.upload(
        biasName || `${node.name}/bias`,
        bias ?? builder.fail(node, 'its bias must be constant'),
      ),
    },
    'y',
    y,
    2 * sizeOf(x.shape) * (O / groups) * KH * KW,
  );
}

/** The lowering of each operator of graph/operators/transposed.ts. */
export const transposed: { readonly [Name in keyof typeof known]: Lower } = {
  ConvTranspose: lowerConvTranspose,
};
