import {
  formatLaplace,
  formatLibsvmAccuracy,
  formatLibsvmPrediction,
  formatLibsvmRegression,
  parseLibsvmData,
} from '../formats/libsvm-data';
import type { SparseRow } from '../formats/libsvm-lines';
import { parseLibsvmModel } from '../formats/libsvm-model';
import type { Graph } from '../graph/graph';
import { compile } from '../network/network';
import { compact } from '../svm/compact';
import { svmToGraph } from '../svm/graph';
import type { Svm } from '../svm/svm';
import { usageError } from './command';
import { checkWritable, inFile, readText, write } from './files';
import { openGpu, progress } from './gpu';
import { remembered } from './tuning-file';

export const usage = 'mien svm-predict [-b 0|1] [-q] TEST_FILE MODEL_FILE OUTPUT_FILE';
export const about =
  "Predicts as LIBSVM's svm-predict does, on the GPU: the same options, files and last line.";
export const operands = [
  ['TEST_FILE', "the rows, in LIBSVM's format: LABEL INDEX:VALUE ..."],
  ['MODEL_FILE', "a model that LIBSVM's svm-train wrote"],
  ['OUTPUT_FILE', 'the file to write: a label for each row'],
] as const;
/** Used only for the help. The options are parsed as in LIBSVM. */
export const options = {
  b: { type: 'string', value: '0|1', about: 'whether to write probabilities too; default 0' },
  q: { type: 'boolean', about: 'print nothing' },
} as const;

/** Maximum number of rows in a batch, and of their values. */
const BATCH = 256;
const MOST_IN_BATCH = 2 ** 24;

interface Options {
  probabilities: boolean;
  quiet: boolean;
  files: string[];
}

/**
 * Does the same as LIBSVM's svm-predict, on the GPU. The options, the files and the last line of output are the same.
 * @throws UsageError if the arguments are wrong; Error with the file's name if a file is unsuitable
 */
export async function run(args: string[]): Promise<void> {
  const { probabilities, quiet, files } = readOptions(args, usage);
  const [testFile, modelFile, outputFile] = files;
  await checkWritable([outputFile], [testFile, modelFile]);
  const model = parseLibsvmModel(await readText(modelFile), modelFile);
  const test = parseLibsvmData(await readText(testFile), testFile);
  const { type = 'classifier', probA, sigma, labels: classes } = model;
  const hasProbabilities = (probA ?? sigma) !== undefined;
  if (probabilities && !hasProbabilities) {
    const why =
      type === 'one-class' ? 'those of a one-class machine are not supported' : '-b 1 needs probA and probB';
    throw new Error(`${modelFile}: the model has no probability estimates (${why})`);
  }
  if (!probabilities && hasProbabilities && !quiet)
    process.stdout.write('Model supports probability estimates, but disabled in prediction.\n');
  if (probabilities && sigma !== undefined && !quiet) process.stdout.write(formatLaplace(sigma));

  const indexed = test.rows.map(({ indices, values }) => ({
    ...{ values, indices: indices.map((index) => index - (model.firstIndex ?? 1)) },
  }));
  const { found, scores } =
    type === 'classifier' && classes.length === 1
      ? { found: indexed.map(() => Number(classes[0])), scores: indexed.map(() => 1) }
      : await predict(model, modelFile, indexed, testFile);
  const k = classes.length;
  const likeliest = (row: number): number => {
    const own = scores.slice(row * k, (row + 1) * k);
    return Number(classes[own.indexOf(Math.max(...own))]);
  };
  const isLikelihood = probabilities && type === 'classifier';
  const labels = isLikelihood ? found.map((_, row) => likeliest(row)) : found;
  const withScores = isLikelihood ? { labels: classes.map(Number), values: scores } : undefined;
  await write(outputFile, formatLibsvmPrediction(labels, withScores));
  const format = type === 'regressor' ? formatLibsvmRegression : formatLibsvmAccuracy;
  if (!quiet) process.stdout.write(format(labels, test.labels));
}

/** Predicts rows whose indices are positions in the model's features. */
async function predict(model: Svm, modelFile: string, rows: readonly SparseRow[], testFile: string) {
  const { svm, write } = await inFile(modelFile, () => compact(model));
  return runRows(svmToGraph(svm), rows, testFile, svm.features, write);
}

/**
 * Runs rows in batches, because each row needs a kernel value for each support vector, which takes much memory.
 * @param K how many features the graph's input has
 * @param writeRow writes a row as K numbers, which are 0 before
 * @returns the label or the number of each row, and a classifier's scores
 * @throws if writeRow throws; the message names the file and the row
 */
export async function runRows(
  graph: Graph,
  rows: readonly SparseRow[],
  file: string,
  K: number,
  writeRow: (row: SparseRow, to: Float32Array) => void,
): Promise<{ found: number[]; scores: number[] }> {
  const most = Math.max(1, Math.min(BATCH, Math.floor(MOST_IN_BATCH / K)));
  const batch = Math.max(Math.min(rows.length, most), 1);
  const gpu = await openGpu();
  const network = await compile(graph, gpu, { batch, tuning: remembered });
  const [found, scores]: [number[], number[]] = [[], []];
  const x = new Float32Array(batch * K);
  for (let start = 0; start < rows.length; start += batch) {
    const part = rows.slice(start, start + batch);
    x.fill(0);
    await inFile(file, () => {
      part.forEach((row, n) => {
        inRow(start + n + 1, () => writeRow(row, x.subarray(n * K, (n + 1) * K)));
      });
    });
    const given = { x: { shape: [part.length, K], data: x.subarray(0, part.length * K) } };
    const results = await network.run(given);
    for (const value of (results.label ?? results.y).data) found.push(Number(value));
    if (results.scores) for (const value of results.scores.data) scores.push(Number(value));
    progress('row', start + part.length, rows.length);
  }
  network.destroy();
  gpu.destroy();
  return { found, scores };
}

/** Runs a function whose errors are about a row, counted from 1. @throws its error, with the row */
function inRow(row: number, use: () => void): void {
  try {
    use();
  } catch (error) {
    throw new Error(`row ${row}: ${(error as Error).message}`);
  }
}

/** Parses arguments as svm-predict does: `-b 1` or `-b1`, before the files. @throws UsageError if they are wrong */
export function readOptions(args: readonly string[], usage: string): Options {
  const options: Options = { probabilities: false, quiet: false, files: [] };
  const rest = [...args];
  while (rest[0]?.startsWith('-')) {
    const option = rest.shift()!;
    if (option === '-q') options.quiet = true;
    else if (option.startsWith('-b')) {
      const value = option.slice(2) || rest.shift();
      if (value !== '0' && value !== '1')
        throw usageError(`-b takes 0 or 1, not ${value ?? 'nothing'}`, usage);
      options.probabilities = value === '1';
    } else throw usageError(`unknown option ${option}`, usage);
  }
  if (rest.length !== 3) throw usageError(`three files are needed, ${rest.length} are named`, usage);
  return { ...options, files: rest };
}
