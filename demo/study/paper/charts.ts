/** Figures of the stages: bars, lists of kernels, and captions. */

import { html, svg } from '../../elements';
import type { Ran } from './kernels';
import { rangeOf } from './paint';

/** A number with about three digits. */
export const short = (value: number): string =>
  Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));

/** A share as a percentage. */
export const percent = (share: number): string =>
  share > 0 && share < 5e-4 ? '< 0.1 %' : `${(100 * share).toFixed(1)} %`;

/** Milliseconds as text. */
export const time = (ms: number | undefined): string =>
  ms === undefined ? 'not measured' : ms < 1 ? `${short(1000 * ms)} µs` : `${short(ms)} ms`;

/** Draws a vector as vertical bars. */
export function barsOf(values: Float32Array, label: string): SVGSVGElement {
  const [width, height] = [640, 110];
  const [low, high] = rangeOf(values);
  const [bottom, top] = [Math.min(low, 0), Math.max(high, 0)];
  const y = (value: number) => 4 + ((top - value) / (top - bottom || 1)) * (height - 8);
  const step = width / values.length;
  const bars = Array.from(values, (value, i) =>
    svg(
      'rect',
      {
        ...{ class: value < 0 ? 'negative' : 'positive', x: i * step, width: Math.max(step - 2, step * 0.7) },
        ...{ y: Math.min(y(value), y(0)), height: Math.abs(y(value) - y(0)) },
      },
      svg('title', {}, `number ${i}: ${short(value)}`),
    ),
  );
  const text = `${label}: ${values.length} bars from ${short(low)} to ${short(high)}`;
  return svg(
    'svg',
    {
      ...{ class: 'vector', viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none' },
      ...{ role: 'img', 'aria-label': text },
    },
    ...bars,
    svg('line', { class: 'axis', x1: 0, x2: width, y1: y(0), y2: y(0) }),
  );
}

/** A row of a list of bars. */
export interface BarRow {
  /** The name before the bar. */
  readonly name: string;
  /** The number. Below 0, the bar is on the left of the middle. */
  readonly value: number;
  /** The number as text. */
  readonly text: string;
  /** Whether the row is highlighted. */
  readonly isMarked?: boolean;
}

/** Lists numbers with horizontal bars. If one is below 0, the bars start in the middle. */
export function barList(rows: readonly BarRow[], testid: string, most?: number): HTMLUListElement {
  const isSigned = rows.some(({ value }) => value < 0);
  const full = most ?? Math.max(...rows.map(({ value }) => Math.abs(value)), 1e-9);
  return html(
    'ul',
    { class: isSigned ? 'bar-list two-sided' : 'bar-list', 'data-testid': testid },
    ...rows.map(({ name, value, text, isMarked }) => {
      const fill = html('i', { class: value < 0 ? 'negative' : 'positive' });
      fill.style.width = `${((isSigned ? 50 : 100) * Math.abs(value)) / full}%`;
      return html(
        'li',
        { class: isMarked ? 'marked' : undefined },
        html('span', { class: 'bar-name' }, name),
        html('span', { class: 'bar-track', 'aria-hidden': 'true' }, fill),
        html('span', { class: 'bar-value' }, text),
      );
    }),
  );
}

/** Says which kernels computed a stage, with links and times. */
export function kernelsOf(...ran: readonly (Ran | undefined)[]): HTMLElement {
  const items = ran
    .filter((each) => each !== undefined)
    .map(({ kernel, what, variant, ms }) =>
      html(
        'li',
        {},
        html('a', { href: `./kernel.html#${kernel}` }, kernel),
        ` ${what}${variant ? `, variant ${variant}` : ''}: `,
        html('span', { class: 'time' }, time(ms)),
      ),
    );
  return html('ul', { class: 'ran', 'aria-label': 'Kernels of this stage' }, ...items);
}

/** Puts content in a figure with a caption. */
export const figure = (caption: string, ...content: readonly Node[]): HTMLElement =>
  html('figure', {}, ...content, html('figcaption', {}, caption));

/** Puts figures beside each other, as many as fit. `least` is the least width of one in rem. */
export function beside(least: number, ...content: readonly Node[]): HTMLElement {
  const box = html('div', { class: 'beside' }, ...content);
  box.style.setProperty('--least', `${least}rem`);
  return box;
}

/** A paragraph. */
export const paragraph = (...content: readonly (Node | string)[]): HTMLParagraphElement =>
  html('p', {}, ...content);
