/** The tables of a report and of a comparison. */

import type { Comparison } from '../../bench/suite/compare';
import {
  type EngineRow,
  type Engines,
  GROUPS,
  type Group,
  marksOf,
  missingOf,
  type Report,
  type Row,
  text,
} from '../../bench/suite/report';
import { ceilingsOf, shareOf } from '../../bench/suite/roofline';
import { html, svg } from '../elements';

const TITLES: Readonly<Record<Group, string>> = {
  ceilings: 'Ceilings',
  kernels: 'Kernels',
  workloads: 'Workloads',
};

/** The tables of a report, one for each group. @param open is called with a chosen row */
export function tablesOf(report: Report, open: (row: Row) => void): HTMLElement[] {
  const roof = ceilingsOf(report);
  const groups = GROUPS.filter((group) => report.rows.some((row) => row.group === group));
  const tables = groups.map((group) => {
    const rows = report.rows.filter((row) => row.group === group);
    const isKernels = group === 'kernels';
    const head = ['', 'Median', 'Middle half', ...(isKernels ? ['Of the ceiling'] : []), ''];
    const body = rows.map((row) => {
      const choose = html('button', { type: 'button' }, row.title);
      choose.addEventListener('click', () => open(row));
      const share = shareOf(row, roof);
      return html(
        'tr',
        {},
        html('td', {}, choose),
        html('td', { class: 'number' }, `${text(row.value)} ${row.unit}`),
        html('td', { class: 'wide' }, spreadOf(row), ` ${text(row.q1)} – ${text(row.q3)}`),
        ...(isKernels
          ? [html('td', { class: 'number' }, share === undefined ? '–' : `${Math.round(100 * share)} %`)]
          : []),
        html('td', {}, ...notesOf(row)),
      );
    });
    return panel(TITLES[group], table(head, body));
  });
  const { failed, unable } = missingOf(report);
  if (failed.length) {
    const body = failed.map(({ title, why }) =>
      html('tr', {}, html('td', {}, title), html('td', {}, html('span', { class: 'warn' }, why))),
    );
    tables.unshift(panel('Failed', table(['', 'Why it does not count'], body)));
  }
  if (unable.length) {
    const body = unable.map(({ title, why }) => html('tr', {}, html('td', {}, title), html('td', {}, why)));
    tables.push(
      html(
        'details',
        { class: 'panel' },
        html('summary', {}, `Not measured: ${unable.length} rows`),
        table(['', 'Why'], body),
      ),
    );
  }
  return tables;
}

const panel = (title: string, content: HTMLElement): HTMLElement =>
  html('section', { class: 'panel', 'aria-label': title }, html('h2', {}, title), content);

/** Classes of columns by their titles. */
const CLASSES: Readonly<Record<string, string>> = {
  Median: 'number',
  'Middle half': 'wide',
  '95 % interval': 'wide',
  'Of Mien’s time': 'number',
  'Create and first run': 'number wide',
};

function table(head: readonly string[], body: readonly HTMLElement[]): HTMLElement {
  const cells = head.map((name) => html('th', { scope: 'col', class: CLASSES[name] }, name));
  return html(
    'div',
    { class: 'scroll' },
    html('table', {}, html('thead', {}, html('tr', {}, ...cells)), html('tbody', {}, ...body)),
  );
}

function notesOf(row: Row): (Node | string)[] {
  const more = Object.entries(row.more ?? {}).map(([name, value]) => `${name} ${text(value)}`);
  const marks = marksOf(row);
  return [
    more.join(', '),
    ...(marks.length ? [html('span', { class: 'warn' }, ` ${marks.join(', ')}`)] : []),
  ];
}

/** The quartiles as a bar, the 95 % interval as a line and the median as a point, within a quarter of the median. */
function spreadOf({ value, q1, q3, low, high }: Row): SVGSVGElement {
  const at = (v: number) => 50 + Math.max(-48, Math.min(48, (v / value - 1) * 200));
  return svg(
    'svg',
    { class: 'spread', viewBox: '0 0 100 14', 'aria-hidden': true, preserveAspectRatio: 'none' },
    svg('rect', { x: at(q1), y: 3, width: Math.max(1, at(q3) - at(q1)), height: 8 }),
    svg('line', { x1: at(low), x2: at(high), y1: 7, y2: 7 }),
    svg('circle', { cx: at(value), cy: 7, r: 3 }),
  );
}

/** The table of a comparison. */
export function comparisonTable({ differences, onlyBefore, onlyAfter }: Comparison): HTMLElement {
  const body = differences.map(({ title, unit, before, after, ratio, low, high, isCertain }) =>
    html(
      'tr',
      {},
      html('td', {}, title),
      html('td', { class: 'number' }, `${text(before.value)} ${unit}`),
      html('td', { class: 'number' }, `${text(after.value)} ${unit}`),
      html(
        'td',
        { class: isCertain ? (ratio > 1 ? 'number better' : 'number worse') : 'number' },
        `× ${ratio.toFixed(2)}`,
      ),
      html('td', { class: 'wide' }, `${low.toFixed(2)} – ${high.toFixed(2)}`),
    ),
  );
  const rest = [...onlyBefore, ...onlyAfter].length;
  return html(
    'div',
    {},
    table(['', 'The other', 'This', 'Ratio', '95 % interval'], body),
    html('p', { class: 'hint' }, rest ? `${rest} rows are in only one of the reports.` : ''),
  );
}

/** The table of a comparison with other engines, in a group for each model and batch. */
export function enginesTable({ rows, missing }: Engines): HTMLElement {
  const groups = [...new Set(rows.map(({ model, batch }) => `${model}, batch ${batch}`))];
  const body = groups.flatMap((group) => [
    html('tr', {}, html('th', { scope: 'rowgroup', colspan: 5, class: 'group' }, group)),
    ...rows.filter(({ model, batch }) => `${model}, batch ${batch}` === group).map(engineRow),
  ]);
  const head = ['Engine', 'Median', 'Of Mien’s time', '95 % interval', 'Create and first run'];
  const absent = new Set(missing.map(({ engine, model, why }) => `${engine}, ${model}: ${why}`));
  return html(
    'div',
    {},
    table(head, body),
    ...(absent.size
      ? [html('ul', { class: 'hint absent' }, ...[...absent].map((line) => html('li', {}, line)))]
      : []),
  );
}

const engineRow = ({ engine, create, first, ms, ratio }: EngineRow): HTMLElement =>
  html(
    'tr',
    {},
    html('td', {}, engine),
    html('td', { class: 'number' }, `${text(ms.value)} ms`),
    html('td', { class: 'number' }, `× ${text(ratio.value)}`),
    html('td', { class: 'wide' }, `${text(ratio.low)} – ${text(ratio.high)}`),
    html('td', { class: 'number wide' }, `${text(create + first)} ms`),
  );
