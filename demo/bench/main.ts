/** The benchmark's page: runs it, shows the report, and compares reports. */

import { compareReports } from '../../bench/suite/compare';
import type { Item } from '../../bench/suite/item';
import { headline, markdownOf } from '../../bench/suite/markdown';
import { missingOf, type Profile, type Report, type Row, readReport, text } from '../../bench/suite/report';
import { scoreOf } from '../../bench/suite/score';
import { fragmentOf, hasReport, reportOf } from '../../bench/suite/share';
import { createSuite, type Progress, type SuiteOptions } from '../../bench/suite/suite';
import { version } from '../../package.json';
import { createGpu, type Pixels } from '../../src/index';
import astronaut from '../astronaut.png';
import { watchFiles } from '../pictures';
import { cardOf } from './card';
import { showDetails } from './details';
import { find, html } from './elements';
import { rooflineOf } from './roofline-view';
import { comparisonTable, tablesOf } from './tables';

/** What a run of the page measures. */
type RunOptions = Pick<SuiteOptions, 'profile' | 'groups' | 'only'> & { readonly mien?: Report['mien'] };

interface Listeners {
  onProgress?(progress: Progress): void;
  onRow?(row: Row): void;
}

declare global {
  interface Window {
    /** Runs the benchmark from outside: `npm run bench` and the tests do. */
    mienBench: { run(options: RunOptions, listeners?: Listeners): Promise<Report> };
    mienProgress?(progress: Progress): unknown;
    mienRow?(row: Row): unknown;
  }
}

const page = document.documentElement;
const dialog = find<HTMLDialogElement>('details');
const status = find('status');
const progress = find<HTMLProgressElement>('progress');

let shown: Report | undefined;
let items: ReadonlyMap<string, Item> = new Map();
let running: AbortController | undefined;

function say(message: string, state = page.dataset.state): void {
  page.dataset.state = state;
  status.textContent = message;
}

const fail = (error: unknown): void => say(error instanceof Error ? error.message : String(error), 'error');

// ---- Running

async function photo(): Promise<Pixels> {
  const bitmap = await createImageBitmap(await (await fetch(astronaut)).blob());
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height);
}

/** What may disturb a run, in sentences. */
async function disturbances(): Promise<string[]> {
  const notes: string[] = [];
  const { getBattery } = navigator as { getBattery?(): Promise<{ charging: boolean; level: number }> };
  const battery = await getBattery?.call(navigator).catch(() => undefined);
  if (battery && !battery.charging)
    notes.push(`The device ran on its battery, at ${Math.round(100 * battery.level)} %: it may save power.`);
  return notes;
}

async function run(options: RunOptions, listeners: Listeners = {}): Promise<Report> {
  if (running) throw new Error('the benchmark is running already');
  const stop = new AbortController();
  running = stop;
  progress.value = 0;
  say('Opening the GPU.', 'working');
  showRunning();
  let wasHidden = document.hidden;
  const hide = () => {
    wasHidden ||= document.hidden;
  };
  document.addEventListener('visibilitychange', hide);
  try {
    const gpu = await createGpu({ powerPreference: 'high-performance' });
    const commit = import.meta.env.VITE_COMMIT ?? 'unknown';
    const suite = createSuite({
      ...{ mien: { version, commit }, ...options, gpu, photo },
      isHidden() {
        const was = wasHidden;
        wasHidden = document.hidden;
        return was;
      },
    });
    items = suite.items;
    (suite.report.notes as string[]).push(...(await disturbances()));
    let drawn = 0;
    try {
      await suite.run({
        signal: stop.signal,
        onProgress(now) {
          showProgress(now);
          listeners.onProgress?.(now);
          // Drawing takes time in which nothing is measured, so it is done once in a while.
          if (performance.now() - drawn > 2000) show(suite.report);
          drawn = performance.now();
        },
        onRow: listeners.onRow,
      });
      say(outcomeOf(suite.report), 'ready');
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      say('Cancelled. The rows below were measured before.', 'ready');
    } finally {
      show(suite.report);
      await suite.destroy();
      gpu.destroy();
    }
    return suite.report;
  } catch (error) {
    fail(error);
    throw error;
  } finally {
    document.removeEventListener('visibilitychange', hide);
    running = undefined;
    showRunning();
  }
}

function outcomeOf(report: Report): string {
  const { failed } = missingOf(report);
  if (failed.length) return `Done, but ${failed.length} rows failed: they are listed first.`;
  return report.rows.length ? 'Done.' : 'Nothing could be measured.';
}

function showRunning(): void {
  find('cancel').hidden = !running;
  progress.hidden = !running;
  find<HTMLButtonElement>('start').disabled = running !== undefined;
}

function showProgress({ title, done, left }: Progress): void {
  progress.value = done;
  const seconds = Math.ceil(left / 1000);
  const time = seconds > 90 ? `${Math.round(seconds / 60)} minutes` : `${seconds} seconds`;
  say(`${Math.round(100 * done)} %, about ${time} left. ${title}.`);
}

// ---- Showing

/** Shows a report. */
function show(report: Report): void {
  shown = report;
  const open = (row: Row) => showDetails(dialog, row, items.get(row.id));
  const { value, parts } = scoreOf(report);
  find('result').hidden = !report.rows.length;
  find('score').textContent = value === undefined ? '–' : text(value);
  find('score-note').textContent =
    value === undefined
      ? 'no score yet: some of its parts are missing'
      : 'points; 100 is SwiftShader on two CPU cores';
  find('parts').replaceChildren(
    ...parts.map(({ title, ratio }) =>
      html(
        'div',
        {},
        html('dt', {}, title),
        html('dd', {}, ratio === undefined ? '–' : `× ${ratio.toFixed(2)}`),
      ),
    ),
  );
  find('facts').replaceChildren(...factsOf(report));
  const plot = rooflineOf(report, open);
  find('roofline').hidden = !plot;
  if (plot) find('plot').replaceChildren(plot);
  find('tables').replaceChildren(...tablesOf(report, open));
}

function factsOf({
  adapter,
  browser,
  os,
  mien,
  date,
  clock,
  features,
  languageFeatures,
  notes,
}: Report): HTMLElement[] {
  const facts: Readonly<Record<string, string>> = {
    Adapter: adapter.name + (adapter.isFallbackAdapter ? ' (fallback adapter)' : ''),
    ...(adapter.architecture && { Architecture: adapter.architecture }),
    ...(adapter.description && { Driver: adapter.description }),
    Browser: browser,
    System: os,
    Mien: `${mien.version}, ${mien.commit}`,
    Date: date.slice(0, 16).replace('T', ' '),
    'Kernels timed by': clock === 'gpu' ? 'timestamps of the GPU' : 'the clock of the page',
    Features: [...features, ...languageFeatures].join(', ') || 'none',
    ...(notes.length && { Notes: notes.join(' ') }),
  };
  return Object.entries(facts).map(([name, value]) =>
    html('div', {}, html('dt', {}, name), html('dd', {}, value)),
  );
}

// ---- Sharing

function download(name: string, content: Blob): void {
  const link = html('a', { href: URL.createObjectURL(content), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const fileName = ({ adapter, date }: Report, extension: string): string =>
  `mien-${adapter.name.replaceAll(/[^\w-]+/g, '-').toLowerCase()}-${date.slice(0, 10)}.${extension}`;

async function copy(content: string, what: string): Promise<void> {
  await navigator.clipboard.writeText(content);
  say(`${what} is on the clipboard.`);
}

/** Makes a button do something with the report that is shown. */
const does = (id: string, action: (report: Report) => unknown): void =>
  find(id).addEventListener('click', async () => {
    try {
      if (shown) await action(shown);
    } catch (error) {
      fail(error);
    }
  });

does('markdown', (report) => copy(markdownOf(report), 'The report'));
does('link', async (report) => {
  const fragment = await fragmentOf(report);
  history.replaceState(null, '', fragment);
  await copy(location.href, 'A link that contains the report');
});
does('json', (report) =>
  download(
    fileName(report, 'json'),
    new Blob([`${JSON.stringify(report, null, 1)}\n`], { type: 'application/json' }),
  ),
);
does('card', async (report) => download(fileName(report, 'png'), await cardOf(report)));

// ---- Comparing

/** Compares the report that is shown with another one; shows the other one if there is none yet. */
function compareWith(other: Report): void {
  if (!shown?.rows.length) {
    show(other);
    say(`A report of ${headline(other)}.`, 'ready');
    return;
  }
  find('comparison').replaceChildren(
    html('p', { class: 'hint' }, `The other: ${headline(other)}. This: ${headline(shown)}.`),
    comparisonTable(compareReports(other, shown)),
  );
}

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

// ---- Starting

find<HTMLFormElement>('form').addEventListener('submit', (event) => {
  event.preventDefault();
  const profile = new FormData(event.target as HTMLFormElement).get('profile') as Profile;
  run({ profile }).catch(() => undefined); // run() shows the error
});
find('cancel').addEventListener('click', () => running?.abort(new Error('cancelled')));
addEventListener('keydown', ({ key }) => {
  if (key === 'Escape' && !dialog.open) running?.abort(new Error('cancelled'));
});

async function openFragment(): Promise<void> {
  if (!hasReport(location.hash)) return;
  try {
    const report = await reportOf(location.hash);
    show(report);
    say(`A report of ${headline(report)}. Start the benchmark to compare this GPU with it.`, 'ready');
  } catch (error) {
    fail(error);
  }
}
addEventListener('hashchange', openFragment);
void openFragment();

window.mienBench = { run };
