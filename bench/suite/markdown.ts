/** A report and a comparison as Markdown. */

import type { Comparison } from './compare';
import {
  type Engines,
  GROUPS,
  type Missing,
  marksOf,
  missingOf,
  type Report,
  type Row,
  text,
} from './report';
import { ceilingsOf, shareOf } from './roofline';
import { scoreOf } from './score';

const NAMES = { ceilings: 'Ceilings', kernels: 'Kernels', workloads: 'Workloads' } as const;

const cell = (value: string): string => value.replaceAll('|', '\\|');
const line = (...cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

/** What the report is of, in one line. */
export const headline = ({ adapter, browser, os, mien, date, profile }: Report): string =>
  `${adapter.name}${adapter.isFallbackAdapter ? ' (fallback adapter)' : ''}, ${browser}, ${os}; Mien ${mien.version} (${mien.commit}), ${date.slice(0, 10)}, profile ${profile}`;

/** A report as Markdown. */
export function markdownOf(report: Report): string {
  const { value, parts } = scoreOf(report);
  const ceiling = ceilingsOf(report);
  const tables = GROUPS.flatMap((group) => {
    const rows = report.rows.filter((row) => row.group === group);
    if (!rows.length) return [];
    const isKernels = group === 'kernels';
    return [
      `### ${NAMES[group]}`,
      '',
      line('', 'median', 'unit', 'middle half', ...(isKernels ? ['GB/s', 'of the ceiling'] : []), ''),
      `|---|---:|---|---|${isKernels ? '---:|---:|' : ''}---|`,
      ...rows.map((row) =>
        line(
          row.title,
          text(row.value),
          row.unit,
          `${text(row.q1)} – ${text(row.q3)}`,
          ...(isKernels ? kernelCells(row, ceiling) : []),
          [...Object.entries(row.more ?? {}).map(([name, v]) => `${name} ${text(v)}`), ...marksOf(row)].join(
            ', ',
          ),
        ),
      ),
      '',
    ];
  });
  const score =
    value === undefined
      ? 'no score, because parts are missing'
      : `score **${text(value)}** (${parts.map(({ title, ratio }) => `${title} ${ratio!.toFixed(2)} x`).join(', ')})`;
  return [
    `## ${headline(report)}`,
    '',
    score,
    '',
    ...tables,
    ...(report.engines ? enginesOf(report.engines) : []),
    ...absentOf(report),
    ...report.notes.map((note) => `- ${note}`),
  ].join('\n');
}

/** The other engines. */
function enginesOf({ rows, missing }: Engines): string[] {
  return [
    '### Other engines',
    '',
    line(
      '',
      'engine',
      'batch',
      'create ms',
      'first run ms',
      'median ms',
      "of Mien's time",
      '95 % interval',
      '',
    ),
    '|---|---|---:|---:|---:|---:|---:|---|---|',
    ...rows.map(({ model, engine, batch, create, first, ms, ratio, kernels }) =>
      line(
        ...[model, engine, String(batch), text(create), text(first), text(ms.value), ratio.value.toFixed(2)],
        `${ratio.low.toFixed(2)} – ${ratio.high.toFixed(2)}`,
        kernels ? `kernels alone ${text(kernels)} ms` : '',
      ),
    ),
    '',
    ...new Set(missing.map(({ engine, model, why }) => `- ${engine}, ${model}: ${why}`)),
    '',
  ];
}

/** What failed, and what was not measured, folded, by reason. */
function absentOf(report: Report): string[] {
  const { failed, unable } = missingOf(report);
  const failures = failed.map(({ title, why }) => `- ${title}: ${why}`);
  const reasons = [...new Set(unable.map(({ why }) => why))];
  return [
    ...(failures.length ? ['### Failed', '', ...failures, ''] : []),
    ...(reasons.length ? folded(unable, reasons) : []),
  ];
}

function folded(unable: readonly Missing[], reasons: readonly string[]): string[] {
  return [
    '<details><summary>Not measured</summary>',
    '',
    ...reasons.map((why) => {
      const titles = unable.filter((each) => each.why === why).map(({ title }) => title);
      return `- ${why}: ${titles.join('; ')}`;
    }),
    '',
    '</details>',
    '',
  ];
}

function kernelCells(row: Row, ceiling: ReturnType<typeof ceilingsOf>): string[] {
  const share = shareOf(row, ceiling);
  const bytes = row.bytes && row.flop ? (row.value * row.bytes) / row.flop : row.value;
  return [text(bytes), share === undefined ? '-' : `${Math.round(100 * share)} %`];
}

/** A comparison as Markdown. Differences within the noise are not bold. */
export function comparisonOf({ differences, onlyBefore, onlyAfter }: Comparison): string {
  return [
    line('', 'before', 'after', 'unit', 'ratio (above 1 is better)', '95 % interval'),
    '|---|---:|---:|---|---:|---|',
    ...differences.map(({ title, before, after, unit, ratio, low, high, isCertain }) =>
      line(
        title,
        text(before.value),
        text(after.value),
        unit,
        isCertain ? `**${ratio.toFixed(2)}**` : ratio.toFixed(2),
        `${low.toFixed(2)} – ${high.toFixed(2)}`,
      ),
    ),
    '',
    ...(onlyBefore.length ? [`Only before: ${onlyBefore.join('; ')}`, ''] : []),
    ...(onlyAfter.length ? [`Only after: ${onlyAfter.join('; ')}`, ''] : []),
  ].join('\n');
}
