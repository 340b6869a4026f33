/**
 * The data that LIBSVM's svm-predict reads, and the predictions that it writes.
 *
 * Chang and Lin, LIBSVM: a library for support vector machines, ACM TIST 2(3), 2011.
 */

import { largestIndex, linesOf, readNumber, type SparseRow, sparseRow, tokensOf } from './libsvm-lines';

/** The content of a data file with B rows. */
export interface LibsvmData {
  /** (B): the label of each row. */
  labels: number[];
  /** The features of each row. */
  rows: SparseRow[];
  /** K: the largest index in all rows; 0 if there is none. */
  features: number;
}

/**
 * Reads a data file. Each line is `label index:value ...`, with numbers as C's strtod reads them: also hexadecimal
 * numbers, inf and nan. A `#` and what follows it in the line are a comment. Empty lines are allowed only at the end,
 * and lines with only a comment everywhere.
 *
 * @param text  the whole file
 * @param file  its name, for errors
 * @throws Error  `FILE:LINE: what is wrong`, in one line
 */
export function parseLibsvmData(text: string, file = 'data'): LibsvmData {
  const labels: number[] = [];
  const rows: SparseRow[] = [];
  for (const [n, line] of linesOf(text).entries()) {
    const fail = (what: string): never => {
      throw new Error(`${file}:${n + 1}: ${what}`);
    };
    const comment = line.indexOf('#');
    const [label, ...pairs] = tokensOf(comment < 0 ? line : line.slice(0, comment));
    if (label === undefined && comment >= 0) continue;
    if (label === undefined) fail('the line is empty');
    labels.push(readNumber(label) ?? fail(`label "${label}" is not a number`));
    rows.push(sparseRow(pairs, readNumber, fail));
  }
  return { labels, rows, features: largestIndex(rows) };
}

/**
 * Returns the text that svm-predict writes to its output file: one label per line. With probabilities (`-b 1`), the
 * first line contains the model's labels; then follows, for each row, a line with its label and its k probabilities.
 *
 * @param labels  (B): the label of each row
 * @param probabilities  the model's k labels, in its order, and (B,k) values, row-major
 * @throws Error  if the number of probabilities is not k for each label
 */
export function formatLibsvmPrediction(
  labels: readonly number[],
  probabilities?: { readonly labels: readonly number[]; readonly values: ArrayLike<number> },
): string {
  if (!probabilities) return labels.map((label) => `${general(label, 17)}\n`).join('');
  const { labels: classes, values } = probabilities;
  const k = classes.length;
  if (values.length !== labels.length * k) {
    throw new Error(`${labels.length} labels of ${k} classes, but ${values.length} probabilities`);
  }
  const line = (label: number, b: number) => {
    const ps = Array.from({ length: k }, (_, i) => general(values[b * k + i], 6));
    return `${[general(label, 6), ...ps].join(' ')}\n`;
  };
  return `labels ${classes.join(' ')}\n${labels.map(line).join('')}`;
}

/**
 * Returns the line that svm-predict prints at its end: how many labels are equal to those of the data file.
 *
 * @param labels  (B): the predicted labels
 * @param expected  (B): the labels of the data file
 * @throws Error  if the two lists have different lengths
 */
export function formatLibsvmAccuracy(labels: readonly number[], expected: readonly number[]): string {
  const B = expected.length;
  if (labels.length !== B) throw new Error(`${labels.length} labels, but ${B} are expected`);
  const right = labels.filter((label, b) => label === expected[b]).length;
  return `Accuracy = ${general((right / B) * 100, 6)}% (${right}/${B}) (classification)\n`;
}

/**
 * Returns the lines that svm-predict prints at its end for a regressor: the mean squared error, and the squared
 * correlation of the predictions with the numbers of the data file.
 *
 * @param found  (B): the predictions
 * @param expected  (B): the numbers of the data file
 */
export function formatLibsvmRegression(found: readonly number[], expected: readonly number[]): string {
  const B = expected.length;
  let [error, p, t, pp, tt, pt] = [0, 0, 0, 0, 0, 0];
  for (let b = 0; b < B; b++) {
    error += (found[b] - expected[b]) ** 2;
    p += found[b];
    t += expected[b];
    pp += found[b] ** 2;
    tt += expected[b] ** 2;
    pt += found[b] * expected[b];
  }
  const correlation = (B * pt - p * t) ** 2 / ((B * pp - p * p) * (B * tt - t * t));
  return (
    `Mean squared error = ${general(error / B, 6)} (regression)\n` +
    `Squared correlation coefficient = ${general(correlation, 6)} (regression)\n`
  );
}

/**
 * Returns the lines that svm-predict prints for a regressor with `-b 1`.
 * @param sigma  the scale of the Laplace distribution
 */
export const formatLaplace = (sigma: number): string =>
  'Prob. model for test data: target value = predicted value + z,\n' +
  `z: Laplace distribution e^(-|z|/sigma)/(2sigma),sigma=${general(sigma, 6)}\n`;

/**
 * Formats a number as C's `%.{digits}g` does: that many significant digits, rounded half to even, without zeros at the
 * end, and with an exponent only if the exponent is less than -4 or at least `digits`.
 */
function general(value: number, digits: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const sign = value < 0 ? '-' : '';
  // toExponential rounds half up; 100 digits show whether the value is exactly in the middle.
  const [long, power] = Math.abs(value).toExponential(100).replace('.', '').split('e');
  const middle = /^50*$/.test(long.slice(digits)) && Number(long[digits - 1]) % 2 === 0;
  const [short, shortPower] = Math.abs(value)
    .toExponential(digits - 1)
    .replace('.', '')
    .split('e');
  const all = (middle ? long.slice(0, digits) : short).replace(/0+$/, '');
  const e = Number(middle ? power : shortPower);
  const point = (at: number) =>
    all.length > at ? `${all.slice(0, at)}.${all.slice(at)}` : all.padEnd(at, '0');
  if (e >= digits || e < -4) {
    return `${sign}${point(1)}e${e < 0 ? '-' : '+'}${String(Math.abs(e)).padStart(2, '0')}`;
  }
  return e < 0 ? `${sign}0.${'0'.repeat(-e - 1)}${all}` : sign + point(e + 1);
}
