import { numberOf, numbersOf, textOf } from '../../graph/graph';
import { type arrange as known, padsOf } from '../../graph/operators/arrange';
import type { FusedNode } from '../../graph/passes/join-pairs';
import { axisOf, denseStrides } from '../../graph/strides';
import { type Builder, type Lower, layoutOf, storedAxes } from '../builder';

/** Reshape, Flatten, Squeeze and Unsqueeze: the same row-major numbers with another shape. */
function lowerReshape(node: FusedNode, builder: Builder): void {
  const x = builder.in('rows', node.inputs[0]);
  const [y] = node.outputs;
  builder.alias(y, x, denseStrides(builder.shape(y)));
  builder.label(y, builder.classesOf(node.inputs[0]));
}

/** Transpose copies nothing: it only changes the strides. A node that reads it rearranges the numbers if necessary. */
function lowerTranspose(node: FusedNode, builder: Builder): void {
  const x = builder.value(node.inputs[0]);
  const perm = numbersOf(
    node,
    'perm',
    x.shape.map((_, axis) => x.shape.length - 1 - axis),
  );
  if (perm[0] !== 0 && x.batched)
    builder.fail(node, `perm (${perm.join(',')}) moves the batch from the front, which is not supported`);
  builder.alias(
    node.outputs[0],
    x,
    perm.map((axis) => x.strides[axis]),
  );
  builder.label(node.outputs[0], builder.classesOf(node.inputs[0]));
}

/** Identity and similar operators whose output is an output of the graph; the others were removed. */
function lowerIdentity(node: FusedNode, builder: Builder): void {
  const x = builder.value(node.inputs[0]);
  builder.alias(node.outputs[0], x, x.strides);
  builder.label(node.outputs[0], builder.classesOf(node.inputs[0]));
}

/** Concat: a step for each input copies it to its position. */
function lowerConcat(node: FusedNode, builder: Builder): void {
  const parts = node.inputs.map((name) => builder.value(name));
  const layout = layoutOf(parts[0]);
  const y = builder.make(node.outputs[0], layout);
  const axis = axisOf(numberOf(node, 'axis', 1), y.shape.length);
  if (axis === 0 && parts.some(({ batched }) => batched))
    builder.fail(node, 'along the batch is not supported');
  let offset = 0;
  parts.forEach((x, i) => {
    const axes = storedAxes(y, layout).map((stored) => {
      const own = x.shape[stored.axis];
      // The padding of the channels must be written: by the last part along the channels, else by every part.
      const padded = stored.axis === 1 && stored.d > stored.high && (axis !== 1 || i === parts.length - 1);
      const d = padded ? stored.d - (axis === 1 ? offset : 0) : own;
      return { d, high: own, x: x.strides[stored.axis], y: stored.y };
    });
    builder.move(`${node.name}/${i}`, 'Concat', x.buffer, y, axes, { yOrigin: offset * y.strides[axis] });
    offset += x.shape[axis];
  });
}

/** Pad. A negative pad removes numbers. */
async function lowerPad(node: FusedNode, builder: Builder): Promise<void> {
  const x = builder.value(node.inputs[0]);
  const rank = x.shape.length;
  const pads = padsOf(node, rank, builder.numbers(node.inputs[1])!, builder.numbers(node.inputs[3]));
  if (x.batched && (pads[0] || pads[rank])) builder.fail(node, 'along the batch is not supported');
  const layout = layoutOf(x);
  const y = builder.make(node.outputs[0], layout);
  const mode = textOf(node, 'mode', 'constant');
  if (mode !== 'constant') {
    const { lowerPadFromItself } = await import('./pad-from-itself');
    lowerPadFromItself(node, builder, x, y, pads, mode);
    return;
  }
  const axes = storedAxes(y, layout).map(({ axis, d, y: stride }) => ({
    d,
    low: Math.max(pads[axis], 0),
    high: Math.min(x.shape[axis] + pads[axis], y.shape[axis]),
    x: x.strides[axis],
    y: stride,
  }));
  builder.move(node.name, 'Pad', x.buffer, y, axes, {
    xOrigin: pads.slice(0, rank).reduce((sum, pad, axis) => sum + pad * x.strides[axis], 0),
    fill: builder.numbers(node.inputs[2])?.[0] ?? 0,
  });
}

/** The lowering of each operator of graph/operators/arrange.ts. */
export const arrange: { readonly [Name in keyof typeof known]: Lower } = {
  Identity: lowerIdentity,
  Dropout: lowerIdentity,
  Cast: lowerIdentity,
  Concat: lowerConcat,
  Pad: lowerPad,
  Flatten: lowerReshape,
  Reshape: lowerReshape,
  Squeeze: lowerReshape,
  Unsqueeze: lowerReshape,
  Transpose: lowerTranspose,
  'ai.onnx.ml.ZipMap': lowerIdentity,
};
