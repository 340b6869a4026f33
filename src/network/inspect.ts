/** What a graph contains and how it would run, or everything in it that is refused. Needs no device. */

import { type Graph, type Node, nodeText, shapeText, sizeOf } from '../graph/graph';
import { type KnownGraph, operatorNameOf } from '../graph/operators';
import type { FusedGraph } from '../graph/passes/join-pairs';
import { beforeLowering, modernised } from '../graph/passes/passes';
import { Refused, refusalsOf, resolve } from '../graph/passes/resolve';
import { setSizes } from '../graph/passes/sizes';
import { lower } from './lower';
import { plannedBytes } from './memory';
import type { Program } from './program';

/** What is known of a graph. */
export interface Inspection {
  /** The graph with the sizes, ready for `compile` if nothing is refused. */
  readonly graph: Graph;
  /** Everything that is not supported, one text each; empty if the graph can be run. */
  readonly refused: readonly string[];
  /** What it contains; undefined if something is refused. */
  readonly description?: Description;
}

/**
 * Inspects a graph whose operators are not checked yet, as `parseOnnx` returns it.
 * @param batch the number of items for sizes and operations
 * @param dims the sizes of symbolic dimensions, by their names
 * @throws if `dims` is wrong
 */
export async function inspectGraph(
  parsed: Graph,
  batch: number,
  dims: Readonly<Record<string, number>>,
): Promise<Inspection> {
  const graph = await modernised(setSizes(parsed, dims));
  const refused = [...openSizes(graph), ...(await refusals(graph, batch))];
  if (refused.length) return { graph, refused };
  const program = await lower(graph, { batch });
  return { graph, refused, description: await describe(parsed, graph, program, batch) };
}

/** One text for each input with an open dimension after the first. */
const openSizes = ({ inputs }: Graph): string[] =>
  inputs.flatMap(({ name, shape }) => {
    const open = shape.slice(1).filter((d) => typeof d === 'string');
    if (!open.length) return [];
    return `input "${name}" is ${shapeText(shape)}: pass sizes, such as ${open.map((d) => `--dim ${d}=32`).join(' ')}`;
  });

/** Everything that is refused: unknown operators, then attributes, then shapes and types. */
async function refusals(graph: KnownGraph, batch: number): Promise<string[]> {
  const alone = (node: Node) => refusalsOf({ ...graph, nodes: [node] });
  const wrong = graph.nodes.filter((node) => alone(node).length);
  const isUnknown = (node: Node) => alone(node).some((text) => text.startsWith('unsupported operators'));
  const byOperator = new Map<string, Node[]>();
  for (const node of wrong.filter(isUnknown)) {
    const name = operatorNameOf(node);
    byOperator.set(name, [...(byOperator.get(name) ?? []), node]);
  }
  const unknown = [...byOperator].map(
    ([name, nodes]) =>
      `${name} is not a supported operator: ${nodes.length} ${nodes.length > 1 ? 'nodes, the first' : 'node,'} "${nodes[0].name}"`,
  );
  const attributes = wrong.filter((node) => !isUnknown(node)).flatMap(alone);
  if (openSizes(graph).length) return [...unknown, ...attributes];
  const later = await lower(graph, { batch }).then(
    () => [],
    (error: Error) => (error instanceof Refused ? error.all : [error.message]),
  );
  // What follows from an operator that is in the list already is not repeated.
  const isNew = (text: string) =>
    !attributes.includes(text) &&
    !wrong.some((node) => text.startsWith(nodeText(node))) &&
    !(wrong.length && text.startsWith('no node computes the output'));
  return [...unknown, ...attributes, ...later.filter(isNew)];
}

/** A node that runs. */
interface Layer {
  readonly name: string;
  readonly operator: string;
  /** The activation that its kernel applies. */
  readonly activation?: string;
  readonly shape: readonly number[];
  readonly parameters: number;
  /** Arithmetic operations by the operator's definition, for the whole batch; a multiply-add is two. */
  readonly operations: number;
}

async function describe(parsed: Graph, graph: KnownGraph, program: Program, batch: number) {
  const fused = await beforeLowering(graph, batch);
  const layers = layersOf(fused, program);
  return {
    opset: parsed.opset,
    batch: program.batch,
    inputs: graph.inputs.map(({ name, shape, type = 'float' }) => ({ name, shape, type })),
    outputs: program.outputs.map(({ name, shape, batched, classes }) => ({
      name,
      shape: batched ? ['N', ...shape.slice(1)] : shape,
      ...(classes && { labels: classes }),
    })),
    layers,
    parameters: layers.reduce((sum, layer) => sum + layer.parameters, 0),
    operations: program.steps.reduce((sum, { flop }) => sum + flop, 0),
    nodes: {
      inFile: parsed.nodes.length,
      computed: resolve(graph, batch).nodes.length,
      fused: fused.nodes.length,
      steps: program.steps.length,
    },
    memory: plannedBytes(program),
    warnings: parsed.warnings ?? [],
  };
}

/** What a graph contains and how it would run. */
export type Description = Awaited<ReturnType<typeof describe>>;

function layersOf({ nodes, constants, shapes }: FusedGraph, { steps }: Program): Layer[] {
  // A node of several steps gives them names such as svm/votes.
  const operations = new Map<string, number>();
  for (const { node: step, flop } of steps) {
    const owners = nodes.filter(({ name }) => step === name || step.startsWith(`${name}/`));
    const [owner] = owners.sort((a, b) => b.name.length - a.name.length);
    if (owner) operations.set(owner.name, (operations.get(owner.name) ?? 0) + flop);
  }
  return nodes.map((node) => {
    const weights = [...new Set(node.inputs)].reduce((sum, name) => {
      const constant = constants.get(name);
      return sum + (constant?.type === 'float32' && node.op !== 'Resize' ? sizeOf(constant.shape) : 0);
    }, 0);
    const [output] = node.outputs.filter((name) => name);
    return {
      ...{ name: node.name, operator: operatorNameOf(node), shape: shapes.get(output) ?? [] },
      ...(node.activation && { activation: node.activation.op }),
      parameters: weights + inAttributes(node),
      operations: operations.get(node.name) ?? 0,
    };
  });
}

/** The attributes of SVMs and scalers that contain what was learned. */
const LEARNED = ['support_vectors', 'coefficients', 'rho', 'prob_a', 'prob_b', 'offset', 'scale'];

const inAttributes = ({ domain, attributes }: Node): number =>
  LEARNED.reduce((sum, name) => {
    const value = domain ? attributes[name] : undefined;
    return sum + (Array.isArray(value) ? value.length : 0);
  }, 0);
