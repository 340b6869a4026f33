import { type MatMulOptions, planMatMul } from '../../../shaders/matmul/matmul';
import { equationOf } from '../../graph/einsum';
import { numberOf, sizeOf } from '../../graph/graph';
import type { einsum as known } from '../../graph/operators/einsum';
import type { FusedNode } from '../../graph/passes/join-pairs';
import { broadcastStrides, denseStrides } from '../../graph/strides';
import type { Builder, Lower } from '../builder';
import type { Placed } from '../program';
import { activationOf } from './activation';

/** An operand: its buffer, and the distance between neighbours along each label, in numbers. */
interface Operand {
  readonly buffer: number;
  readonly batched: boolean;
  readonly stride: (label: string) => number;
}

/** An axis of several labels in both operands. */
interface Joined {
  readonly d: number;
  readonly x: number;
  readonly w: number;
}

/** Labels that become one axis or several, outermost first, joined where both operands allow it. */
function join(
  labels: readonly string[],
  sizes: ReadonlyMap<string, number>,
  x: Operand,
  w: Operand,
): Joined[] {
  const joined: Joined[] = [];
  for (const label of labels) {
    const axis = { d: sizes.get(label) ?? 1, x: x.stride(label), w: w.stride(label) };
    if (axis.d === 1) continue;
    const last = joined[joined.length - 1];
    if (last && last.x === axis.x * axis.d && last.w === axis.w * axis.d)
      joined[joined.length - 1] = { ...axis, d: last.d * axis.d };
    else joined.push(axis);
  }
  return joined;
}

/** The operand of a tensor whose axes have these labels. A label that is twice there reads the diagonal. */
const operandOf = (placed: Placed, labels: readonly string[]): Operand => ({
  buffer: placed.buffer,
  batched: placed.batched,
  stride: (label) =>
    labels.reduce(
      (sum, own, axis) => sum + (own === label && placed.shape[axis] > 1 ? placed.strides[axis] : 0),
      0,
    ),
});

/** The labels of an Einsum by what they do. `item` is the batch; it is not in the other lists. */
interface Roles {
  readonly item: string | undefined;
  readonly groups: readonly string[];
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly inner: readonly string[];
}

function rolesOf(
  output: readonly string[],
  all: Iterable<string>,
  x: readonly string[],
  w: readonly string[],
  batched: boolean,
): Roles {
  const item = batched ? output[0] : undefined;
  const rest = output.filter((label) => label !== item);
  return {
    item,
    groups: rest.filter((label) => x.includes(label) && w.includes(label)),
    rows: rest.filter((label) => !w.includes(label)),
    columns: rest.filter((label) => !x.includes(label)),
    inner: [...all].filter((label) => !output.includes(label)),
  };
}

/** Einsum of one or two operands: one product of matrices for each group. */
function lowerEinsum(node: FusedNode, builder: Builder): void {
  const given = node.inputs.slice(0, 2).map((name) => builder.value(name));
  const { operands, output, sizes } = equationOf(
    node,
    given.map(({ shape }) => shape),
  );
  const one = builder.upload(`${node.name}/one`, Float32Array.of(1));
  if (given.length === 1) given.push({ buffer: one, shape: [], strides: [], batched: false });
  const labels = [operands[0], operands[1] ?? []];
  const [name] = node.outputs;
  const batched = builder.isBatched(name);
  given.forEach((operand, at) => {
    if (operand.batched && !(batched && labels[at][0] === output[0]))
      builder.fail(node, 'sums or moves the batch, which is not supported');
  });
  const roles = rolesOf(output, sizes.keys(), labels[0], labels[1], batched);
  const order = [...(roles.item ? [roles.item] : []), ...roles.groups, ...roles.rows, ...roles.columns];
  const isInOrder = order.join() === output.join();
  const shape = order.map((label) => sizes.get(label) ?? 1);
  const y = isInOrder ? builder.make(name, 'rows') : builder.scratch(`${node.name}/product`, shape, batched);
  const matrices = matricesOf(node, builder, roles, sizes, given, labels);
  const c = addedTo(node, builder, roles.item !== undefined);
  const plans = planMatMul({
    ...together({ ...matrices, c: c?.strides }, batched ? shape[0] : 1),
    ...{ alpha: numberOf(node, 'alpha', 1), beta: numberOf(node, 'beta', 1) },
    activation: activationOf(node.activation, builder),
  });
  builder.step(
    node.name,
    node.op,
    plans,
    { x: matrices.x.buffer, weight: matrices.w.buffer, c: c?.buffer ?? one },
    'y',
    batched ? y : { ...y, shape: [1, ...shape] },
    2 * sizeOf(shape) * matrices.I,
  );
  if (isInOrder) return;
  const strides = denseStrides(shape);
  builder.alias(
    name,
    y,
    output.map((label) => strides[order.indexOf(label)]),
  );
}

/** The C of a Gemm that passes/products.ts turned into this node. Its rows are the items, if there is a batch. */
function addedTo(
  node: FusedNode,
  builder: Builder,
  isItem: boolean,
): { buffer: number; strides: NonNullable<MatMulOptions['c']> } | undefined {
  if (!node.inputs[2]) return undefined;
  const c = builder.in('rows', node.inputs[2]);
  const [row, column] = broadcastStrides(c.shape, c.strides, builder.shape(node.outputs[0]));
  return { buffer: c.buffer, strides: isItem ? { item: row, row: 0, column } : { item: 0, row, column } };
}

/** The same product with the rows of all items as one matrix, where all items share w. */
function together(o: MatMulOptions, items: number): MatMulOptions {
  const { x, w, c, M } = o;
  if (items === 1 || w.item || sizeOf(o.groups) > 1 || !(M === 1 || x.item === M * x.row)) return o;
  return {
    ...{ ...o, M: items * M, rowsOfItem: M },
    x: { ...x, item: 0, row: M === 1 ? x.item : x.row },
    c: c && { ...c, item: 0, row: c.item },
  };
}

/**
 * The sizes and strides of the matrices, and the buffers of both operands. An operand whose axes can't be joined to rows
 * and columns is copied first.
 */
function matricesOf(
  node: FusedNode,
  builder: Builder,
  { item, groups, rows, columns, inner }: Roles,
  sizes: ReadonlyMap<string, number>,
  given: readonly Placed[],
  labels: readonly (readonly string[])[],
): Pick<MatMulOptions, 'groups' | 'M' | 'I' | 'O'> & {
  readonly x: MatMulOptions['x'] & { readonly buffer: number };
  readonly w: MatMulOptions['w'] & { readonly buffer: number };
} {
  let [x, w] = given.map((operand, at) => operandOf(operand, labels[at]));
  const own = (list: readonly string[], at: number) => list.filter((label) => labels[at].includes(label));
  const wellJoined = () =>
    [rows, columns, inner].every((list) => join(list, sizes, x, w).length <= 1) &&
    join(groups, sizes, x, w).length <= 3;
  if (!wellJoined()) {
    const begin = item ? [item] : [];
    x = arranged(`${node.name}/x`, builder, given[0], labels[0], [
      ...own(begin, 0),
      ...own(groups, 0),
      ...own(rows, 0),
      ...own(inner, 0),
    ]);
    w = arranged(`${node.name}/w`, builder, given[1], labels[1], [
      ...own(begin, 1),
      ...own(groups, 1),
      ...own(inner, 1),
      ...own(columns, 1),
    ]);
  }
  if (!wellJoined()) builder.fail(node, 'repeats an operand along too many axes');
  const single = (list: readonly string[]): Joined => join(list, sizes, x, w)[0] ?? { d: 1, x: 0, w: 0 };
  const joined = join(groups, sizes, x, w);
  while (joined.length < 3) joined.unshift({ d: 1, x: 0, w: 0 });
  const three = (pick: (axis: Joined) => number) =>
    joined.map(pick) as unknown as readonly [number, number, number];
  const [m, o, i] = [single(rows), single(columns), single(inner)];
  const at = (operand: Operand) => ({
    buffer: operand.buffer,
    item: item ? operand.stride(item) : 0,
  });
  return {
    ...{ groups: three((axis) => axis.d), M: m.d, I: i.d, O: o.d },
    x: { ...at(x), groups: three((axis) => axis.x), row: m.x, inner: i.x },
    w: { ...at(w), groups: three((axis) => axis.w), inner: i.w, column: o.w },
  };
}

/** Copies an operand so that its axes are stored in the order of `order`. */
function arranged(
  name: string,
  builder: Builder,
  from: Placed,
  labels: readonly string[],
  order: readonly string[],
): Operand {
  const operand = operandOf(from, labels);
  const shape = order.map((label) =>
    Math.max(...labels.map((own, axis) => (own === label ? from.shape[axis] : 1))),
  );
  const to = builder.scratch(name, shape, from.batched);
  const axes = order.map((label, axis) => ({
    ...{ d: shape[axis], high: shape[axis], x: operand.stride(label), y: to.strides[axis] },
  }));
  builder.move(name, 'copy', from.buffer, to, axes);
  return operandOf(to, order);
}

/** The lowering of each operator of graph/operators/einsum.ts. */
export const einsum: { readonly [Name in keyof typeof known]: Lower } = {
  Einsum: lowerEinsum,
};
