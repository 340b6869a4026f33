/** Figures that several experiments use: cells with numbers, and bars. */

import { html, svg } from '../../elements';

/** How many colours groups have. Their numbers are also written, so that nobody needs to see the colours. */
export const COLOURS = 5;

/** A cell with a number. */
export interface NumberCell {
  readonly text: string;
  /** A second, smaller line. Default: none. */
  readonly more?: string;
  /** Classes of machine.css, such as `group-2` or `wrong`. */
  readonly className: string;
}

/** Cells in rows of 16, or of 8 on a narrow screen. @param label what a screen reader says in place of the cells */
export const cellsOf = (label: string, cells: readonly NumberCell[]): HTMLElement =>
  html(
    'div',
    { class: 'cells', role: 'img', 'aria-label': label },
    ...cells.map(({ text, more, className }) =>
      html('span', { class: className }, text, ...(more === undefined ? [] : [html('small', {}, more)])),
    ),
  );

/** A bar. */
export interface Bar {
  readonly label: string;
  /** Its length, from 0 to 1. */
  readonly share: number;
  /** The number at its end. */
  readonly value: string;
  /** Whether it is drawn as a wrong result. */
  readonly isWrong?: boolean;
}

/** A table with a bar in each row. */
export function barsOf(label: string, head: readonly [string, string], bars: readonly Bar[]): HTMLElement {
  const rows = bars.map(({ label: name, share, value, isWrong }) =>
    html(
      'tr',
      { class: isWrong && 'wrong' },
      html('th', { scope: 'row' }, name),
      html('td', { class: 'bar' }, barOf(share)),
      html('td', { class: 'number' }, value),
    ),
  );
  const titles = [head[0], '', head[1]].map((title) => html('th', { scope: 'col' }, title));
  return html(
    'table',
    { class: 'bars', 'aria-label': label },
    html('thead', {}, html('tr', {}, ...titles)),
    html('tbody', {}, ...rows),
  );
}

const barOf = (share: number): SVGSVGElement =>
  svg(
    'svg',
    { viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': true },
    svg('rect', { class: 'whole', width: 100, height: 10 }),
    svg('rect', { class: 'part', width: 100 * Math.min(1, Math.max(0, share)), height: 10 }),
  );

/** A whole number, with a comma after each three digits. */
export const whole = (value: number): string => value.toLocaleString('en');

/** A number with three digits, such as 0.123, 12.3 or 1,230. */
export const short = (value: number): string =>
  Number(value.toPrecision(3)).toLocaleString('en', { maximumSignificantDigits: 3 });

/** How two times compare, as the end of a sentence: the first is `... as long as` the second. */
export function comparedWith(ms: number, other: number): string {
  const ratio = ms / other;
  if (!(ratio > 0 && Number.isFinite(ratio))) return 'too short a time to compare with';
  if (Math.abs(Math.log(ratio)) < CLOSE) return 'about as long as';
  return `${short(ratio)} times as long as`;
}

/** Logarithm of the ratio below which two measured times count as equal: 10 %. */
export const CLOSE = Math.log(1.1);
