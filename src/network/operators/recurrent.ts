import { planCopy } from '../../../shaders/copy/copy';
import { planDense } from '../../../shaders/dense/dense';
import {
  GATES,
  MOST_UNITS,
  planRecurrent,
  type RecurrentOptions,
} from '../../../shaders/recurrent/recurrent';
import { areHalves } from '../../../shaders/snippets/blocks';
import { numberOf, sizeOf, textOf } from '../../graph/graph';
import { directionsOf, isRelu, type recurrent as known } from '../../graph/operators/recurrent';
import type { FusedNode } from '../../graph/passes/join-pairs';
import type { Builder, Lower } from '../builder';
import type { Placed } from '../program';

/** The options of a node. @throws if its size or its batch is not supported */
function optionsOf(node: FusedNode, builder: Builder, x: Placed): RecurrentOptions {
  const [T, B] = x.shape;
  const H = builder.shape(node.inputs[2])[2];
  if (x.batched)
    builder.fail(
      node,
      `the first axis of x counts the steps, but it may be smaller than ${T} in a run; give it a fixed size (dims)`,
    );
  if (H > MOST_UNITS) builder.fail(node, `has ${H} units; at most ${MOST_UNITS} are supported`);
  return {
    ...{ T, B, D: directionsOf(node), H, kind: node.op as RecurrentOptions['kind'] },
    reverse: textOf(node, 'direction', 'forward') === 'reverse',
    linear: numberOf(node, 'linear_before_reset', 0) !== 0,
    relu: isRelu(node),
  };
}

/** The numbers of a weight. @throws if the model computes it */
const weightOf = (node: FusedNode, builder: Builder, at: number, what: string): Float32Array =>
  builder.constant(node.inputs[at]) ?? builder.fail(node, `its ${what} must be constant`);

/**
 * The bias of the products of the inputs, (D,G,H), and what the kernel adds at each step: a GRU with
 * `linear_before_reset` adds the second bias of its last gate inside a product, and LSTM has peepholes.
 */
function biasesOf(node: FusedNode, builder: Builder, { D, H, kind, linear }: RecurrentOptions) {
  const G = GATES[kind];
  const given = node.inputs[3] ? weightOf(node, builder, 3, 'B') : new Float32Array(D * 2 * G * H);
  const bias = new Float32Array(D * G * H);
  const inside = new Float32Array(D * H);
  for (let d = 0; d < D; d++)
    for (let k = 0; k < G * H; k++) {
      const [first, second] = [given[d * 2 * G * H + k], given[(d * 2 + 1) * G * H + k]];
      const isInside = kind === 'GRU' && linear && k >= 2 * H;
      bias[d * G * H + k] = isInside ? first : first + second;
      if (isInside) inside[d * H + k - 2 * H] = second;
    }
  if (kind !== 'LSTM') return { bias, extra: inside };
  return { bias, extra: node.inputs[7] ? weightOf(node, builder, 7, 'P') : new Float32Array(D * 3 * H) };
}

/** R (D,G H,H) -> (D,H,G,H): at each step, neighbouring lanes read neighbouring numbers. */
function transposed(r: Float32Array, { D, H, kind }: RecurrentOptions): Float32Array {
  const rows = GATES[kind] * H;
  const moved = new Float32Array(r.length);
  for (let d = 0; d < D; d++)
    for (let row = 0; row < rows; row++)
      for (let k = 0; k < H; k++) moved[(d * H + k) * rows + row] = r[(d * rows + row) * H + k];
  return moved;
}

/** RNN, GRU and LSTM: the products of the inputs of all steps at once, then a kernel that loops over the steps. */
function lowerRecurrent(node: FusedNode, builder: Builder): void {
  const x = builder.in('rows', node.inputs[0]);
  const o = optionsOf(node, builder, x);
  const { T, B, D, H } = o;
  const I = x.shape[2];
  const O = D * GATES[o.kind] * H;
  const { bias, extra } = biasesOf(node, builder, o);
  const weight = weightOf(node, builder, 1, 'W');
  const xw = builder.scratch(`${node.name}/inputs`, [1, T * B, O], false);
  builder.step(
    `${node.name}/inputs`,
    node.op,
    planDense({
      ...{ B: 1, M: T * B, I, O, weightStrides: [0, I, 1], constant: true },
      halves: areHalves(weight),
    }),
    {
      x: x.buffer,
      weight: builder.upload(node.inputs[1], weight),
      bias: builder.upload(`${node.name}/bias`, bias),
    },
    'y',
    xw,
    2 * T * B * I * O,
  );
  const state = (at: number): number =>
    node.inputs[at]
      ? builder.in('rows', node.inputs[at]).buffer
      : builder.upload(`${node.name}/zeros`, new Float32Array(D * B * H));
  const all = builder.scratch(`${node.name}/states`, [1, (T + 2) * D * B * H], false);
  const operands = {
    xw: xw.buffer,
    r: builder.upload(node.inputs[2], transposed(weightOf(node, builder, 2, 'R'), o)),
    e: builder.upload(`${node.name}/extra`, extra),
    h0: state(5),
    c0: state(6),
  };
  builder.step(node.name, node.op, planRecurrent(o), operands, 'y', all, 2 * T * B * O * H);
  const starts = [0, T * D * B * H, (T + 1) * D * B * H];
  node.outputs.forEach((name, i) => {
    if (name) copyPart(node, builder, name, all, starts[i]);
  });
}

/** Sets an output to a part of the kernel's result. */
function copyPart(node: FusedNode, builder: Builder, name: string, from: Placed, start: number): void {
  const to = builder.make(name, 'rows');
  const rest = to.shape.slice(1);
  const size = sizeOf(rest);
  const plans = planCopy({
    ...{ dims: [1, 1, 1, size], xStrides: [0, 0, 0, 1], yStrides: [0, 0, 0, 1] },
    ...{ xItem: size, yItem: size, xOrigin: -start },
  });
  builder.step(`${node.name}/${name}`, 'copy', plans, { x: from.buffer }, 'y', to);
}

/** The lowering of each operator of graph/operators/recurrent.ts. */
export const recurrent: { readonly [Name in keyof typeof known]: Lower } = {
  RNN: lowerRecurrent,
  GRU: lowerRecurrent,
  LSTM: lowerRecurrent,
};
