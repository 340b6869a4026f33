import { isAbsolute } from 'node:path';
import { formatNpy } from '../formats/npy';
import type { Graph } from '../graph/graph';
import { checkInputs, type Tensor } from '../network/inputs';
import { lower } from '../network/lower';
import { compile } from '../network/network';
import type { OutputTensor } from '../network/run';
import { readTensorFile } from './arrays';
import { parse, usageError } from './command';
import { checkWritable, inFile, readModel, write } from './files';
import { openGpu, progress } from './gpu';
import { jobTuning } from './job';
import {
  hasPictureOption,
  isPicturePath,
  type Preprocessing,
  pictureOptions,
  picturesIn,
  preprocessingOf,
  readPictures,
} from './picture-tensor';
import { dimsOf, itemsOf, join, slice } from './tensors';

export const usage =
  'mien infer MODEL.onnx --input [NAME=]FILE [--input ...] --output [NAME=]Y.npy [--output ...] [PICTURE OPTIONS]';
export const about =
  "Runs a model on arrays or pictures. Without NAME=, files are taken in the order of the model's inputs and outputs.";
export const operands = [['MODEL.onnx', 'the model']] as const;
export const options = {
  input: {
    type: 'string',
    multiple: true,
    value: '[NAME=]FILE',
    about:
      'what an input gets: X.npy, X.npz, an array in it (X.npz:NAME), or for one input a picture or a folder of pictures',
  },
  output: {
    type: 'string',
    multiple: true,
    value: '[NAME=]Y.npy',
    about:
      'the file for an output or, by its NAME, for any tensor inside; a file with "=" in its name is ./a=b.npy',
  },
  ...pictureOptions,
} as const;

/** Maximum number of items in a batch, if the model's batch is not fixed. */
const BATCH = 64;

/**
 * Runs a model on arrays.
 * @throws UsageError if the arguments are wrong; Error with the file's name if a file is unsuitable
 */
export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parse(args, { usage, options });
  if (positionals.length !== 1)
    throw usageError(`one model is needed, ${positionals.length} are named`, usage);
  if (!values.output) throw usageError('no --output is named', usage);
  const [file] = positionals;
  const how = preprocessingOf(values);
  const model = await readModel(file);
  const names = model.inputs.map(({ name }) => name);
  const inputFiles = pair(values.input ?? [], names, 'input');
  if (inputFiles.size < names.length)
    throw usageError(
      `${inputFiles.size} inputs are named, the model has ${names.length}: ${names.join(', ')}`,
      usage,
    );
  const inside = model.nodes.flatMap(({ outputs }) => outputs).filter((name) => name);
  const outputFiles = pair(values.output, model.outputs, 'output', inside);
  // Outputs are not fused into the kernel of another node. Tensors that no output depends on are not computed.
  const graph = { ...model, outputs: [...outputFiles.keys()] };
  await checkWritable([...outputFiles.values()], [file, ...inputFiles.values()]);
  const inputs = await readInputs(graph, inputFiles, how, hasPictureOption(values));

  // The inputs are checked before the GPU is opened.
  const items = itemsOf(graph, inputs);
  const dims = await inFile(file, () => dimsOf(graph, inputs));
  const program = await inFile(file, async () => {
    const lowered = await lower(graph, { batch: items, dims });
    checkInputs(lowered, inputs);
    return lowered;
  });
  const open = program.inputs.filter(({ batched }) => batched).map(({ name }) => name);
  const batch = open.length ? Math.min(items, BATCH) : items;

  const gpu = await openGpu();
  const job = jobTuning(Math.ceil(items / batch));
  const network = await compile(graph, gpu, { batch, dims, tuning: job.tuning });
  const parts: Record<string, OutputTensor>[] = [];
  for (let start = 0; start < items; start += batch) {
    const started = performance.now();
    parts.push(await network.run(slice(inputs, open, start, Math.min(start + batch, items))));
    if (!start) await job.afterFirst(network, performance.now() - started);
    progress('item', Math.min(start + batch, items), items);
  }
  network.destroy();
  gpu.destroy();
  for (const [name, path] of outputFiles) {
    const isWhole = !program.outputs.find((output) => output.name === name)?.batched;
    await write(path, formatNpy(join(parts.slice(0, isWhole ? 1 : undefined).map((part) => part[name]))));
  }
}

/**
 * Assigns the files to tensors. Files without a name are assigned to the remaining `names`, in order.
 * @param inside further tensors, which are assigned only by name
 * @throws UsageError if a name is unknown or repeated, or if there are too many files
 */
function pair(
  given: readonly string[],
  names: readonly string[],
  what: 'input' | 'output',
  inside: readonly string[] = [],
): Map<string, string> {
  const files = new Map<string, string>();
  const unnamed: string[] = [];
  for (const text of given) {
    const name = [...names, ...inside].find((name) => text.startsWith(`${name}=`));
    if (name === undefined) {
      // A path that begins with ./ or ../ or is absolute is never NAME=FILE.
      if (text.includes('=') && !isAbsolute(text) && !/^\.\.?[\\/]/.test(text))
        throw usageError(
          `the model has no ${what} ${text.slice(0, text.indexOf('='))}; its ${what}s are ${names.join(', ')}${inside.length ? `, and ${inside.length} tensors inside can be named too` : ''}`,
          usage,
        );
      unnamed.push(text);
    } else if (files.has(name)) throw usageError(`the ${what} ${name} is named twice`, usage);
    else files.set(name, text.slice(name.length + 1));
  }
  const left = names.filter((name) => !files.has(name));
  if (unnamed.length > left.length)
    throw usageError(
      `${given.length} ${what}s are named, the model has ${names.length}: ${names.join(', ')}`,
      usage,
    );
  for (const [i, path] of unnamed.entries()) files.set(left[i], path);
  return files;
}

/**
 * Reads the files of the inputs. One of them may be a picture or a folder of pictures.
 * @param isForPictures whether options for pictures were passed
 * @throws Error with the file's name; UsageError if two inputs get pictures, or if there are options but no picture
 */
async function readInputs(
  { inputs }: Graph,
  files: ReadonlyMap<string, string>,
  how: Preprocessing,
  isForPictures: boolean,
): Promise<Record<string, Tensor>> {
  const tensors: Record<string, Tensor> = {};
  let pictures: string | undefined;
  for (const input of inputs) {
    const path = files.get(input.name) as string;
    if (await isPicturePath(path)) {
      if (pictures) throw usageError(`pictures are given for ${pictures} and ${input.name}`, usage);
      pictures = input.name;
      tensors[input.name] = await readPictures(await picturesIn(path), input, how);
    } else tensors[input.name] = await readTensorFile(path);
  }
  if (isForPictures && !pictures)
    throw usageError('options for pictures are passed, but no input is a picture', usage);
  return tensors;
}
