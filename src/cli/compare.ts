import { parseOnnx } from '../formats/onnx';
import { type Constant, type ElementType, type Graph, nodeText, sizeOf } from '../graph/graph';
import { afterLoading } from '../graph/passes/passes';
import { resolve } from '../graph/passes/resolve';
import { setSizes } from '../graph/passes/sizes';
import type { Tensor } from '../network/inputs';
import { compile } from '../network/network';
import type { OutputTensor } from '../network/run';
import { parse, usageError, wholeNumber } from './command';
import { sizesOf } from './dims';
import { inFile, readBytes } from './files';
import { openGpu } from './gpu';
import { loadOrt, type Ort, type OrtTensor, withOutputs } from './onnxruntime';
import { type Difference, differenceText, firstDifference, largestIn } from './tensors';

export const usage = 'mien compare MODEL.onnx [--batch N] [--dim NAME=SIZE ...] [--seed N]';
export const about =
  'Runs a model on random inputs here and in onnxruntime-node, and names the first node whose numbers differ.';
export const operands = [['MODEL.onnx', 'the model']] as const;
export const options = {
  batch: { type: 'string', value: 'N', about: 'the number of items; default 1' },
  dim: {
    type: 'string',
    multiple: true,
    value: 'NAME=SIZE',
    about: 'the size of a dimension that the model leaves open, such as height=320',
  },
  seed: { type: 'string', value: 'N', about: 'the seed of the random inputs; default 1' },
} as const;

/** Relative to each number. Rounding differs, since sums are added in another order. */
const RELATIVE = 1e-3;
/** Relative to the largest number of a tensor: where terms cancel, rounding is as large as that of the terms. */
const OF_LARGEST = 1e-4;

/**
 * Compares every tensor of a model with onnxruntime's, then the outputs of the network with fused nodes. The exit code is
 * 1 if a number differs.
 * @throws UsageError if the arguments are wrong; Error if the model, the GPU or onnxruntime-node is unsuitable or missing
 */
export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parse(args, { usage, options });
  if (positionals.length !== 1)
    throw usageError(`one model is needed, ${positionals.length} are named`, usage);
  const [file] = positionals;
  const batch = wholeNumber('--batch', values.batch, 1);
  const seed = wholeNumber('--seed', values.seed, 1);
  const dims = sizesOf(values.dim ?? [], usage);
  const ort = loadOrt();
  const bytes = await readBytes(file);
  const { graph: parsed, missing } = parseOnnx(bytes, file);
  if (missing.length)
    throw new Error(
      `${file}: its weights are in "${missing[0].location}"; mien compare needs them in one file`,
    );
  const graph = await inFile(file, async () => setSizes(await afterLoading(parsed), dims));
  const resolved = await inFile(file, () => resolve(graph, batch));
  const made = new Set(parsed.nodes.flatMap(({ outputs }) => outputs.filter((name) => name)));
  const names = resolved.nodes
    .flatMap(({ outputs }) => outputs)
    .filter((name) => made.has(name) && resolved.shapes.has(name));
  const inputs = randomInputs(graph, resolved.inputs, seed);
  const expected = await reference(
    ort,
    withOutputs(
      bytes,
      names.filter((name) => !graph.outputs.includes(name)),
    ),
    inputs,
    names,
  );

  const gpu = await openGpu();
  const found = async (outputs: readonly string[]) => {
    const network = await compile({ ...graph, outputs }, gpu, { batch, tuning: false });
    const result = await network.run(tensorsOf(inputs));
    network.destroy();
    return result;
  };
  // Outputs are not fused into other nodes, so that the first run has each node by itself.
  const each = await found(names);
  const fused = await found(graph.outputs.filter((name) => names.includes(name)));
  gpu.destroy();

  for (const node of resolved.nodes)
    for (const name of node.outputs.filter((output) => output in each)) {
      const difference = compareTensor(each[name], expected[name]);
      if (difference) return fail(`${nodeText(node)}: ${inWords(name, difference)}`);
    }
  for (const [name, output] of Object.entries(fused)) {
    const difference = compareTensor(output, expected[name]);
    if (difference)
      return fail(
        `output ${inWords(name, difference)}, although each node by itself agrees: fusing is wrong`,
      );
  }
  process.stdout.write(`${names.length} tensors agree\n`);
}

/** Prints a difference, and sets the exit code. */
function fail(text: string): void {
  process.stdout.write(`${text}\n`);
  process.exitCode = 1;
}

const inWords = (name: string, difference: Difference): string =>
  `${differenceText(name, difference)} as in onnxruntime`;

/** Random numbers for an input. */
type RandomInput = Tensor & { readonly type: ElementType };

/** Numbers between -1 and 1; 0 or 1 for whole numbers, which may be indices, and bool. */
function randomInputs(
  graph: Graph,
  shapes: readonly { readonly name: string; readonly shape: readonly number[] }[],
  seed: number,
): Record<string, RandomInput> {
  let state = seed >>> 0;
  // mulberry32: a small generator of good enough random numbers.
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return Object.fromEntries(
    shapes.map(({ name, shape }, at) => {
      const { type = 'float' } = graph.inputs[at];
      const next = () => (type === 'float' ? 2 * random() - 1 : Math.floor(2 * random()));
      return [name, { type, shape, data: Float32Array.from({ length: sizeOf(shape) }, next) }];
    }),
  );
}

const tensorsOf = (inputs: Readonly<Record<string, RandomInput>>): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(inputs).map(([name, { shape, data }]) => [name, { shape, data }]));

/** How an input of onnxruntime stores its numbers. */
const STORED: Readonly<Record<string, (data: Float32Array) => unknown>> = {
  float32: (data) => data,
  float64: (data) => Float64Array.from(data),
  int64: (data) => BigInt64Array.from(data, BigInt),
  int32: (data) => Int32Array.from(data),
  int16: (data) => Int16Array.from(data),
  int8: (data) => Int8Array.from(data),
  uint16: (data) => Uint16Array.from(data),
  uint8: (data) => Uint8Array.from(data),
  bool: (data) => Uint8Array.from(data),
};

/** Runs the model in onnxruntime. @throws Error that says so, if onnxruntime can't run it */
async function reference(
  { InferenceSession, Tensor: OrtTensor }: Ort,
  model: Uint8Array,
  inputs: Readonly<Record<string, RandomInput>>,
  names: readonly string[],
): Promise<Record<string, OrtTensor>> {
  try {
    const session = await InferenceSession.create(model, { logSeverityLevel: 3 });
    const feeds = Object.entries(inputs).map(([name, { type, shape, data }]): [string, OrtTensor] => {
      const unsaid = type === 'float' ? 'float32' : type === 'bool' ? 'bool' : 'int64';
      const stored = session.inputMetadata?.find((input) => input.name === name)?.type ?? unsaid;
      if (!Object.hasOwn(STORED, stored)) throw new Error(`input "${name}" has type ${stored}`);
      return [name, new OrtTensor(stored, STORED[stored](data), shape)];
    });
    return await session.run(Object.fromEntries(feeds), names);
  } catch (error) {
    throw new Error(`onnxruntime can't run the model: ${(error as Error).message}`);
  }
}

function compareTensor(found: OutputTensor, { type, dims, data }: OrtTensor): Difference | undefined {
  const isFloat = type.startsWith('float');
  const expected: Constant =
    type === 'string'
      ? { type, shape: dims, data: data as ArrayLike<string> as readonly string[] }
      : isFloat
        ? { type: 'float32', shape: dims, data: Float32Array.from(data as ArrayLike<number>) }
        : { type: 'int64', shape: dims, data: Float64Array.from(data, Number) };
  return firstDifference(found, expected, {
    relative: RELATIVE,
    absolute: OF_LARGEST * largestIn(expected),
  });
}
