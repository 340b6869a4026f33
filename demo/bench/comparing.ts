/** Comparing the report with others: dropped files, pasted links and kept results. */

import { compareReports } from '../../bench/suite/compare';
import { headline } from '../../bench/suite/markdown';
import { type Report, readReport } from '../../bench/suite/report';
import { hasReport, reportOf } from '../../bench/suite/share';
import { find, html } from '../elements';
import { watchFiles } from '../pictures';
import { comparisonTable } from './tables';

/** What comparing needs of the page. */
export interface ComparingOptions {
  /** Returns the report that is shown. */
  shown(): Report | undefined;
  show(report: Report): void;
  say(message: string, state?: string): void;
  fail(error: unknown): void;
}

/** Connects the fields of the section. */
export function connectComparing({ shown, show, say, fail }: ComparingOptions): void {
  /** Compares the report that is shown with another one; shows the other one if there is none yet. */
  const compareWith = (other: Report): void => {
    const report = shown();
    if (!report?.rows.length) {
      show(other);
      say(`A report of ${headline(other)}.`, 'ready');
      return;
    }
    find('comparison').replaceChildren(
      html('p', { class: 'hint' }, `The other: ${headline(other)}. This: ${headline(report)}.`),
      comparisonTable(compareReports(other, report)),
    );
  };

  watchFiles([find<HTMLInputElement>('file')], find('drop'), async (files) => {
    try {
      for (const file of files) compareWith(readReport(await file.text(), file.name));
    } catch (error) {
      fail(error);
    }
  });

  find<HTMLInputElement>('paste').addEventListener('input', async ({ target }) => {
    const { value } = target as HTMLInputElement;
    if (!value) return;
    try {
      if (!hasReport(value)) throw new Error('This link contains no report: it has no #report=');
      compareWith(await reportOf(value));
    } catch (error) {
      fail(error);
    }
  });

  const kept = import.meta.glob('../../bench/results/report-*.json', { query: '?url', import: 'default' });
  const baseline = find<HTMLSelectElement>('baseline');
  baseline.append(
    ...Object.keys(kept).map((path) =>
      html('option', { value: path }, path.replace(/.*\/report-(.*)\.json$/, '$1').replaceAll('-', ' ')),
    ),
  );
  baseline.addEventListener('change', async () => {
    try {
      const address = (await kept[baseline.value]?.()) as string | undefined;
      if (address) compareWith(readReport(await (await fetch(address)).text(), 'the kept result'));
    } catch (error) {
      fail(error);
    }
  });
}
