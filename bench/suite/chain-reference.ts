/** The networks of bench/models.ts in float64, by the references of the kernels. */

import { conv2d } from '../../shaders/conv2d/conv2d.ref';
import { dense } from '../../shaders/dense/dense.ref';
import { channels4 } from '../../shaders/plan/plan';
import { pool } from '../../shaders/pool/pool.ref';
import type { Node } from '../../src';
import type { Model } from '../models';

/** A picture in NHWC with padded channels, or a row of features with H = W = 1 and `C` features. */
interface Value {
  readonly C: number;
  readonly side: number;
  readonly data: Float32Array;
}

/**
 * Returns the output of a network for one item.
 * @param item (C,H,W), row-major
 * @throws Error if the network has an operator that is not in bench/models.ts
 */
export function reference({ graph, shape }: Model, item: Float32Array): Float32Array {
  const [C, side] = shape;
  let value: Value = { C, side, data: lastToFirst(item, C, side, true) };
  const constant = (name: string) => Float32Array.from(graph.constants.get(name)!.data as Float32Array);
  for (const node of graph.nodes) value = apply(node, value, constant);
  return value.data;
}

function apply(node: Node, { C, side, data }: Value, constant: (name: string) => Float32Array): Value {
  const [, w, b] = node.inputs;
  const {
    kernel_shape: [KH] = [1],
    strides: [stride] = [1],
    pads: [pad] = [0],
    group = 1,
  } = node.attributes as Record<string, number[]> & { group?: number };
  switch (node.op) {
    case 'Conv': {
      const bias = constant(b);
      const out = Math.floor((side + 2 * pad - KH) / stride) + 1;
      const o = {
        ...{ B: 1, I: C, H: side, W: side, O: bias.length, HO: out, WO: out, KH, KW: KH },
        strides: [stride, stride] as const,
        pads: [pad, pad] as const,
        dilations: [1, 1] as const,
        groups: group,
      };
      const y = conv2d(o, data, constant(w), bias, undefined);
      return { C: bias.length, side: out, data: Float32Array.from(y, (v) => (Number.isNaN(v) ? 0 : v)) };
    }
    case 'Relu':
      return { C, side, data: data.map((v) => Math.max(v, 0)) };
    case 'MaxPool':
    case 'GlobalAveragePool': {
      const size = node.op === 'MaxPool' ? KH : side;
      const out = node.op === 'MaxPool' ? side / size : 1;
      const y = pool(
        {
          ...{ B: 1, C, H: side, W: side, HO: out, WO: out, KH: size, KW: size },
          ...{ strides: [size, size], pads: [0, 0, 0, 0], dilations: [1, 1] },
          kind: node.op === 'MaxPool' ? 'max' : 'average',
        },
        data,
      );
      return { C, side: out, data: Float32Array.from(y, (v) => (Number.isNaN(v) ? 0 : v)) };
    }
    case 'Flatten':
      return { C: C * side * side, side: 1, data: lastToFirst(data, C, side, false) };
    case 'Gemm': {
      const bias = constant(b);
      const o = { B: 1, M: 1, I: C, O: bias.length, weightStrides: [0, C, 1], constant: true } as const;
      return { C: bias.length, side: 1, data: Float32Array.from(dense(o, data, constant(w), bias)) };
    }
    default:
      throw new Error(`${node.op} has no reference here`);
  }
}

/** (C,H,W) -> (H,W,C4) if `pad`, else back. */
function lastToFirst(data: Float32Array, C: number, side: number, pad: boolean): Float32Array {
  const C4 = channels4(C);
  const y = new Float32Array(side * side * (pad ? C4 : C));
  for (let c = 0; c < C; c++)
    for (let at = 0; at < side * side; at++)
      if (pad) y[at * C4 + c] = data[c * side * side + at];
      else y[c * side * side + at] = data[at * C4 + c];
  return y;
}
