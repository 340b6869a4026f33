/** Lines, numbers and `index:value` pairs of LIBSVM's text files. */

import { MOST_VALUES } from '../svm/widen';

/** One row of a data file: `values[n]` is feature `indices[n]`, counted from 1, ascending; the others are 0. */
export interface SparseRow {
  readonly indices: readonly number[];
  readonly values: readonly number[];
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const MOST_INDEX = 2 ** 31 - 1;

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

/** False, too, for what float32 cannot hold, and for nan, inf and hexadecimal, which C's strtod would take. */
export function isNumber(token: string): boolean {
  return NUMBER.test(token) && Number.isFinite(Math.fround(Number(token)));
}

export function largestIndex(rows: readonly SparseRow[]): number {
  return rows.reduce((most, { indices }) => Math.max(most, indices.at(-1) ?? 0), 0);
}

/** The lines of a text, without the empty ones at its end. */
export function linesOf(text: string): string[] {
  const lines = text.trimEnd().split(/\r?\n/);
  return lines.length === 1 && lines[0] === '' ? [] : lines;
}

export function tokensOf(line: string): string[] {
  return line.trim() === '' ? [] : line.trim().split(/\s+/);
}
