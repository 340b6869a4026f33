/**
 * Reads the model files that LIBSVM's svm-train writes.
 *
 * Chang and Lin, LIBSVM: a library for support vector machines, ACM TIST 2(3), 2011.
 */

import { SVM_KERNELS, type Svm, type SvmKernel } from '../svm/svm';
import { largestIndex, linesOf, readFinite, sparseRow, tokensOf } from './libsvm-lines';

const HEADER =
  'svm_type kernel_type degree gamma coef0 nr_class total_sv rho label probA probB prob_density_marks nr_sv SV'.split(
    ' ',
  );
/** What LIBSVM's values of svm_type compute. */
const TYPES: Readonly<Record<string, Required<Svm>['type']>> = {
  c_svc: 'classifier',
  nu_svc: 'classifier',
  epsilon_svr: 'regressor',
  nu_svr: 'regressor',
  one_class: 'one-class',
};
const NEEDED: Record<SvmKernel, readonly string[]> = {
  linear: [],
  polynomial: ['degree', 'gamma', 'coef0'],
  rbf: ['gamma'],
  sigmoid: ['gamma', 'coef0'],
};
/**
 * Reads a model of any svm_type with a linear, polynomial, rbf or sigmoid kernel. If the kernel does not use `gamma`,
 * `coef0` or `degree`, they are 1, 0 and 1. Features are counted from 1, or from 0 if the file contains the index 0.
 *
 * @param text  the whole file
 * @param file  its name, for errors
 * @throws Error  `FILE:LINE: what is wrong`, in one line
 */
export function parseLibsvmModel(text: string, file = 'model'): Svm {
  const lines = linesOf(text);
  const fail: Fail = (line, what) => {
    throw new Error(`${file}:${line}: ${what}`);
  };
  const header = readHeader(lines, fail);
  const kernel = header.entry('kernel_type').values[0] as SvmKernel;
  const ofKernel = (key: string, read: () => number, without: number) =>
    NEEDED[kernel].includes(key) ? read() : without;
  const scalar = (key: string) => () => header.numbers(key, 1, 'it needs')[0];
  const settings = {
    kernel,
    degree: ofKernel('degree', () => header.whole('degree', 0), 1),
    gamma: ofKernel('gamma', scalar('gamma'), 1),
    coef0: ofKernel('coef0', scalar('coef0'), 0),
  };
  const type = TYPES[header.entry('svm_type').values[0]];
  const classes = type === 'classifier' ? readClasses(header, fail) : readSingle(header, type);
  const rows = Math.max(classes.labels.length - 1, type === 'classifier' ? 0 : 1);
  return { ...settings, ...classes, ...readVectors(lines, header, rows, fail) };
}

type Fail = (line: number, what: string) => never;

/** The lines before the support vectors. */
interface Header {
  /** How many lines there are. */
  readonly length: number;
  has(key: string): boolean;
  /** The number of a key's line, and the values after the key. @throws if the key is missing */
  entry(key: string): { readonly line: number; readonly values: readonly string[] };
  /** The numbers of a key. @throws if there are not `count`; `why` is the last part of the message before the count */
  numbers(key: string, count: number, why: string): number[];
  /** The only number of a key. @throws if it is not a whole number of at least `least` */
  whole(key: string, least: number): number;
}

function readHeader(lines: readonly string[], fail: Fail): Header {
  const found = new Map<string, { line: number; values: string[] }>();
  let length = 0;
  for (; length < lines.length && !found.has('SV'); length++) {
    const [key, ...values] = tokensOf(lines[length]);
    if (key !== undefined) addHeaderLine(found, length + 1, key, values, fail);
  }
  if (!found.has('SV')) fail(Math.max(lines.length, 1), 'the file ends before SV');
  const entry = (key: string) => found.get(key) ?? fail(length, `no ${key} before SV`);
  const numbers = (key: string, count: number, why: string): number[] => {
    const { line, values } = entry(key);
    if (values.length !== count) fail(line, `${key} has ${values.length} values, but ${why} ${count}`);
    return values.map((value) => readFinite(value) ?? fail(line, `${key} "${value}" is not a number`));
  };
  entry('svm_type');
  return {
    ...{ length, entry, numbers, has: (key) => found.has(key) },
    whole(key, least) {
      const [value] = numbers(key, 1, 'it needs');
      if (!Number.isInteger(value) || value < least)
        fail(entry(key).line, `${key} is ${value}, but has to be a whole number of ${least} or more`);
      return value;
    },
  };
}

function addHeaderLine(
  found: Map<string, { line: number; values: string[] }>,
  line: number,
  key: string,
  values: string[],
  fail: Fail,
): void {
  if (!HEADER.includes(key)) fail(line, `unknown header key "${key}"`);
  const before = found.get(key);
  if (before) fail(line, `${key} is here and in line ${before.line}`);
  found.set(key, { line, values });
  const [value = 'missing'] = values;
  if (key === 'svm_type' && !Object.hasOwn(TYPES, value))
    fail(line, `svm_type is ${value}, but only ${Object.keys(TYPES).join(', ')} are read`);
  if (key === 'kernel_type' && value === 'precomputed')
    fail(line, 'kernel_type is precomputed: the file does not contain the vectors that a prediction needs');
  if (key === 'kernel_type' && !isKernel(value))
    fail(line, `kernel_type is ${value}, but only ${SVM_KERNELS.join(', ')} are read`);
}

/** Reads what the header contains about classes and pairs of classes. */
function readClasses(header: Header, fail: Fail): Pick<Svm, 'labels' | 'counts' | 'rho' | 'probA' | 'probB'> {
  const k = header.whole('nr_class', 1);
  const S = header.whole('total_sv', 0);
  const ofPairs = (key: string) => header.numbers(key, (k * (k - 1)) / 2, `the pairs of ${k} classes are`);
  const rho = ofPairs('rho');
  const labels = header.numbers('label', k, 'nr_class is');
  const again = labels.findIndex((label, i) => labels.indexOf(label) < i);
  if (again >= 0) fail(header.entry('label').line, `label ${labels[again]} is there twice`);
  const counts = header.numbers('nr_sv', k, 'nr_class is');
  const { line } = header.entry('nr_sv');
  const odd = counts.find((count) => !Number.isInteger(count) || count < 0);
  if (odd !== undefined) fail(line, `nr_sv ${odd} is not a whole number of 0 or more`);
  const sum = counts.reduce((a, b) => a + b, 0);
  if (sum !== S) fail(line, `nr_sv adds up to ${sum}, but total_sv is ${S}`);
  if (header.has('probA') !== header.has('probB')) {
    const [one, other] = header.has('probA') ? ['probA', 'probB'] : ['probB', 'probA'];
    fail(header.entry(one).line, `${one} without ${other}`);
  }
  const platt = header.has('probA') && { probA: ofPairs('probA'), probB: ofPairs('probB') };
  return { labels, counts, rho, ...platt };
}

/** Reads the header of a regressor or of a one-class machine, which have one decision value. */
function readSingle(
  header: Header,
  type: 'regressor' | 'one-class',
): Pick<Svm, 'type' | 'labels' | 'counts' | 'rho' | 'sigma'> {
  const one = (key: string) => header.numbers(key, 1, 'it needs');
  return {
    ...{ type, labels: [], counts: [header.whole('total_sv', 0)], rho: one('rho') },
    ...(type === 'regressor' && header.has('probA') ? { sigma: one('probA')[0] } : undefined),
  };
}

/** Reads the support vectors and their coefficients, `count` for each vector. */
function readVectors(
  lines: readonly string[],
  header: Header,
  count: number,
  fail: Fail,
): Pick<Svm, 'features' | 'firstIndex' | 'supportVectors' | 'coefficients'> {
  const S = header.whole('total_sv', 0);
  const found = lines.length - header.length;
  if (found !== S) fail(header.entry('total_sv').line, `total_sv ${S}, but ${found} support vectors follow`);
  const coefficients = new Float64Array(count * S);
  const rows = lines.slice(header.length).map((text, s) => {
    const line = header.length + s + 1;
    const tokens = tokensOf(text);
    const colon = tokens.findIndex((token) => token.includes(':'));
    const found = colon < 0 ? tokens.length : colon;
    if (found !== count) fail(line, `${found} coefficients, but ${count} are needed`);
    for (let j = 0; j < count; j++)
      coefficients[j * S + s] =
        readFinite(tokens[j]) ?? fail(line, `coefficient "${tokens[j]}" is not a number`);
    return sparseRow(tokens.slice(count), readFinite, (what) => fail(line, what));
  });
  const firstIndex = rows.some(({ indices }) => indices[0] === 0) ? 0 : 1;
  return {
    ...{ firstIndex, coefficients, features: Math.max(largestIndex(rows) + 1 - firstIndex, 1) },
    supportVectors: rows.map(({ indices, values }) => ({
      ...{ values, indices: firstIndex ? indices.map((i) => i - 1) : indices },
    })),
  };
}

function isKernel(name: string | undefined): name is SvmKernel {
  return SVM_KERNELS.some((kernel) => kernel === name);
}
