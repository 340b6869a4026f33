import { fileURLToPath } from 'node:url';
import { evaluate } from '../evaluation/evaluation';
import { type NpyArray, parseNpy } from '../formats/npy';
import { type Graph, shapeText, sizeOf } from '../graph/graph';
import { shippedModels } from '../models';
import { lower } from '../network/lower';
import { compile, type Network } from '../network/network';
import type { Program } from '../network/program';
import { parse, usageError } from './command';
import { checkWritable, inFile, readBytes, readModel, write } from './files';
import { openGpu, progress } from './gpu';
import { type JobTuning, jobTuning } from './job';
import { type Evaluated, reportPage } from './report';

export const usage =
  'mien evaluate [--model M.onnx] --images X.npy --labels Y.npy [--rows R.npy] [--mirror] [--json] [--report P.html]';
export const about = 'Runs a classifier on labelled pictures, and prints how often and where it is right.';
export const operands = [] as const;
export const options = {
  model: { type: 'string', value: 'M.onnx', about: 'the classifier; default: the shipped expression.onnx' },
  images: {
    type: 'string',
    value: 'X.npy',
    about: 'the pictures, such as (N,48,48): u8 in 0..255, or floats as the model takes them',
  },
  labels: { type: 'string', value: 'Y.npy', about: 'the true classes (N), as names or as numbers from 0' },
  rows: { type: 'string', value: 'R.npy', about: 'the numbers of the pictures to use, from 0; default: all' },
  mirror: { type: 'boolean', about: 'score each picture together with its mirror image' },
  json: { type: 'boolean', about: 'print a JSON object instead of a table' },
  report: { type: 'string', value: 'P.html', about: 'also write a page with all figures and curves' },
} as const;

/** Number of pictures in a batch, if the model's batch is not fixed. */
const BATCH = 64;

/**
 * Runs a classifier on labelled pictures and prints its accuracy and its confusion matrix.
 * @throws UsageError if the arguments are wrong; Error with the file's name if a file is unsuitable
 */
export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parse(args, { usage, options });
  if (positionals.length) throw usageError(`${positionals[0]} has no option before it`, usage);
  const { images: imagesFile, labels: labelsFile, rows: rowsFile, report, mirror = false } = values;
  if (!imagesFile || !labelsFile)
    throw usageError(`no --${imagesFile ? 'labels' : 'images'} is named`, usage);
  const file = values.model ?? fileURLToPath(shippedModels.expression());
  if (report) await checkWritable([report], [file, imagesFile, labelsFile, ...(rowsFile ? [rowsFile] : [])]);
  const graph = await readModel(file);
  const program = await inFile(file, () => lower(graph, { batch: BATCH }));
  const classifier = await inFile(file, () => classifierOf(graph, program));
  const images = parseNpy(await readBytes(imagesFile), imagesFile);
  await inFile(imagesFile, () => checkImages(images, classifier.shape));
  const count = images.shape[0];
  const rows = rowsFile ? await rowsOf(rowsFile, count) : Array.from({ length: count }, (_, row) => row);
  const truth = await truthOf(labelsFile, count, rows, classifier.names);

  const gpu = await openGpu();
  const job = jobTuning(Math.ceil(rows.length / classifier.batch));
  const network = await compile(graph, gpu, { batch: BATCH, tuning: job.tuning });
  const scores = await scoresOf(network, job, classifier, images, rows, mirror);
  network.destroy();
  gpu.destroy();

  const evaluated: Evaluated = {
    ...{ model: values.model ?? 'expression.onnx', mirror, adapter: gpu.adapter },
    ...evaluate(scores, truth, classifier.names),
  };
  if (report) await write(report, reportPage(evaluated));
  process.stdout.write(values.json ? `${JSON.stringify(evaluated, shorter)}\n` : asText(evaluated));
}

/** The input and the output of a classifier. */
interface Classifier {
  readonly input: string;
  /** Number of pictures in a batch. */
  readonly batch: number;
  /** Whether a batch may be smaller. */
  readonly isOpen: boolean;
  /** Shape of one picture. */
  readonly shape: readonly number[];
  readonly output: string;
  readonly names: readonly string[];
  /** Whether the model contains the names of its classes. If not, they are numbered from 0. */
  readonly isLabelled: boolean;
}

/**
 * Finds the input of pictures and the output (N,K) of numbers.
 * @throws Error if the model does not have exactly one of each
 */
function classifierOf(graph: Graph, { inputs, outputs }: Program): Classifier {
  if (inputs.length !== 1 || inputs[0].shape.length < 3)
    throw new Error(
      `has the inputs ${inputs.map(({ name, shape }) => `${name} ${shapeText(shape)}`).join(', ')}; one is needed, of pictures`,
    );
  const label = outputs.find(({ classes }) => classes);
  const scores = outputs.filter(({ classes, shape }) => !classes && shape.length === 2);
  if (scores.length !== 1)
    throw new Error(
      `has the outputs ${graph.outputs.join(', ')}; one of them, and no other, must hold (N,classes) numbers`,
    );
  const names = Array.from(label?.classes ?? new Array(scores[0].shape[1]).keys(), String);
  if (names.length !== scores[0].shape[1])
    throw new Error(
      `${scores[0].name} has ${scores[0].shape[1]} columns for ${names.length} classes: no probabilities`,
    );
  const [{ name: input, shape: whole, batched: isOpen }] = inputs;
  const [batch, ...shape] = whole;
  return { input, batch, isOpen, shape, output: scores[0].name, names, isLabelled: label !== undefined };
}

/** Computes the probabilities (N,K) of the rows. With `mirrored`, each is the mean of picture and mirror image. */
async function scoresOf(
  network: Network,
  job: JobTuning,
  { input, shape, batch, isOpen, output, names, isLabelled }: Classifier,
  images: NpyArray,
  rows: readonly number[],
  mirrored: boolean,
): Promise<Float32Array> {
  const item = sizeOf(shape);
  const K = names.length;
  const scores = new Float32Array(rows.length * K);
  for (let start = 0; start < rows.length; start += batch) {
    const started = performance.now();
    const some = rows.slice(start, start + batch);
    const size = isOpen ? some.length : batch; // a fixed batch is padded with empty pictures
    const x = new Float32Array(size * item);
    for (const [i, row] of some.entries()) x.set(pixels(images, row, item), i * item);
    const run = async () => {
      const outputs = await network.run({ [input]: { shape: [size, ...shape], data: x } });
      return probabilities(
        (outputs[output].data as Float32Array).subarray(0, some.length * K),
        K,
        isLabelled,
      );
    };
    const own = await run();
    if (mirrored) {
      mirror(x, shape.at(-1)!);
      for (const [i, score] of (await run()).entries()) own[i] = (own[i] + score) / 2;
    }
    scores.set(own, start * K);
    if (!start) await job.afterFirst(network, performance.now() - started);
    progress('picture', start + some.length, rows.length);
  }
  return scores;
}

function checkImages({ shape, type }: NpyArray, item: readonly number[]): void {
  if (!/^(u8|f16|f32|f64)$/.test(type))
    throw new Error(`contains ${type}; grey levels are u8, or f32 in -1..1`);
  const own = shape.slice(1);
  if (!shape[0] || sizeOf(own) !== sizeOf(item) || own.at(-1) !== item.at(-1))
    throw new Error(`is ${shapeText(shape)}, but the model needs ${shapeText(['N', ...item])}`);
}

/**
 * Reads the true classes of the pictures in `rows`, as numbers. The file contains numbers or names.
 * @throws Error with the file's name if it does not fit the pictures or the classes
 */
async function truthOf(
  file: string,
  count: number,
  rows: readonly number[],
  names: readonly string[],
): Promise<number[]> {
  const { shape, type, data } = parseNpy(await readBytes(file), file);
  if (shape.length !== 1 || shape[0] !== count)
    throw new Error(`${file}: is ${shapeText(shape)}, but there are ${count} pictures`);
  return rows.map((row) => {
    const truth = type === 'string' ? names.indexOf(data[row] as string) : Number(data[row]);
    if (names[truth] !== undefined) return truth;
    throw new Error(
      `${file}: row ${row} has the label ${data[row]}, but there are ${names.length} classes: ${names.join(', ')}`,
    );
  });
}

/**
 * Reads the numbers of the pictures to use. The file contains these numbers, or a bool for each picture.
 * @throws Error with the file's name if it does not fit the pictures
 */
async function rowsOf(file: string, count: number): Promise<number[]> {
  const { shape, type, data } = parseNpy(await readBytes(file), file);
  const isMask = type === 'bool';
  if (isMask && sizeOf(shape) !== count)
    throw new Error(`${file}: is ${shapeText(shape)}, but there are ${count} pictures`);
  const values = Array.from(data as ArrayLike<number>, Number);
  const rows = isMask ? values.flatMap((taken, row) => (taken ? [row] : [])) : values;
  const wrong = rows.find((row) => !(Number.isInteger(row) && row >= 0 && row < count));
  if (wrong !== undefined)
    throw new Error(`${file}: there is no row ${wrong}; rows go from 0 to ${count - 1}`);
  if (!rows.length) throw new Error(`${file}: contains no row numbers`);
  return rows;
}

/** Converts a picture to the model's input: levels 0..255 are mapped to -1..1, as in the frame kernel. */
function pixels({ type, data }: NpyArray, row: number, item: number): Float32Array {
  const own = (data as Float32Array).subarray(row * item, (row + 1) * item);
  return type === 'u8' ? Float32Array.from(own, (level) => level / 127.5 - 1) : Float32Array.from(own);
}

/** Reverses each row of pixels in place. */
function mirror(x: Float32Array, width: number): void {
  for (let at = 0; at < x.length; at += width) x.subarray(at, at + width).reverse();
}

/**
 * Converts each row to probabilities in place. A row that does not consist of probabilities passes through a softmax.
 * @throws Error for such a row if the model contains names of classes, or if a score is not finite
 */
function probabilities(y: Float32Array, K: number, isLabelled: boolean): Float32Array {
  for (let at = 0; at < y.length; at += K) {
    const row = y.subarray(at, at + K);
    const sum = row.reduce((a, b) => a + b, 0);
    if (Math.abs(sum - 1) < 1e-3 && row.every((p) => p >= 0)) continue;
    if (isLabelled || !Number.isFinite(sum))
      throw new Error(
        `the model's scores ${Array.from(row, (v) => v.toPrecision(3)).join(' ')} are not probabilities`,
      );
    const highest = Math.max(...row);
    const powers = row.map((v) => Math.exp(v - highest));
    const all = powers.reduce((a, b) => a + b, 0);
    row.set(powers.map((power) => power / all));
  }
  return y;
}

const shorter = (_: string, value: unknown): unknown =>
  typeof value === 'number' ? Number(value.toFixed(6)) : value;

const percent = (share: number): string => (100 * share).toFixed(1);
const rate = (value: number | null): string => value?.toFixed(3) ?? '-';

function asText({ model, mirror, items, accuracy, accuracyInterval, ...rest }: Evaluated): string {
  const { macro, calibrationError, classes, confusion } = rest;
  const rows = classes.map(({ name, precision, recall, f1, auc }, k) =>
    [name, ...confusion[k], ...[precision, recall, f1, auc].map(rate)].map(String),
  );
  const table = [
    ['true \\ called', ...classes.map(({ name }) => name), 'precision', 'recall', 'F1', 'AUC'],
    ...rows,
  ];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  ');
  const [low, high] = accuracyInterval.map(percent);
  return `${model}${mirror ? ', with mirror images' : ''}: ${items} pictures
accuracy ${percent(accuracy)} % (95 %: ${low} to ${high}), macro F1 ${rate(macro.f1)}, macro AUC ${rate(macro.auc)}, calibration error ${rate(calibrationError)}

${table.map(line).join('\n')}
`;
}
