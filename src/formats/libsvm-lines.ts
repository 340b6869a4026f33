/** Lines, numbers and `index:value` pairs of LIBSVM's text files. */

import { MOST_VALUES } from '../svm/widen';

/** One row of a data file. Features that it does not contain are 0. */
export interface SparseRow {
  /** The features' numbers, counted from 1, ascending. */
  readonly indices: readonly number[];
  /** The value of each feature in `indices`. */
  readonly values: readonly number[];
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const MOST_INDEX = 2 ** 31 - 1;

/**
 * Converts sparse rows to one dense matrix (rows,K), row-major. If data have more features than the model, use the
 * larger K of both, and `widen` the model to it: this is what LIBSVM computes, with every kernel.
 *
 * @param features  K, at least the largest index in `rows`
 * @throws Error  if a row has an index greater than `features`, or if the matrix would have more than 2^28 values
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

/** Reads the `index:value` pairs of one line. @throws what `fail` throws, which is called with the reason */
export function sparseRow(pairs: readonly string[], fail: (what: string) => never): SparseRow {
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

/**
 * Whether a text is a decimal number that is finite as float32. Returns false for nan, inf and hexadecimal numbers,
 * which C's strtod accepts.
 */
export function isNumber(token: string): boolean {
  return NUMBER.test(token) && Number.isFinite(Math.fround(Number(token)));
}

/** The largest index in all rows; 0 if there is none. */
export function largestIndex(rows: readonly SparseRow[]): number {
  return rows.reduce((most, { indices }) => Math.max(most, indices.at(-1) ?? 0), 0);
}

/** Splits a text into lines, without the empty lines at its end. */
export function linesOf(text: string): string[] {
  const lines = text.trimEnd().split(/\r?\n/);
  return lines.length === 1 && lines[0] === '' ? [] : lines;
}

/** Splits a line at white space. */
export function tokensOf(line: string): string[] {
  return line.trim() === '' ? [] : line.trim().split(/\s+/);
}
