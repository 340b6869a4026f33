import { formatLibsvmAccuracy, formatLibsvmPrediction, parseLibsvmData } from '../formats/libsvm-data';
import { denseRows } from '../formats/libsvm-lines';
import { parseLibsvmModel } from '../formats/libsvm-model';
import { compile } from '../network/network';
import { svmToGraph } from '../svm/node';
import { widen } from '../svm/widen';
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

/** Maximum number of rows in a batch. */
const BATCH = 256;

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
  const { probabilities, quiet, files } = read(args);
  const [testFile, modelFile, outputFile] = files;
  await checkWritable([outputFile], [testFile, modelFile]);
  const model = parseLibsvmModel(await readText(modelFile), modelFile);
  const test = parseLibsvmData(await readText(testFile), testFile);
  if (probabilities && !model.probA)
    throw new Error(`${modelFile}: the model has no probability estimates (-b 1 needs probA and probB)`);

  const features = Math.max(model.features, test.features);
  const svm = await inFile(testFile, () => widen(model, features));
  const rows = await inFile(testFile, () => denseRows(test.rows, features));
  if (!probabilities && model.probA && !quiet)
    process.stdout.write('Model supports probability estimates, but disabled in prediction.\n');

  const count = test.rows.length;
  // Rows run in batches, because each row needs a kernel value for each support vector, which takes much memory.
  const batch = Math.max(Math.min(count, BATCH), 1);
  const gpu = await openGpu();
  const network = await compile(svmToGraph(svm), gpu, { batch, tuning: remembered });
  const byVote: number[] = [];
  const scores: number[] = [];
  for (let start = 0; start < count; start += batch) {
    const end = Math.min(start + batch, count);
    const shape = [end - start, features];
    const { label, scores: part } = await network.run({
      x: { shape, data: rows.subarray(start * features, end * features) },
    });
    byVote.push(...Array.from(label.data as BigInt64Array, Number));
    for (const value of part.data as Float32Array) scores.push(value);
    progress('row', end, count);
  }
  network.destroy();
  gpu.destroy();

  const classes = svm.labels.map(Number);
  const likeliest = (row: number): number => {
    const own = scores.slice(row * classes.length, (row + 1) * classes.length);
    return classes[own.indexOf(Math.max(...own))];
  };
  const labels = probabilities ? byVote.map((_, row) => likeliest(row)) : byVote;
  await write(
    outputFile,
    formatLibsvmPrediction(labels, probabilities ? { labels: classes, values: scores } : undefined),
  );
  if (!quiet) process.stdout.write(formatLibsvmAccuracy(labels, test.labels));
}

/** Parses arguments as svm-predict does: `-b 1` or `-b1`, before the files. @throws UsageError if they are wrong */
function read(args: readonly string[]): Options {
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
