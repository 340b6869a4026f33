import { type Conv2dOptions, planConv2d } from '../../../shaders/conv2d/conv2d';
import { planDepthwiseConv2d } from '../../../shaders/depthwise-conv2d/depthwise-conv2d';
import { planGlobalPool } from '../../../shaders/global-pool/global-pool';
import type { Candidates } from '../../../shaders/plan/plan';
import { planPool } from '../../../shaders/pool/pool';
import { areHalves } from '../../../shaders/snippets/blocks';
import { planWinograd, planWinogradShared, winogradSaves } from '../../../shaders/winograd/winograd';
import { numberOf, sizeOf } from '../../graph/graph';
import type { convolution as known } from '../../graph/operators/convolution';
import type { FusedNode } from '../../graph/passes/join-pairs';
import { windowOf } from '../../graph/window';
import type { Builder, Lower } from '../builder';
import { activationOf } from './activation';

/** Conv, its bias, and what graph/passes/fuse.ts fused into it: a sum (a fourth input), an activation, a max-pool. */
function lowerConv(node: FusedNode, builder: Builder): void {
  const [xName, weightName, biasName, zName] = node.inputs;
  const weight = builder.constant(weightName) ?? builder.fail(node, 'its weight must be constant');
  const [O, , KH, KW] = builder.shape(weightName);
  const bias = biasName ? builder.constant(biasName) : new Float32Array(O);
  if (!bias) builder.fail(node, 'its bias must be constant');
  const x = builder.in('nhwc4', xName);
  const [B, I, H, W] = x.shape;
  const z = zName ? builder.in('nhwc4', zName) : undefined;
  const window = windowOf(node, x.shape, [KH, KW]);
  const options: Conv2dOptions = {
    ...{ B, I, H, W, O, KH, KW, HO: window.out[0], WO: window.out[1] },
    strides: window.strides,
    pads: [window.pads[0], window.pads[1]],
    dilations: window.dilations,
    groups: numberOf(node, 'group', 1),
    CZ: z?.shape[1],
    pool: numberOf(node, 'pool', 0) === 1,
    halves: areHalves(weight),
    activation: activationOf(node.activation, builder),
  };
  const depthwise = options.groups === I && I === O && I > 1; // fuse.ts adds no residual to these
  builder.step(
    node.name,
    'Conv',
    depthwise ? planDepthwiseConv2d(options) : plansOf(options),
    {
      x: x.buffer,
      weight: builder.upload(weightName, weight),
      bias: builder.upload(biasName || `${node.name}/bias`, bias!),
      ...(z && { z: z.buffer }),
    },
    'y',
    builder.make(node.outputs[0], 'nhwc4'),
    2 * B * O * sizeOf(window.out) * (I / options.groups) * KH * KW,
  );
}

/** The plans of a convolution. Those of Winograd come first where they should save much. */
function plansOf(options: Conv2dOptions): Candidates {
  const winograd = planWinograd(options);
  const { start, ranked } = planConv2d(options, [...planWinogradShared(options), ...winograd]);
  if (!winogradSaves(options)) return { start, ranked };
  return { start: winograd[0], ranked: [...winograd, ...ranked.filter((plan) => !winograd.includes(plan))] };
}

/** MaxPool and AveragePool. With the attribute `sum` (see graph/passes/fuse.ts), AveragePool computes a sum. */
function lowerPool(node: FusedNode, builder: Builder): void {
  const x = builder.in('nhwc4', node.inputs[0]);
  const [B, C, H, W] = x.shape;
  const { kernel, strides, dilations, pads, out } = windowOf(node, x.shape);
  const average = numberOf(node, 'count_include_pad', 0) ? 'average-pad' : 'average';
  const kind = node.op === 'MaxPool' ? 'max' : numberOf(node, 'sum', 0) ? 'sum' : average;
  const sizes = { B, C, H, W, HO: out[0], WO: out[1], KH: kernel[0], KW: kernel[1] };
  builder.step(
    node.name,
    node.op,
    planPool({ ...sizes, strides, dilations, pads, kind }),
    { x: x.buffer },
    'y',
    builder.make(node.outputs[0], 'nhwc4'),
    B * C * sizeOf(out) * sizeOf(kernel),
  );
}

/** GlobalAveragePool and GlobalMaxPool. */
function lowerGlobalPool(node: FusedNode, builder: Builder): void {
  const x = builder.in('nhwc4', node.inputs[0]);
  const [B, C, H, W] = x.shape;
  const kind = node.op === 'GlobalMaxPool' ? 'max' : 'average';
  const plans = planGlobalPool({ B, C, H, W, kind });
  const y = builder.make(node.outputs[0], 'nhwc4');
  builder.step(node.name, node.op, plans, { x: x.buffer }, 'y', y, sizeOf(x.shape));
}

/** The lowering of each operator of graph/operators/convolution.ts. */
export const convolution: { readonly [Name in keyof typeof known]: Lower } = {
  Conv: lowerConv,
  MaxPool: lowerPool,
  AveragePool: lowerPool,
  GlobalAveragePool: lowerGlobalPool,
  GlobalMaxPool: lowerGlobalPool,
};
