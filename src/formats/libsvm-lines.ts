/** Lines, numbers and `index:value` pairs of LIBSVM's text files. */

import type { SparseVector } from '../svm/svm';

/** One row of a file. `indices` are the features' numbers as in the file, counted from 1, or from 0 in some files. */
export type SparseRow = SparseVector;

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const HEXADECIMAL = /^([+-]?)0x([\da-f]*)\.?([\da-f]*)(?:p([+-]?\d+))?$/i;
const SPECIAL = /^([+-]?)(inf|infinity|nan(?:\(\w*\))?)$/i;
const MOST_INDEX = 2 ** 31 - 1;

/** Reads a number as C's strtod does: decimal, hexadecimal, inf or nan. Returns undefined if it is none of these. */
export function readNumber(token: string): number | undefined {
  if (DECIMAL.test(token)) return Number(token);
  const special = SPECIAL.exec(token);
  if (special) {
    if (/^nan/i.test(special[2])) return Number.NaN;
    return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  const [, sign, whole = '', part = '', power = '0'] = HEXADECIMAL.exec(token) ?? [];
  if (sign === undefined || !(whole + part)) return undefined;
  const digits = Array.from(whole + part).reduce((sum, digit) => 16 * sum + Number.parseInt(digit, 16), 0);
  return (sign === '-' ? -1 : 1) * digits * 2 ** (Number(power) - 4 * part.length);
}

/** Reads a number that is finite as float32. Returns undefined if it is not. */
export function readFinite(token: string): number | undefined {
  const value = readNumber(token);
  return value !== undefined && Number.isFinite(Math.fround(value)) ? value : undefined;
}

/**
 * Reads the `index:value` pairs of one line.
 * @param read reads a value; returns undefined if it is wrong
 * @throws what `fail` throws, which is called with the reason
 */
export function sparseRow(
  pairs: readonly string[],
  read: (token: string) => number | undefined,
  fail: (what: string) => never,
): SparseRow {
  const indices: number[] = [];
  const values: number[] = [];
  let last = -1;
  for (const pair of pairs) {
    const [index, text, more] = pair.split(':');
    const value = text === undefined || more !== undefined ? undefined : read(text);
    if (!/^\d+$/.test(index) || value === undefined) return fail(`"${pair}" is not index:value`);
    const i = Number(index);
    if (i > MOST_INDEX) fail(`index ${i} is not from 0 to ${MOST_INDEX}`);
    if (i <= last) fail(`index ${i} after index ${last}`);
    last = i;
    indices.push(i);
    values.push(value);
  }
  return { indices, values };
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
