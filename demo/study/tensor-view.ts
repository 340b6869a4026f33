/** A tensor as a drawing: a cell for each element, in planes of rows and columns. */

import type { Arrangement, Place } from '../../study/trace/arrange';
import type { TracedVariable } from '../../study/trace/trace';
import { html, svg } from '../elements';

/** Which elements are marked, by their indices. */
export interface Marks {
  /** Read or written by other invocations of the workgroup. */
  readonly byOthers: readonly number[];
  readonly read: readonly number[];
  readonly written: readonly number[];
  /** The access of the chosen step. */
  readonly current?: number;
}

/** The drawing of a tensor. */
export interface TensorView {
  readonly element: HTMLElement;
  show(marks: Marks): void;
}

/** Side of a cell, and the gap between planes, in units of the drawing. */
const CELL = 14;
const GAP = 10;
/** At most so many planes, rows and columns are drawn. */
const MOST = { planes: 8, rows: 24, columns: 40 } as const;
/** In a drawing with at most so many cells, the shade of a cell is its value. */
const MOST_SHADED = 1500;

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The part of a tensor that is drawn. */
interface Part {
  readonly planes: Range;
  readonly rows: Range;
  readonly columns: Range;
  /** Width and height of a plane in units of the drawing. */
  readonly width: number;
  readonly height: number;
}

/** A range of at most `most` that begins where something is used. */
function rangeOf(used: readonly number[], count: number, most: number): Range {
  if (count <= most) return { from: 0, to: count };
  const first = used.length ? used.reduce((a, b) => Math.min(a, b)) : 0;
  const from = Math.max(0, Math.min(first - 1, count - most));
  return { from, to: from + most };
}

/** The part of a tensor that contains what is used, as far as possible. */
function partOf({ planes, rows, columns }: Arrangement, used: readonly Place[]): Part {
  const range = {
    planes: rangeOf(
      used.map(({ plane }) => plane),
      planes,
      MOST.planes,
    ),
    rows: rangeOf(
      used.map(({ row }) => row),
      rows,
      MOST.rows,
    ),
    columns: rangeOf(
      used.map(({ column }) => column),
      columns,
      MOST.columns,
    ),
  };
  const length = ({ from, to }: Range) => to - from;
  return { ...range, width: length(range.columns) * CELL, height: length(range.rows) * CELL };
}

/** The corner of an element's cell; undefined if it is not in the part that is drawn. */
function cornerOf(part: Part, place: Place | undefined): readonly [x: number, y: number] | undefined {
  const isIn = (value: number, { from, to }: Range) => value >= from && value < to;
  if (!place || !isIn(place.plane, part.planes)) return undefined;
  if (!isIn(place.row, part.rows) || !isIn(place.column, part.columns)) return undefined;
  const x = (place.plane - part.planes.from) * (part.width + GAP) + (place.column - part.columns.from) * CELL;
  return [x, (place.row - part.rows.from) * CELL];
}

/** The place that is drawn at a point. */
function placeAt(part: Part, x: number, y: number): Place | undefined {
  const plane = Math.floor(x / (part.width + GAP));
  const column = Math.floor((x - plane * (part.width + GAP)) / CELL) + part.columns.from;
  const isOutside = x < 0 || y < 0 || y >= part.height || column >= part.columns.to;
  if (isOutside || plane + part.planes.from >= part.planes.to) return undefined;
  return { plane: plane + part.planes.from, row: Math.floor(y / CELL) + part.rows.from, column };
}

/** The shade of an element, between 0 and 1: its value, if the tensor is small and its numbers are known. */
function shadesOf({ data, numbers, length }: TracedVariable): (index: number) => number {
  if (!data || length > MOST_SHADED) return () => 0.12;
  let most = 0;
  for (const value of data.subarray(0, length * numbers))
    if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  return (index) => 0.06 + 0.5 * Math.min(1, Math.abs(data[index * numbers] || 0) / (most || 1));
}

const number = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 1e6 ? String(value) : String(Number(value.toPrecision(3)));

/** The numbers of an element, such as `0.5` or `(0.5, 0, 1, 0.25)`; empty if they are not known. */
export function numbersOf({ data, numbers }: TracedVariable, index: number): string {
  if (!data) return '';
  const values = [...data.subarray(index * numbers, (index + 1) * numbers)].map(number);
  return numbers === 1 ? values[0] : `(${values.slice(0, 4).join(', ')}${numbers > 4 ? ', …' : ''})`;
}

/** The shape of a variable in words, such as `(H 4, W 5) of vec4f`. */
function shapeOf(
  { type, space, length }: TracedVariable,
  { dimensions, planes, rows, columns }: Arrangement,
): string {
  const named = dimensions.map(([name, count]) => (/^\d/.test(name) ? String(count) : `${name} ${count}`));
  const where = space === 'workgroup' ? ', in workgroup memory' : '';
  const drawn = planes > 1 ? `; ${planes} grids of ${rows} × ${columns}` : '';
  return `${named.length ? `(${named.join(', ')})` : length} of ${type}${where}${drawn}`;
}

/**
 * Creates the drawing of a variable.
 * @param choose is called with an element that the reader points at or taps
 */
export function createTensorView(
  variable: TracedVariable,
  arrangement: Arrangement,
  choose: (index: number) => void,
): TensorView {
  const picture = svg('svg', { role: 'img', class: 'tensor' });
  const note = html('span', { class: 'hint' });
  const title = html('h4', {}, html('code', {}, variable.name), ' ', note);
  const shade = shadesOf(variable);
  const indices = Array.from({ length: Math.min(variable.length, 2 ** 16) }, (_, index) => index);
  let part = partOf(arrangement, []);

  const path = (marked: readonly number[], kind: string, opacity?: number): SVGElement => {
    let d = '';
    for (const index of new Set(marked)) {
      const corner = cornerOf(part, arrangement.place(index));
      if (corner) d += `M${corner[0] + 1} ${corner[1] + 1}h${CELL - 2}v${CELL - 2}h${2 - CELL}z`;
    }
    return svg('path', { class: kind, d, 'fill-opacity': opacity });
  };
  picture.onpointermove = picture.onclick = (event) => {
    const box = picture.getBoundingClientRect();
    const scale = picture.viewBox.baseVal.width / box.width;
    const place = placeAt(
      part,
      (event.clientX - box.left) * scale - 2,
      (event.clientY - box.top) * scale - 2,
    );
    const index = place && arrangement.index(place);
    if (index !== undefined && index < variable.length) choose(index);
  };
  const element = html('div', { class: 'operand' }, title, picture);
  return {
    element,
    show({ byOthers, read, written, current }) {
      const used = [...read, ...written, ...(read.length + written.length ? [] : byOthers)];
      part = partOf(
        arrangement,
        used.flatMap((index) => arrangement.place(index) ?? []),
      );
      const count = part.planes.to - part.planes.from;
      const width = count * (part.width + GAP) - GAP + 4;
      picture.setAttribute('viewBox', `-2 -2 ${width} ${part.height + 4}`);
      element.style.width = `max(14rem, ${(width * 1.15).toFixed()}px)`;
      picture.style.width = `min(100%, ${(width * 1.15).toFixed()}px)`;
      const text = `of ${variable.length} elements, this invocation reads ${new Set(read).size} and writes ${new Set(written).size}`;
      picture.setAttribute('aria-label', `${variable.name}: ${text}`);
      const { planes, rows, columns } = arrangement;
      const isPart = count < planes || part.rows.to - part.rows.from < rows;
      const isCut = isPart || part.columns.to - part.columns.from < columns;
      note.textContent = `${shapeOf(variable, arrangement)}${isCut ? '; a part is drawn' : ''}`;
      const cells =
        variable.length <= MOST_SHADED
          ? indices.map((index) => path([index], 'cell', shade(index)))
          : [path(indices, 'cell', 0.12)];
      picture.replaceChildren(
        ...cells,
        path(byOthers, 'by-others'),
        path(read, 'read'),
        path(written, 'written'),
        path(current === undefined ? [] : [current], 'current'),
      );
    },
  };
}
