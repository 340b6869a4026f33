import {
  type CombinationName,
  type Five,
  planBroadcast,
  type Strides,
} from '../../../shaders/broadcast/broadcast';
import { numberOf } from '../../graph/graph';
import type { broadcast as known } from '../../graph/operators/broadcast';
import type { FusedNode } from '../../graph/passes/join-pairs';
import { broadcastStrides, denseStrides } from '../../graph/strides';
import { type Builder, isLaidOut, type Lower, layoutOf } from '../builder';
import type { Placed } from '../program';

/** An input as it is stored; whole numbers and bools that are constant become f32. @throws if f32 would round one */
function operand(node: FusedNode, name: string, builder: Builder): Placed {
  const data = builder.constant(name) ? undefined : builder.numbers(name);
  if (!data) return builder.value(name);
  const rounded = data.find((v) => Math.fround(v) !== v);
  if (rounded !== undefined)
    builder.fail(node, `computes with ${rounded}, which becomes ${Math.fround(rounded)} in f32`);
  const shape = builder.shape(name);
  const buffer = builder.upload(`${node.name}/${name}`, Float32Array.from(data));
  return { buffer, shape, strides: denseStrides(shape), batched: false };
}

interface Axis {
  readonly d: number;
  /** The strides of the operands. */
  readonly strides: readonly number[];
}

/** Joins neighbouring axes where each operand is contiguous or repeats along both. */
function merge(axes: readonly Axis[]): Axis[] {
  const merged: Axis[] = [];
  for (const axis of axes) {
    if (axis.d === 1) continue;
    const last = merged[merged.length - 1];
    if (last?.strides.every((stride, i) => stride === axis.strides[i] * axis.d))
      merged[merged.length - 1] = { d: last.d * axis.d, strides: axis.strides };
    else merged.push(axis);
  }
  return merged;
}

/** Adds a step: `to` = op(parts). The third part is the second again if the operator has two. */
function combine(
  node: FusedNode,
  builder: Builder,
  op: CombinationName,
  [x, z, w = z]: readonly Placed[],
  to: Placed,
  step: { readonly name: string; readonly scale?: number },
): void {
  const { shape } = to;
  const filled = isLaidOut(to, 'nhwc4') && !isLaidOut(to, 'rows');
  const order = filled ? [2, 3, 1] : shape.slice(1).map((_, axis) => axis + 1);
  const strides = [x, z, w].map((v) => broadcastStrides(v.shape, v.strides, shape));
  const axes = order.map((axis) => ({
    d: filled && axis === 1 ? to.strides[3] : shape[axis],
    strides: strides.map((s) => s[axis]),
  }));
  const five = filled ? axes : merge(axes);
  if (five.length > 5)
    builder.fail(node, `repeats along ${five.length + 1} axes; at most 6 with the first are supported`);
  while (five.length < 5) five.unshift({ d: 1, strides: [0, 0, 0] });
  const stridesOf = (i: number) =>
    [strides[i][0] ?? 0, ...five.map((axis) => axis.strides[i])] as unknown as Strides;
  const plans = planBroadcast({
    op,
    dims: five.map(({ d }) => d) as unknown as Five,
    used: filled ? shape[1] : undefined,
    ...{ xStrides: stridesOf(0), zStrides: stridesOf(1), wStrides: stridesOf(2), scale: step.scale },
  });
  builder.step(step.name, node.op, plans, { x: x.buffer, z: z.buffer, w: w.buffer }, 'y', to);
}

/** The parts of a node, and its output in the layout of a part of the same shape. */
function placed(node: FusedNode, builder: Builder): { parts: Placed[]; y: Placed } {
  const parts = node.inputs.map((name) => operand(node, name, builder));
  const [name] = node.outputs;
  const shape = builder.shape(name);
  const like = parts.find((part) => part.shape.join() === shape.join());
  return { parts, y: builder.make(name, like ? layoutOf(like) : 'rows') };
}

/** Two or three tensors in one step. */
const lowerOne =
  (opOf: (node: FusedNode) => CombinationName): Lower =>
  (node, builder) => {
    const { parts, y } = placed(node, builder);
    combine(node, builder, opOf(node), parts, y, { name: node.name });
  };

const one = (op: CombinationName): Lower => lowerOne(() => op);

/** Any number of tensors: a step for each after the first. */
const chain =
  (op: CombinationName, isMean = false): Lower =>
  (node, builder) => {
    if (node.inputs.length === 1) {
      const x = operand(node, node.inputs[0], builder);
      builder.alias(node.outputs[0], x, x.strides);
      return;
    }
    const { parts, y } = placed(node, builder);
    const last = parts.length - 1;
    parts.slice(1).reduce((left, right, i) => {
      const isLast = i + 1 === last;
      const name = isLast ? node.name : `${node.name}/${i}`;
      const to = isLast ? y : builder.scratch(name, y.shape, y.batched);
      const scale = isLast && isMean ? 1 / parts.length : 1;
      combine(node, builder, op, [left, right], to, { name, scale });
      return to;
    }, parts[0]);
  };

/** The lowering of each operator of graph/operators/broadcast.ts. */
export const broadcast: { readonly [Name in keyof typeof known]: Lower } = {
  ...{ Sum: chain('Sum'), Mean: chain('Sum', true), Max: chain('Max'), Min: chain('Min') },
  Pow: one('Pow'),
  Mod: lowerOne((node) => (numberOf(node, 'fmod', 0) ? 'Fmod' : 'Mod')),
  ...{ Less: one('Less'), LessOrEqual: one('LessOrEqual') },
  ...{ Greater: one('Greater'), GreaterOrEqual: one('GreaterOrEqual'), Equal: one('Equal') },
  ...{ And: one('And'), Or: one('Or'), Xor: one('Xor'), Where: one('Where') },
};
