import { parseLibsvmModel } from '../formats/libsvm-model';
import { parseOnnx } from '../formats/onnx';
import { type Graph, shapeText } from '../graph/graph';
import { type Description, inspectGraph } from '../network/inspect';
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
  // Only wrong sizes throw; everything else that is wrong is listed.
  const { refused, description } = await inFile(file, () => inspectGraph(parsed, batch, dims));
  if (!description) {
    process.stdout.write(
      values.json
        ? `${JSON.stringify({ model: file, opset: parsed.opset, refused })}\n`
        : `${file}: ${refused.length} ${refused.length > 1 ? 'things are' : 'thing is'} not supported\n${refused.map((text) => `  ${text}\n`).join('')}`,
    );
    process.exitCode = 1;
    return;
  }
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
