/** Arranges the elements of a tensor in planes, rows and columns, to draw them. */

import { channels4 } from '../../shaders/plan/plan';
import type { Header } from '../header';

/** Where an element is drawn. */
export interface Place {
  readonly plane: number;
  readonly row: number;
  readonly column: number;
}

/** How a tensor is drawn. */
export interface Arrangement {
  /** Names and lengths of the dimensions in elements, the outermost first; empty if they are not known. */
  readonly dimensions: readonly (readonly [name: string, length: number])[];
  readonly planes: number;
  readonly rows: number;
  readonly columns: number;
  /** Where an element is drawn; undefined if there is no such element. */
  place(index: number): Place | undefined;
  /** The element at a place; undefined if there is none. */
  index(place: Place): number | undefined;
}

/** The longest row of a tensor of one dimension. */
const LONGEST_ROW = 32;

/** Pairs of dimensions that are a picture's rows and columns. */
const HEIGHTS = /^(?:H|HO|KH|PH|TILES_H|height|HO\/2)$/;
const WIDTHS = /^(?:W|WO|KW|PW|TILES_W|width|WO\/2|3)$/;

/** The value of a name in a header, such as `O8` (O, padded to a multiple of 8) or `36`; undefined if it is not known. */
function lengthOf(name: string, constants: Readonly<Record<string, number>>): number | undefined {
  if (/^\d/.test(name)) return Number.parseInt(name, 10);
  if (name in constants) return constants[name];
  const padded = name.match(/^([A-Z]+)(4|8|16)$/);
  if (!padded || !(padded[1] in constants)) return undefined;
  const [, base, multiple] = padded;
  return multiple === '4'
    ? channels4(constants[base])
    : Math.ceil(constants[base] / Number(multiple)) * Number(multiple);
}

/** The value of a dimension, such as `I/GROUPS` or `CLASSES-1`, from the left to the right, rounded up. */
function evaluate(dimension: string, constants: Readonly<Record<string, number>>): number | undefined {
  const [first, ...rest] = dimension.split(/\s*([-+*/])\s*/);
  let value = lengthOf(first, constants);
  for (let at = 0; at < rest.length && value !== undefined; at += 2) {
    const operand = lengthOf(rest[at + 1], constants);
    if (operand === undefined) return undefined;
    if (rest[at] === '+') value += operand;
    else if (rest[at] === '-') value -= operand;
    else if (rest[at] === '*') value *= operand;
    else value = Math.ceil(value / operand);
  }
  return value;
}

/** The lengths of all dimensions in elements, if they fit the buffer. One unknown length follows from the others. */
function lengthsOf(
  dimensions: readonly string[],
  constants: Readonly<Record<string, number>>,
  { length, numbers }: { readonly length: number; readonly numbers: number },
): number[] | undefined {
  const values = dimensions.map((dimension) => evaluate(dimension, constants));
  const fits = (lengths: readonly number[]) => {
    const all = lengths.reduce((product, each) => product * each, 1);
    return lengths.every((each) => Number.isInteger(each) && each > 0) && all === length;
  };
  const solve = (known: readonly (number | undefined)[]): number[] | undefined => {
    const unknown = known.filter((each) => each === undefined).length;
    if (unknown > 1) return undefined;
    const rest = known.reduce((product: number, each) => product * (each ?? 1), 1);
    const lengths = known.map((each) => each ?? length / rest);
    return fits(lengths) ? lengths : undefined;
  };
  const last = values.at(-1);
  // Headers count numbers, so the last dimension of vec4fs has a quarter of its length.
  const inVectors =
    numbers > 1 && last !== undefined && last % numbers === 0
      ? [...values.slice(0, -1), last / numbers]
      : undefined;
  return solve(values) ?? (inVectors && solve(inVectors));
}

/** The tensor as its planes of rows and columns: the strides of a plane, a row and a column, and the counts. */
function split(lengths: readonly number[], names: readonly string[]): { at: number; width: number } {
  const height = names.findIndex(
    (name, at) => HEIGHTS.test(name) && at + 1 < names.length && WIDTHS.test(names[at + 1]),
  );
  if (height >= 0 && lengths[height] * lengths[height + 1] > 1) return { at: height, width: height + 1 };
  const long = lengths.map((length, at) => ({ length, at })).filter(({ length }) => length > 1);
  const width = long.at(-1)?.at ?? lengths.length - 1;
  return { at: long.at(-2)?.at ?? -1, width };
}

function arrangeLengths(lengths: readonly number[], names: readonly string[]): Arrangement {
  const strides = lengths.map((_, at) => lengths.slice(at + 1).reduce((product, each) => product * each, 1));
  const { at: row, width } = split(lengths, names);
  const others = lengths.map((_, at) => at).filter((at) => at !== row && at !== width);
  const planes = others.reduce((product, at) => product * lengths[at], 1);
  const count = lengths.reduce((product, each) => product * each, 1);
  const coordinate = (index: number, at: number) => Math.floor(index / strides[at]) % lengths[at];
  return {
    dimensions: lengths.map((length, at) => [names[at], length]),
    ...{ planes, rows: row < 0 ? 1 : lengths[row], columns: lengths[width] },
    place: (index) =>
      index < 0 || index >= count
        ? undefined
        : {
            plane: others.reduce((plane, at) => plane * lengths[at] + coordinate(index, at), 0),
            row: row < 0 ? 0 : coordinate(index, row),
            column: coordinate(index, width),
          },
    index(place) {
      let plane = place.plane;
      let index = place.column * strides[width] + (row < 0 ? 0 : place.row * strides[row]);
      for (const at of others.toReversed()) {
        index += (plane % lengths[at]) * strides[at];
        plane = Math.floor(plane / lengths[at]);
      }
      return index;
    },
  };
}

/** A tensor whose dimensions are not known, or that has only one: rows that are as long as the page is wide. */
function arrangeFlat(length: number, dimensions: Arrangement['dimensions']): Arrangement {
  const columns = Math.max(1, Math.min(length, LONGEST_ROW));
  return {
    ...{ dimensions, planes: 1, rows: Math.max(1, Math.ceil(length / columns)), columns },
    place: (index) =>
      index < 0 || index >= length
        ? undefined
        : { plane: 0, row: Math.floor(index / columns), column: index % columns },
    index: ({ row, column }) => (row * columns + column < length ? row * columns + column : undefined),
  };
}

/**
 * Arranges a variable as its kernel's header describes it: rows and columns of a picture if it has them, else its last
 * two dimensions that are longer than 1.
 * @param constants the values of the pass's overrides, and of the constants in its text
 */
export function arrange(
  variable: { readonly name: string; readonly length: number; readonly numbers: number },
  { operands }: Pick<Header, 'operands'>,
  constants: Readonly<Record<string, number>>,
): Arrangement {
  const described = operands.find(({ names }) => names.includes(variable.name));
  if (!described) return arrangeFlat(variable.length, []);
  const isPicture = variable.name === 'picture';
  const names = isPicture ? described.dimensions.toReversed() : described.dimensions;
  const lengths = lengthsOf(names, constants, variable);
  if (!lengths) return arrangeFlat(variable.length, []);
  const long = lengths.filter((length) => length > 1);
  if (long.length < 2)
    return arrangeFlat(
      lengths.reduce((product, each) => product * each, 1),
      lengths.map((length, at) => [names[at], length]),
    );
  return arrangeLengths(lengths, names);
}
