import { planAffine, planBinary } from '../../../shaders/elementwise/elementwise';
import { numbersOf, sizeOf } from '../../graph/graph';
import type { elementwise as known } from '../../graph/operators/elementwise';
import { affineOf } from '../../graph/passes/batch-normalization';
import type { FusedNode } from '../../graph/passes/join-pairs';
import { broadcastStrides } from '../../graph/strides';
import { type Builder, type Layout, type Lower, layoutOf, lengthOf } from '../builder';
import type { Placed } from '../program';
import { activationOf } from './activation';

/** Add, Sub, Mul, Div and PRelu, with broadcasting. */
function lowerBinary(node: FusedNode, builder: Builder): void {
  const [x, z] = node.inputs.map((name) => builder.value(name));
  const shape = builder.shape(node.outputs[0]);
  const like = [x, z].find((v) => v.shape.join() === shape.join());
  const layout = like ? layoutOf(like) : 'rows';
  const y = builder.make(node.outputs[0], layout);
  const stridesOf = (v: Placed) => broadcastStrides(v.shape, v.strides, shape);
  const [xs, zs] = [stridesOf(x), stridesOf(z)];

  // The axes of an item in the order in which y is stored.
  const order = layout === 'nhwc4' ? [2, 3, 1] : shape.slice(1).map((_, axis) => axis + 1);
  const lanes = layout === 'nhwc4' ? y.strides[3] : undefined;
  const axes = order.map((axis) => ({
    d: lanes && axis === 1 ? lanes : shape[axis],
    x: xs[axis],
    z: zs[axis],
  }));
  const merged = layout === 'nhwc4' ? axes : mergeThree(axes);
  if (merged.length > 3) builder.fail(node, `repeats along ${merged.length} axes; at most 3 are supported`);
  while (merged.length < 3) merged.unshift({ d: 1, x: 0, z: 0 });
  const three = (pick: (a: Axis) => number) => merged.map(pick) as unknown as [number, number, number];

  builder.step(
    node.name,
    node.op,
    planBinary({
      op: node.op as 'Add',
      dims: three((a) => a.d),
      used: layout === 'nhwc4' ? shape[1] : undefined,
      xStrides: [xs[0] ?? 0, ...three((a) => a.x)],
      zStrides: [zs[0] ?? 0, ...three((a) => a.z)],
      activation: activationOf(node.activation, builder),
    }),
    { x: x.buffer, z: z.buffer },
    'y',
    y,
  );
}

interface Axis {
  d: number;
  x: number;
  z: number;
}

/** Joins neighbouring axes where each operand is contiguous or repeats along both. */
function mergeThree(axes: readonly Axis[]): Axis[] {
  const merged: Axis[] = [];
  for (const axis of axes) {
    if (axis.d === 1) continue;
    const last = merged[merged.length - 1];
    if (last && last.x === axis.x * axis.d && last.z === axis.z * axis.d)
      merged[merged.length - 1] = { d: last.d * axis.d, x: axis.x, z: axis.z };
    else merged.push(axis);
  }
  return merged;
}

/** BatchNormalization that was not folded into a convolution before it. */
function lowerBatchNormalization(node: FusedNode, builder: Builder): void {
  const x = builder.value(node.inputs[0]);
  const parameters = node.inputs.slice(1).map((name) => builder.constant(name));
  const constants = parameters.map(
    (data) => data && ({ type: 'float32', shape: [data.length], data } as const),
  );
  const affine = affineOf(node, constants) ?? builder.fail(node, 'its parameters must be constant');
  lowerAffine(node, builder, layoutOf(x), affine);
}

/** Scaler of ai.onnx.ml: y = (x - offset) scale. */
function lowerScaler(node: FusedNode, builder: Builder): void {
  const shape = builder.shape(node.inputs[0]);
  const features = shape[shape.length - 1];
  const list = (name: string, otherwise: number): number[] => {
    const values = numbersOf(node, name, [otherwise]);
    return values.length === 1 ? new Array<number>(features).fill(values[0]) : [...values];
  };
  const scale = list('scale', 1);
  const shift = list('offset', 0).map((offset, i) => -offset * scale[i]);
  lowerAffine(node, builder, 'rows', { scale: Float32Array.from(scale), shift: Float32Array.from(shift) });
}

function lowerAffine(
  node: FusedNode,
  builder: Builder,
  layout: Layout,
  { scale, shift }: { scale: Float32Array; shift: Float32Array },
): void {
  const x = builder.in(layout, node.inputs[0]);
  const y = builder.make(node.outputs[0], layout);
  const C = scale.length;
  const size = lengthOf(layout, y.shape) / y.shape[0];
  // The features of Scaler are the last axis; the channels of BatchNormalization are the second axis.
  const channelsFirst = layout === 'rows' && node.op === 'BatchNormalization';
  const inner = channelsFirst ? sizeOf(y.shape.slice(2)) : 1;
  const channelsStored = layout === 'nhwc4' ? y.strides[3] : C;
  builder.step(
    node.name,
    node.op,
    planAffine({ C, size, inner, channelsStored, activation: activationOf(node.activation, builder) }),
    {
      x: x.buffer,
      scale: builder.upload(`${node.name}/scale`, scale),
      shift: builder.upload(`${node.name}/shift`, shift),
    },
    'y',
    y,
  );
}

/** The lowering of each operator of graph/operators/elementwise.ts. */
export const elementwise: { readonly [Name in keyof typeof known]: Lower } = {
  PRelu: lowerBinary,
  Add: lowerBinary,
  Sub: lowerBinary,
  Mul: lowerBinary,
  Div: lowerBinary,
  BatchNormalization: lowerBatchNormalization,
  'ai.onnx.ml.Scaler': lowerScaler,
};
