/** Graph -> Program: lowers every node to kernels, without a device. */

import type { Graph } from '../graph/graph';
import { nodeText } from '../graph/graph';
import { type KnownGraph, operatorNameOf } from '../graph/operators';
import type { FusedGraph } from '../graph/passes/join-pairs';
import { beforeLowering } from '../graph/passes/passes';
import { withOperators } from '../graph/with-operators';
import { Builder, type Layout } from './builder';
import { loweringsFor } from './operators';
import type { OutputSpec, Program, StepSpec } from './program';

/** How a graph is lowered. */
export interface LowerOptions {
  /** The largest batch that will be run. Models with a fixed batch keep theirs. */
  readonly batch: number;
  /** The layouts of inputs, by name (see shaders/README.md for nhwc4); default row-major. */
  readonly layouts?: Readonly<Record<string, Layout>>;
  /** The sizes of symbolic dimensions, by their names. */
  readonly dims?: Readonly<Record<string, number>>;
}

/**
 * Lowers a graph to a program. Downloads the kernels of further operators if the graph contains some.
 * @throws if `batch`, `layouts` or `dims` is wrong, what `resolve` throws, or if a node can't be run; the message then
 *   names the node
 */
export async function lower(open: Graph, { batch, layouts = {}, dims = {} }: LowerOptions): Promise<Program> {
  const graph = Object.keys(dims).length
    ? (await import('../graph/passes/sizes')).setSizes(open, dims)
    : open;
  if (!Number.isInteger(batch) || batch < 1)
    throw new Error(`batch is ${batch}; it must be a whole number of at least 1`);
  for (const name of Object.keys(layouts))
    if (!graph.inputs.some((input) => input.name === name && input.shape.length === 4))
      throw new Error(`layouts names "${name}", but the model has no such input of four dimensions`);
  const fused = await forBatch(await withOperators(graph), batch);
  const lowerings = await loweringsFor(fused);
  const { batched, whole } = batchedValues(fused, batch);
  const builder = new Builder(fused.constants, fused.shapes, (name) => batched.has(name));
  const inputs = fused.inputs.map(({ name }) => ({ name, ...builder.make(name, layouts[name] ?? 'rows') }));
  for (const node of fused.nodes) {
    const name = operatorNameOf(node);
    if (!Object.hasOwn(lowerings, name)) throw new Error(`${nodeText(node)}: there is no kernel for it`);
    await lowerings[name](node, builder);
  }
  const outputs = fused.outputs.map((name) => {
    const source = builder.value(name);
    return { name, ...builder.in('rows', name), shape: source.shape, classes: builder.classesOf(name) };
  });
  const isOpen = inputs.some((input) => input.batched);
  return {
    batch: isOpen ? batch : (inputs[0]?.shape[0] ?? 1),
    ...(whole && { whole }),
    buffers: builder.buffers,
    steps: needed(builder.steps, outputs),
    inputs,
    outputs,
  };
}

/**
 * A graph after the passes. A batch of 1 can't be smaller in a run, so it is fixed where the model does not allow an open
 * batch, such as where a constant contains its size.
 * @throws what `beforeLowering` throws
 */
async function forBatch(graph: KnownGraph, batch: number): Promise<FusedGraph> {
  try {
    return await beforeLowering(graph, batch);
  } catch (error) {
    const isOpen = ({ shape: [first] }: Graph['inputs'][number]) =>
      first !== undefined && !(Number(first) > 0);
    if (batch > 1 || !graph.inputs.some(isOpen)) throw error;
    const inputs = graph.inputs.map((each) =>
      isOpen(each) ? { ...each, shape: [1, ...each.shape.slice(1)] } : each,
    );
    return beforeLowering({ ...graph, inputs }, batch).catch(() => {
      throw error;
    });
  }
}

/** Removes the steps whose result no output needs: an operator may have more outputs than the graph uses. */
function needed(steps: readonly StepSpec[], outputs: readonly OutputSpec[]): StepSpec[] {
  const read = new Set(outputs.map(({ buffer }) => buffer));
  return steps
    .toReversed()
    .filter(({ output, operands }) => {
      if (!read.has(output)) return false;
      for (const buffer of Object.values(operands)) read.add(buffer);
      return true;
    })
    .reverse();
}

/** The values whose first axis is the batch. */
interface Batched {
  readonly batched: ReadonlySet<string>;
  /** Why the network can run only whole batches; absent if it can run smaller ones. Then no value is batched. */
  readonly whole?: string;
}

/**
 * Returns the values whose first axis is the batch: those whose shape differs for `batch` and `batch + 1` items. If
 * another axis grows with the batch, such as where the frames of all clips become one axis, the steps can't compute a part
 * of the items. They compute all then, as for a model with a fixed batch.
 */
function batchedValues(graph: FusedGraph, batch: number): Batched {
  const growing = new Set<string>();
  for (const node of [...graph.nodes, ...graph.inputs.map(({ name }) => ({ name, outputs: [name] }))])
    for (const output of node.outputs) {
      const shape = graph.shapes.get(output);
      const other = graph.larger.get(output);
      if (!shape || !other || shape.join() === other.join()) continue;
      if (shape[0] !== batch || other[0] !== batch + 1 || shape.slice(1).join() !== other.slice(1).join())
        return {
          batched: new Set(),
          whole: `"${node.name}" is (${shape.join(',')}) for ${batch} and (${other.join(',')}) for ${batch + 1}`,
        };
      growing.add(output);
    }
  return { batched: growing };
}
