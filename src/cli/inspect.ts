import { parseLibsvmModel } from '../formats/libsvm-model';
import { parseOnnx } from '../formats/onnx';
import { type Graph, type Node, nodeText, shapeText, sizeOf } from '../graph/graph';
import { operatorNameOf } from '../graph/operators';
import type { FusedGraph } from '../graph/passes/join-pairs';
import { beforeLowering, modernised } from '../graph/passes/passes';
import { Refused, refusalsOf, resolve } from '../graph/passes/resolve';
import { setSizes } from '../graph/passes/sizes';
import { lower } from '../network/lower';
import { plannedBytes } from '../network/memory';
import type { Program } from '../network/program';
import { svmToGraph } from '../svm/graph';
import { parse, usageError, wholeNumber } from './command';
import { sizesOf } from './dims';
import { externalFiles, inFile, readBytes } from './files';
import { alignedTable } from './table';

export const usage = 'mien inspect MODEL [--batch N] [--dim NAME=SIZE ...] [--json]';
export const about =
  'Shows what a model contains and how it would run, and everything in it that is not supported. Needs no GPU.';
export const operands = [['MODEL', 'an ONNX model, or a model that LIBSVM wrote']] as const;
export const options = {
  batch: { type: 'string', value: 'N', about: 'the number of items for sizes and memory; default 1' },
  dim: {
    type: 'string',
    multiple: true,
    value: 'NAME=SIZE',
    about: 'the size of a dimension that the model leaves open, such as height=320',
  },
  json: { type: 'boolean', about: 'print a JSON object instead of the tables' },
} as const;

/**
 * Prints what a model contains, or everything that is refused; the exit code is 1 in this case.
 * @throws UsageError if the arguments are wrong; Error with the file's name if the file is no model
 */
export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parse(args, { usage, options });
  if (positionals.length !== 1)
    throw usageError(`one model is needed, ${positionals.length} are named`, usage);
  const [file] = positionals;
  const batch = wholeNumber('--batch', values.batch, 1);
  const dims = sizesOf(values.dim ?? [], usage);
  const parsed = await read(file);
  const sized = await inFile(file, () => setSizes(parsed, dims));
  const graph = await modernised(sized);
  const refused = [...openSizes(graph), ...(await refusals(graph, batch))];
  if (refused.length) {
    process.stdout.write(
      values.json
        ? `${JSON.stringify({ model: file, opset: parsed.opset, refused })}\n`
        : `${file}: ${refused.length} ${refused.length > 1 ? 'things are' : 'thing is'} not supported\n${refused.map((text) => `  ${text}\n`).join('')}`,
    );
    process.exitCode = 1;
    return;
  }
  const program = await lower(graph, { batch });
  const description = await describe(parsed, graph, program, batch);
  process.stdout.write(
    values.json ? `${JSON.stringify({ model: file, ...description, refused })}\n` : asText(file, description),
  );
}

/** Reads a model, and does not check its operators. @throws Error with the file's name */
async function read(file: string): Promise<Graph> {
  const bytes = await readBytes(file);
  if (new TextDecoder().decode(bytes.subarray(0, 8)) === 'svm_type')
    return svmToGraph(parseLibsvmModel(new TextDecoder().decode(bytes), file));
  const { graph, missing } = parseOnnx(bytes, file);
  const find = externalFiles(file);
  for (const tensor of missing) tensor.add(await find(tensor.location));
  return graph;
}

/** One text for each input with an open dimension after the first. */
const openSizes = ({ inputs }: Graph): string[] =>
  inputs.flatMap(({ name, shape }) => {
    const open = shape.slice(1).filter((d) => typeof d === 'string');
    if (!open.length) return [];
    return `input "${name}" is ${shapeText(shape)}: pass sizes, such as ${open.map((d) => `--dim ${d}=32`).join(' ')}`;
  });

/** Everything that is refused: unknown operators, then attributes, then shapes and types. */
async function refusals(graph: Graph, batch: number): Promise<string[]> {
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

async function describe(parsed: Graph, graph: Graph, program: Program, batch: number) {
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

type Description = Awaited<ReturnType<typeof describe>>;

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

/** A number with a comma between thousands. */
const grouped = (value: number): string => Math.round(value).toLocaleString('en');

const kilobytes = (bytes: number): string => `${grouped(bytes / 1024)} KiB`;

function asText(file: string, model: Description): string {
  const { inputs, outputs, layers, nodes, memory } = model;
  const rows = layers.map(({ name, operator, activation, shape, parameters, operations }) => [
    ...[name, activation ? `${operator} + ${activation}` : operator, shapeText(shape)],
    ...[grouped(parameters), grouped(operations)],
  ]);
  const sum = ['total', '', '', grouped(model.parameters), grouped(model.operations)];
  const lines = [
    `${file}: opset ${model.opset}, batch ${model.batch}`,
    '',
    ...inputs.map(({ name, shape, type }) => `input   ${name} ${shapeText(shape)} ${type}`),
    ...outputs.map(
      ({ name, shape, labels }) =>
        `output  ${name} ${shapeText(shape)}${labels ? `, labels ${labels.slice(0, 20).join(', ')}${labels.length > 20 ? ` and ${labels.length - 20} more` : ''}` : ''}`,
    ),
    '',
    ...alignedTable(['layer', 'operator', 'output', 'parameters', 'operations'], [...rows, sum], 3),
    '',
    `nodes   ${nodes.inFile} in the file, ${nodes.computed} are not constant, ${nodes.fused} after fusing, ${nodes.steps} steps on the GPU`,
    `compute ${grouped(model.operations / 2)} multiply-adds (two operations each) for the batch`,
    `memory  weights ${kilobytes(memory.weights)}, activations ${kilobytes(memory.activations)}`,
    ...model.warnings.map((warning) => `warning ${warning}`),
  ];
  return `${lines.join('\n')}\n`;
}
