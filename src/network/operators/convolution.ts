import { type Conv2dOptions, planConv2d } from '../../../shaders/conv2d/conv2d';
import { planDepthwiseConv2d } from '../../../shaders/depthwise-conv2d/depthwise-conv2d';
import { planGlobalPool } from '../../../shaders/global-pool/global-pool';
import { planPool } from '../../../shaders/pool/pool';
import { planResizeNearest } from '../../../shaders/resize/resize';
import { areHalves } from '../../../shaders/snippets/blocks';
import { planWinograd, planWinogradShared } from '../../../shaders/winograd/winograd';
import { numberOf, sizeOf, textOf } from '../../graph/graph';
import { type convolution as known, onAxes } from '../../graph/operators/convolution';
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
    depthwise
      ? planDepthwiseConv2d(options)
      : planConv2d(options, [...planWinogradShared(options), ...planWinograd(options)]),
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

/** Resize with mode nearest. */
function lowerResize(node: FusedNode, builder: Builder): void {
  const x = builder.in('nhwc4', node.inputs[0]);
  const [B, C, H, W] = x.shape;
  const y = builder.make(node.outputs[0], 'nhwc4');
  const [, , HO, WO] = y.shape;
  const scales = builder.numbers(node.inputs[2]);
  const given = scales?.length ? onAxes(node, [1, 1, 1, 1], scales) : undefined;
  const sources = (axis: 2 | 3): Uint32Array => {
    // Where the model sets sizes instead of scales, the scale is the quotient of the sizes.
    const scale = Math.fround(given ? given[axis] : y.shape[axis] / x.shape[axis]);
    return Uint32Array.from({ length: y.shape[axis] }, (_, i) =>
      nearest(i, scale, x.shape[axis], y.shape[axis], node, builder),
    );
  };
  builder.step(
    node.name,
    'Resize',
    planResizeNearest({ B, C, H, W, HO, WO }),
    {
      x: x.buffer,
      rows: builder.upload(`${node.name}/rows`, sources(2)),
      columns: builder.upload(`${node.name}/columns`, sources(3)),
    },
    'y',
    y,
  );
}

const f32 = Math.fround;

/**
 * Returns the source of pixel i, by ONNX's coordinate_transformation_mode and nearest_mode. It computes in f32, as
 * onnxruntime does, since a coordinate in the middle of two pixels could round to the other one in f64.
 */
function nearest(
  i: number,
  scale: number,
  from: number,
  to: number,
  node: FusedNode,
  builder: Builder,
): number {
  const mode = textOf(node, 'coordinate_transformation_mode', 'half_pixel');
  const at = (() => {
    switch (mode) {
      case 'asymmetric':
        return f32(i / scale);
      case 'half_pixel':
        return f32(f32((i + 0.5) / scale) - 0.5);
      case 'pytorch_half_pixel':
        return to > 1 ? f32(f32((i + 0.5) / scale) - 0.5) : 0;
      case 'align_corners':
        return to > 1 ? f32((i * (from - 1)) / (to - 1)) : 0;
      default:
        return builder.fail(node, `coordinate_transformation_mode ${mode} is not supported`);
    }
  })();
  const rounding = textOf(node, 'nearest_mode', 'round_prefer_floor');
  const source = (() => {
    switch (rounding) {
      case 'floor':
        return Math.floor(at);
      case 'ceil':
        return Math.ceil(at);
      case 'round_prefer_floor':
        return Math.ceil(at - 0.5);
      case 'round_prefer_ceil':
        return Math.floor(at + 0.5);
      default:
        return builder.fail(node, `nearest_mode ${rounding} is not supported`);
    }
  })();
  return Math.min(Math.max(source, 0), from - 1);
}

/** The lowering of each operator of graph/operators/convolution.ts. */
export const convolution: { readonly [Name in keyof typeof known]: Lower } = {
  Conv: lowerConv,
  MaxPool: lowerPool,
  AveragePool: lowerPool,
  GlobalAveragePool: lowerGlobalPool,
  GlobalMaxPool: lowerGlobalPool,
  Resize: lowerResize,
};
