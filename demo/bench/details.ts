/** The details of a row: its samples, and the WGSL and the constants that were measured. */

import type { Item } from '../../bench/suite/item';
import { marksOf, type Row, text } from '../../bench/suite/report';
import { html, svg } from '../elements';

/** Shows a row. @param item what was measured; undefined for a report that was opened */
export function showDetails(dialog: HTMLDialogElement, row: Row, item: Item | undefined): void {
  const { title, unit, value, q1, q3, low, high, samples, count, flop, bytes } = row;
  const close = html('button', { class: 'button', type: 'button' }, 'Close');
  close.addEventListener('click', () => dialog.close());
  const facts = [
    `median ${text(value)} ${unit}`,
    `middle half ${text(q1)} – ${text(q3)}`,
    `95 % interval ${text(low)} – ${text(high)}`,
    `${count} samples`,
    ...(flop && bytes ? [`${text(flop / 1e6)} million operations and ${text(bytes / 1e6)} MB a run`] : []),
    ...(row.drift
      ? [`the reference kernel after it was ${(100 * row.drift).toFixed(1)} % slower than at its best`]
      : []),
    ...marksOf(row),
  ];
  const constants = Object.entries(item?.constants ?? {}).map(([name, v]) => `${name} = ${v}`);
  dialog.replaceChildren(
    html('header', {}, html('h2', { id: 'details-title' }, title), close),
    html('p', {}, facts.join('; ')),
    ...(samples.length ? [dots(row)] : []),
    ...(constants.length ? [html('p', {}, html('code', {}, constants.join(', ')))] : []),
    ...(item?.wgsl ?? []).flatMap(({ name, code }) => [
      html('h3', {}, name),
      html('pre', { tabindex: 0 }, code),
    ]),
    ...(item
      ? []
      : [html('p', { class: 'hint' }, 'The WGSL is shown for rows that were measured in this page.')]),
  );
  dialog.showModal();
}

/** The samples in the order of measuring, and the median as a line. */
function dots({ samples, value }: Row): SVGSVGElement {
  const low = samples.reduce((a, b) => Math.min(a, b));
  const high = samples.reduce((a, b) => Math.max(a, b));
  const y = (v: number) => 56 - (48 * (v - low)) / Math.max(high - low, 1e-9);
  const x = (at: number) => 8 + (784 * (at + 0.5)) / samples.length;
  return svg(
    'svg',
    {
      class: 'samples',
      viewBox: '0 0 800 64',
      role: 'img',
      'aria-label': `samples from ${text(low)} to ${text(high)}`,
    },
    svg('line', { x1: 8, x2: 792, y1: y(value), y2: y(value) }),
    ...samples.map((sample, at) => svg('circle', { class: 'sample', cx: x(at), cy: y(sample), r: 3 })),
  );
}
