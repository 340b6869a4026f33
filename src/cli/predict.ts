import { liblinearToGraph, parseLiblinearModel } from '../formats/liblinear';
import {
  formatLibsvmAccuracy,
  formatLibsvmPrediction,
  formatLibsvmRegression,
  parseLibsvmData,
} from '../formats/libsvm-data';
import { checkWritable, readText, write } from './files';
import { readOptions, runRows } from './svm-predict';

export const usage = 'mien predict [-b 0|1] [-q] TEST_FILE MODEL_FILE OUTPUT_FILE';
export const about =
  "Predicts as LIBLINEAR's predict does, on the GPU: the same options, files and last line.";
export const operands = [
  ['TEST_FILE', "the rows, in LIBSVM's format: LABEL INDEX:VALUE ..."],
  ['MODEL_FILE', "a model that LIBLINEAR's train wrote"],
  ['OUTPUT_FILE', 'the file to write: a label for each row'],
] as const;
/** Used only for the help. The options are parsed as in LIBLINEAR. */
export const options = {
  b: { type: 'string', value: '0|1', about: 'whether to write probabilities too; default 0' },
  q: { type: 'boolean', about: 'print nothing' },
} as const;

/**
 * Does the same as LIBLINEAR's predict, on the GPU. Features that the model does not have are ignored, as there.
 * @throws UsageError if the arguments are wrong; Error with the file's name if a file is unsuitable
 */
export async function run(args: string[]): Promise<void> {
  const { probabilities, quiet, files } = readOptions(args, usage);
  const [testFile, modelFile, outputFile] = files;
  await checkWritable([outputFile], [testFile, modelFile]);
  const model = parseLiblinearModel(await readText(modelFile), modelFile);
  const test = parseLibsvmData(await readText(testFile), testFile);
  const { type, labels: classes, features } = model;
  if (probabilities && !model.hasProbabilities)
    throw new Error(`${modelFile}: -b 1 needs a model of logistic regression`);
  const zero = test.rows.findIndex(({ indices }) => indices[0] === 0);
  if (zero >= 0) throw new Error(`${testFile}: row ${zero + 1}: index 0; features are counted from 1`);

  const { found, scores } = await runRows(
    liblinearToGraph(model),
    test.rows,
    testFile,
    features,
    (row, to) => {
      row.indices.forEach((index, i) => {
        if (!Number.isFinite(Math.fround(row.values[i])))
          throw new Error(`the value ${row.values[i]} is not supported: it has to be finite as float32`);
        if (index <= features) to[index - 1] = row.values[i];
      });
    },
  );
  const withScores = probabilities ? { labels: classes, values: scores } : undefined;
  await write(outputFile, formatLibsvmPrediction(found, withScores));
  const accuracy = () => formatLibsvmAccuracy(found, test.labels).replace(' (classification)', '');
  if (!quiet)
    process.stdout.write(type === 'regressor' ? formatLibsvmRegression(found, test.labels) : accuracy());
}
