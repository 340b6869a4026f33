/** The benchmark's page: runs it, shows the report, and compares reports. */

import type { EnginesOptions } from '../../bench/peers/compare-engines';
import type { Item } from '../../bench/suite/item';
import { headline } from '../../bench/suite/markdown';
import { about, missingOf, type Profile, type Report, type Row, text } from '../../bench/suite/report';
import { scoreOf } from '../../bench/suite/score';
import { hasReport, reportOf } from '../../bench/suite/share';
import { createSuite, type Progress, type SuiteOptions } from '../../bench/suite/suite';
import { version } from '../../package.json';
import { createGpu, type Gpu, type Pixels } from '../../src/index';
import astronaut from '../astronaut.png';
import { find, html } from '../elements';
import { connectComparing } from './comparing';
import { showDetails } from './details';
import { rooflineOf } from './roofline-view';
import { connectSharing } from './sharing';
import { enginesTable, tablesOf } from './tables';

/** What a run of the page measures. */
type RunOptions = Pick<SuiteOptions, 'profile' | 'groups' | 'only'> & { readonly mien?: Report['mien'] };

interface Listeners {
  onProgress?(progress: Progress): void;
  onRow?(row: Row): void;
}

declare global {
  interface Window {
    /** Runs the benchmark from outside: `npm run bench` and the tests do. */
    mienBench: {
      run(options: RunOptions, listeners?: Listeners): Promise<Report>;
      compareEngines(options?: EnginesOptions, listeners?: Listeners): Promise<Report>;
    };
    mienProgress?(progress: Progress): unknown;
    mienRow?(row: Row): unknown;
  }
}

const commit = import.meta.env.VITE_COMMIT ?? 'unknown';
const page = document.documentElement;
const dialog = find<HTMLDialogElement>('details');
const status = find('status');
const progress = find<HTMLProgressElement>('progress');

let shown: Report | undefined;
/** The report of this GPU. The one that is shown may be of another, from a link or a file. */
let own: Report | undefined;
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

/** Opens the GPU, shows the progress, and shows errors. `work` gets a signal that the user's Cancel aborts. */
async function whileRunning(
  work: (gpu: Gpu, signal: AbortSignal) => Promise<Report>,
  whatRemains: string,
): Promise<Report> {
  if (running) throw new Error('the benchmark is running already');
  const stop = new AbortController();
  running = stop;
  progress.value = 0;
  say('Opening the GPU.', 'working');
  showRunning();
  let gpu: Gpu | undefined;
  try {
    gpu = await createGpu({ powerPreference: 'high-performance' });
    const report = await work(gpu, stop.signal);
    say(stop.signal.aborted ? `Cancelled. ${whatRemains}` : outcomeOf(report), 'ready');
    return report;
  } catch (error) {
    fail(error);
    throw error;
  } finally {
    gpu?.destroy();
    running = undefined;
    showRunning();
  }
}

const run = (options: RunOptions, listeners: Listeners = {}): Promise<Report> =>
  whileRunning(async (gpu, signal) => {
    let wasHidden = document.hidden;
    const hide = () => {
      wasHidden ||= document.hidden;
    };
    document.addEventListener('visibilitychange', hide);
    const suite = createSuite({
      ...{ mien: { version, commit }, ...options, gpu, photo },
      isHidden() {
        const was = wasHidden;
        wasHidden = document.hidden;
        return was;
      },
    });
    items = suite.items;
    const engines = own?.engines;
    const showOwn = () => {
      own = { ...suite.report, ...(engines && { engines }) };
      show(own);
    };
    (suite.report.notes as string[]).push(...(await disturbances()));
    let drawn = 0;
    try {
      await suite.run({
        signal,
        onProgress(now) {
          showProgress(now);
          listeners.onProgress?.(now);
          // Drawing takes time in which nothing is measured, so it is done once in a while.
          if (performance.now() - drawn > 2000) showOwn();
          drawn = performance.now();
        },
        onRow: listeners.onRow,
      });
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      document.removeEventListener('visibilitychange', hide);
      showOwn();
      await suite.destroy();
    }
    return suite.report;
  }, 'The rows below were measured before.');

/** Compares other engines with Mien, and adds the result to the report of this GPU. */
const compareEngines = (options: EnginesOptions = {}, listeners: Listeners = {}): Promise<Report> =>
  whileRunning(async (gpu, signal) => {
    const { compareEngines: compare } = await import('../../bench/peers/compare-engines');
    const started = performance.now();
    const onProgress = (title: string, done: number) => {
      const left = done ? (performance.now() - started) * (1 / done - 1) : 0;
      showProgress({ title, done, left });
      listeners.onProgress?.({ title, done, left });
    };
    const empty = { profile: 'quick' as const, mien: { version, commit }, rows: [], missing: [], notes: [] };
    const before: Report = own ?? { ...about(gpu), ...empty };
    try {
      own = { ...before, engines: await compare(gpu, { ...options, signal, onProgress }) };
      show(own);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    return own ?? before;
  }, 'The other engines were not compared.');

function outcomeOf(report: Report): string {
  const { failed } = missingOf(report);
  if (failed.length) return `Done, but ${failed.length} rows failed: they are listed first.`;
  return report.rows.length || report.engines ? 'Done.' : 'Nothing could be measured.';
}

function showRunning(): void {
  find('cancel').hidden = !running;
  progress.hidden = !running;
  for (const id of ['start', 'engines']) find<HTMLButtonElement>(id).disabled = running !== undefined;
}

function showProgress({ title, done, left }: Progress): void {
  progress.value = done;
  const seconds = Math.ceil(left / 1000);
  const time = seconds > 90 ? `${Math.round(seconds / 60)} minutes` : `${seconds} seconds`;
  say(`${Math.round(100 * done)} %${left ? `, about ${time} left` : ''}. ${title}.`);
}

// ---- Showing

/** Shows a report. */
function show(report: Report): void {
  shown = report;
  const open = (row: Row) => showDetails(dialog, row, items.get(row.id));
  const { value, parts } = scoreOf(report);
  find('result').hidden = !report.rows.length && !report.engines;
  for (const id of ['score-line', 'parts', 'formula']) find(id).hidden = !report.rows.length;
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
  find('engines-result').replaceChildren(...(report.engines ? [enginesTable(report.engines)] : []));
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

connectSharing({ shown: () => shown, say, fail });
connectComparing({ shown: () => shown, show, say, fail });

// ---- Starting

find<HTMLFormElement>('form').addEventListener('submit', (event) => {
  event.preventDefault();
  const profile = new FormData(event.target as HTMLFormElement).get('profile') as Profile;
  run({ profile }).catch(() => undefined); // run() shows the error
});
find('engines').addEventListener('click', () => {
  compareEngines().catch(() => undefined); // it shows the error itself
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

window.mienBench = { run, compareEngines };
