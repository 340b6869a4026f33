/**
 * LIBSVM's text files: the model that svm-train writes, the data that svm-predict reads, and the
 * predictions that it writes.
 *
 * Chang and Lin, LIBSVM: a library for support vector machines, ACM TIST 2(3), 2011.
 */

import { SVM_KERNELS, type Svm, type SvmKernel } from '../svm/svm';
import { MOST_VALUES } from '../svm/widen';

/** One row of a data file: `values[n]` is feature `indices[n]`, counted from 1, ascending; the others are 0. */
export interface SparseRow {
  readonly indices: readonly number[];
  readonly values: readonly number[];
}

/** A data file: one label a row, and K, the largest index in any row (0 if there is none). */
export interface LibsvmData {
  labels: number[];
  rows: SparseRow[];
  features: number;
}

const HEADER =
  'svm_type kernel_type degree gamma coef0 nr_class total_sv rho label probA probB nr_sv SV'.split(' ');
const NEEDED: Record<SvmKernel, readonly string[]> = {
  linear: [],
  polynomial: ['degree', 'gamma', 'coef0'],
  rbf: ['gamma'],
  sigmoid: ['gamma', 'coef0'],
};
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const MOST_INDEX = 2 ** 31 - 1;

/**
 * Reads a model of C-SVC or nu-SVC with a linear, polynomial, rbf or sigmoid kernel. Coefficients and
 * support vectors are rounded to float32, and the support vectors, sparse in the file, become dense.
 * `gamma`, `coef0` and `degree` are 1, 0 and 1 where the file leaves them out because the kernel has none.
 *
 * @param text  the whole file
 * @param file  its name, for errors
 * @throws Error  `FILE:LINE: what is wrong`, in one line
 */
export function parseLibsvmModel(text: string, file = 'model'): Svm {
  const lines = linesOf(text);
  const fail = (line: number, what: string): never => {
    throw new Error(`${file}:${line}: ${what}`);
  };

  const header = new Map<string, { line: number; values: string[] }>();
  let at = 0;
  for (; at < lines.length && !header.has('SV'); at++) {
    const [key, ...values] = tokensOf(lines[at]);
    if (key === undefined) continue;
    if (!HEADER.includes(key)) fail(at + 1, `unknown header key "${key}"`);
    if (header.has(key)) fail(at + 1, `${key} stands here and in line ${header.get(key)!.line}`);
    header.set(key, { line: at + 1, values });
    if (key === 'svm_type' && values[0] !== 'c_svc' && values[0] !== 'nu_svc') {
      fail(at + 1, `svm_type is ${values[0] ?? 'missing'}, but only c_svc and nu_svc are read`);
    }
    if (key === 'kernel_type' && !isKernel(values[0])) {
      fail(at + 1, `kernel_type is ${values[0] ?? 'missing'}, but only ${SVM_KERNELS.join(', ')} are read`);
    }
  }
  if (!header.has('SV')) fail(Math.max(lines.length, 1), 'the file ends before SV');

  const entry = (key: string) => header.get(key) ?? fail(at, `no ${key} before SV`);
  const numbers = (key: string, count: number, why: string): number[] => {
    const { line, values } = entry(key);
    if (values.length !== count) fail(line, `${key} has ${values.length} values, but ${why} ${count}`);
    return values.map((value) => {
      if (!isNumber(value)) fail(line, `${key} "${value}" is not a number`);
      return Number(value);
    });
  };
  const whole = (key: string, least: number): number => {
    const [value] = numbers(key, 1, 'it needs');
    if (!Number.isInteger(value) || value < least) {
      fail(entry(key).line, `${key} is ${value}, but has to be a whole number of ${least} or more`);
    }
    return value;
  };
  const scalar = (key: string, without: number): number =>
    NEEDED[kernel].includes(key) ? numbers(key, 1, 'it needs')[0] : without;

  entry('svm_type');
  const kernel = entry('kernel_type').values[0] as SvmKernel;
  const degree = NEEDED[kernel].includes('degree') ? whole('degree', 0) : 1;
  const gamma = scalar('gamma', 1);
  const coef0 = scalar('coef0', 0);

  const k = whole('nr_class', 2);
  const S = whole('total_sv', 1);
  const P = (k * (k - 1)) / 2;
  const rho = numbers('rho', P, `the pairs of ${k} classes are`);
  const labels = numbers('label', k, 'nr_class is');
  const again = labels.findIndex((label, i) => labels.indexOf(label) < i);
  if (again >= 0) fail(entry('label').line, `label ${labels[again]} stands twice`);
  const counts = numbers('nr_sv', k, 'nr_class is');
  const odd = counts.find((count) => !Number.isInteger(count) || count < 0);
  if (odd !== undefined) fail(entry('nr_sv').line, `nr_sv ${odd} is not a whole number of 0 or more`);
  const sum = counts.reduce((a, b) => a + b, 0);
  if (sum !== S) fail(entry('nr_sv').line, `nr_sv adds up to ${sum}, but total_sv is ${S}`);
  if (header.has('probA') !== header.has('probB')) {
    const [one, other] = header.has('probA') ? ['probA', 'probB'] : ['probB', 'probA'];
    fail(entry(one).line, `${one} without ${other}`);
  }
  const platt = (key: string) =>
    header.has(key) ? numbers(key, P, `the pairs of ${k} classes are`) : undefined;
  const probA = platt('probA');
  const probB = platt('probB');

  const found = lines.length - at;
  if (found !== S) fail(entry('total_sv').line, `total_sv ${S}, but ${found} support vectors follow`);
  const coefficients = new Float32Array((k - 1) * S);
  const rows = lines.slice(at).map((text, s) => {
    const line = at + s + 1;
    const tokens = tokensOf(text);
    const colon = tokens.findIndex((token) => token.includes(':'));
    const found = colon < 0 ? tokens.length : colon;
    if (found !== k - 1) fail(line, `${found} coefficients, but ${k} classes need ${k - 1}`);
    for (let j = 0; j < k - 1; j++) {
      if (!isNumber(tokens[j])) fail(line, `coefficient "${tokens[j]}" is not a number`);
      coefficients[j * S + s] = Number(tokens[j]);
    }
    return sparseRow(tokens.slice(k - 1), (what) => fail(line, what));
  });
  const features = largestIndex(rows);
  if (features === 0) fail(at, `none of the ${S} support vectors has a feature`);
  if (S * features > MOST_VALUES) {
    fail(at, `${S} support vectors of ${features} features are more than ${MOST_VALUES} values`);
  }
  const supportVectors = denseRows(rows, features);
  return {
    kernel,
    gamma,
    coef0,
    degree,
    labels,
    features,
    supportVectors,
    counts,
    coefficients,
    rho,
    ...(probA && probB ? { probA, probB } : {}),
  };
}

/**
 * Reads a data file, `label index:value ...` a line. Lines may be empty at the end only.
 *
 * @param text  the whole file
 * @param file  its name, for errors
 * @throws Error  `FILE:LINE: what is wrong`, in one line
 */
export function parseLibsvmData(text: string, file = 'data'): LibsvmData {
  const labels: number[] = [];
  const rows = linesOf(text).map((text, n) => {
    const fail = (what: string): never => {
      throw new Error(`${file}:${n + 1}: ${what}`);
    };
    const [label, ...pairs] = tokensOf(text);
    if (label === undefined) fail('the line is empty');
    if (!isNumber(label)) fail(`label "${label}" is not a number`);
    labels.push(Number(label));
    return sparseRow(pairs, fail);
  });
  return { labels, rows, features: largestIndex(rows) };
}

/**
 * Sparse rows as one dense matrix (rows,K), row-major. To judge data that have more features than the model,
 * take the larger K of both and `widen` the model to it: that is what LIBSVM computes, under every kernel.
 *
 * @param features  K, at least the largest index in `rows`
 * @throws Error  if a row has an index above `features`, or the matrix would be more than 2^28 values
 */
export function denseRows(rows: readonly SparseRow[], features: number): Float32Array {
  if (rows.length * features > MOST_VALUES) {
    throw new Error(`${rows.length} rows of ${features} features are more than ${MOST_VALUES} values`);
  }
  const x = new Float32Array(rows.length * features);
  for (const [n, { indices, values }] of rows.entries()) {
    const largest = indices.at(-1) ?? 0;
    if (largest > features) throw new Error(`row ${n} has index ${largest}, but K is ${features}`);
    for (const [i, index] of indices.entries()) x[n * features + index - 1] = values[i];
  }
  return x;
}

/**
 * What svm-predict writes to its output file: one label a line or, with probabilities (`-b 1`), a line with
 * the model's labels and then, for each row, its label and its k probabilities.
 *
 * @param labels  (B): the label of each row
 * @param probabilities  the model's k labels, in its order, and (B,k) values, row-major
 * @throws Error  if there are not k probabilities for each label
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
 * The line that svm-predict prints when it has finished: how many labels are those of the data file.
 *
 * @throws Error  if there are not as many labels as expected ones
 */
export function formatLibsvmAccuracy(labels: readonly number[], expected: readonly number[]): string {
  const B = expected.length;
  if (labels.length !== B) throw new Error(`${labels.length} labels, but ${B} are expected`);
  const right = labels.filter((label, b) => label === expected[b]).length;
  return `Accuracy = ${general((right / B) * 100, 6)}% (${right}/${B}) (classification)\n`;
}

/** C's `%.{digits}g`: so many digits, half to even, no zeros at the end, an exponent if it is extreme. */
function general(value: number, digits: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const sign = value < 0 ? '-' : '';
  // toExponential rounds half up; 100 digits show whether the value lies in the middle.
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

function sparseRow(pairs: readonly string[], fail: (what: string) => never): SparseRow {
  const indices: number[] = [];
  const values: number[] = [];
  for (const pair of pairs) {
    const [index, value, more] = pair.split(':');
    if (!/^\d+$/.test(index) || value === undefined || !isNumber(value) || more !== undefined) {
      fail(`"${pair}" is not index:value`);
    }
    const i = Number(index);
    if (i < 1 || i > MOST_INDEX) fail(`index ${i} is not from 1 to ${MOST_INDEX}`);
    if (indices.length > 0 && i <= indices.at(-1)!) fail(`index ${i} after index ${indices.at(-1)}`);
    indices.push(i);
    values.push(Number(value));
  }
  return { indices, values };
}

/** False, too, for what float32 cannot hold, and for nan, inf and hexadecimal, which C's strtod would take. */
function isNumber(token: string): boolean {
  return NUMBER.test(token) && Number.isFinite(Math.fround(Number(token)));
}

function isKernel(name: string | undefined): name is SvmKernel {
  return SVM_KERNELS.some((kernel) => kernel === name);
}

function largestIndex(rows: readonly SparseRow[]): number {
  return rows.reduce((most, { indices }) => Math.max(most, indices.at(-1) ?? 0), 0);
}

/** The lines of a text, without the empty ones at its end. */
function linesOf(text: string): string[] {
  const lines = text.trimEnd().split(/\r?\n/);
  return lines.length === 1 && lines[0] === '' ? [] : lines;
}

function tokensOf(line: string): string[] {
  return line.trim() === '' ? [] : line.trim().split(/\s+/);
}
