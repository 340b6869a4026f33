/** `npm run bench`: the benchmark of a GPU in a terminal. `npm run bench -- NAME`: benchmarks for developers of Mien. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openPage } from '../scripts/open-page';
import { restartForSoftware } from '../src/cli/dawn';
import type { FrameOptions, FrameResults } from './frame-page';
import type { PeersResults } from './peers/peers-page';
import { compareReports, regressions } from './suite/compare';
import { comparisonOf, headline, markdownOf } from './suite/markdown';
import { GROUPS, missingOf, type Profile, type Report, readReport } from './suite/report';
import { runAgainst, runBenchmark, type TerminalOptions } from './terminal';

const USAGE = `usage: npm run bench -- [--profile quick|default|full] [--group NAME ...] [--only TEXT]
                         [--browser chrome|firefox | --node] [--json [FILE]]
       npm run bench -- --compare BEFORE.json AFTER.json [--fail-on-regression 10%]
       npm run bench -- --against FOLDER [--fail-on-regression 10%]
       npm run bench -- frame [--detector 128|256] [--source video|bitmap|texture] [--frames N]
       npm run bench -- soak [--frames N]
       npm run bench -- peers [--model NAME ...] [--batch N ...] [--rounds N]
Without a name, measures this machine's GPU as the page /bench does, and prints the report as Markdown. Progress is on stderr.
  --profile NAME     quick: about 30 s; default: 3 minutes; full: 10 minutes. Slow adapters take longer
  --group NAME       only ceilings, kernels or workloads; as often as needed
  --only TEXT        only what has this text in its title
  --browser NAME     chrome (default) or firefox, headless
  --node             Dawn in Node instead of a browser
  --compare A B      compares two reports; nothing is measured
  --against FOLDER   measures another checkout and this one in turn, three times each, and compares them
  --fail-on-regression P
                     exit code 3 if a row is worse by more than P %, and its 95 % interval too
  --json [FILE]      also writes the report, as JSON, into the file; without one, it is all that is printed
  --chrome ARGUMENT  for Chrome, as often as needed: --chrome=--enable-features=Vulkan
Exit codes: 0 done; 1 an error, or a row that failed; 2 wrong arguments; 3 a regression.`;

const options = {
  profile: { type: 'string', default: 'default' },
  group: { type: 'string', multiple: true, default: [] as string[] },
  only: { type: 'string' },
  browser: { type: 'string', default: 'chrome' },
  node: { type: 'boolean', default: false },
  compare: { type: 'boolean', default: false },
  against: { type: 'string' },
  'fail-on-regression': { type: 'string' },
  help: { type: 'boolean', default: false },
  detector: { type: 'string', default: '256' },
  source: { type: 'string', default: 'video' },
  frames: { type: 'string' },
  model: { type: 'string', multiple: true, default: [] as string[] },
  batch: { type: 'string', multiple: true, default: ['1', '8', '32'] as string[] },
  rounds: { type: 'string', default: '7' },
  json: { type: 'boolean', default: false },
  chrome: { type: 'string', multiple: true, default: [] as string[] },
} as const;

type Values = ReturnType<typeof parse>['values'];
const parse = (args: readonly string[]) => parseArgs({ args: [...args], options, allowPositionals: true });

/** The arguments are wrong. */
class UsageError extends Error {}

/** Runs what the arguments name, and prints its results. An error sets the exit code 1, wrong arguments 2. */
export async function main(args: readonly string[]): Promise<void> {
  try {
    await run(args);
  } catch (error) {
    const isUsage =
      error instanceof UsageError || String((error as { code?: string }).code).startsWith('ERR_PARSE');
    process.stderr.write(`bench: ${(error as Error).message}${isUsage ? `\n${USAGE}` : ''}\n`);
    process.exitCode = isUsage ? 2 : 1;
  }
}

async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args);
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  if (values.compare) return compareFiles(values, positionals);
  const [name, ...others] = positionals;
  const isNamed = Object.hasOwn(benchmarks, name ?? '');
  const [file] = values.json ? (isNamed ? others.splice(0, 1) : positionals.splice(0, 1)) : [];
  if (isNamed ? others.length : positionals.length)
    throw new UsageError(`there is no benchmark "${positionals.join(' ')}"`);
  if (!isNamed) return measureGpu(values, file);
  const benchmark = benchmarks[name];
  const results = await benchmark.run(values);
  const about = { date: new Date().toISOString(), ...(results as object) };
  const json = `${JSON.stringify(about, null, 1)}\n`;
  if (file) writeFileSync(file, json);
  process.stdout.write(values.json && !file ? json : benchmark.show(results));
}

/** The share of `--fail-on-regression`, 0..1; undefined without it. */
function shareOf({ 'fail-on-regression': given }: Values): number | undefined {
  if (given === undefined) return undefined;
  const percent = Number(given.replace('%', ''));
  if (!(percent >= 0 && percent < 100))
    throw new UsageError(`--fail-on-regression is ${given}; a share such as 10% is needed`);
  return percent / 100;
}

function showComparison(before: Report, after: Report, values: Values): void {
  const share = shareOf(values);
  const comparison = compareReports(before, after);
  process.stdout.write(
    `before: ${headline(before)}\nafter: ${headline(after)}\n\n${comparisonOf(comparison)}`,
  );
  if (share === undefined) return;
  const worse = regressions(comparison.differences, share);
  for (const { title, ratio } of worse)
    process.stderr.write(`regression: ${title}: ${((1 - ratio) * 100).toFixed(1)} % worse\n`);
  if (worse.length) process.exitCode = 3;
}

function compareFiles(values: Values, files: readonly string[]): void {
  if (files.length !== 2) throw new UsageError(`--compare needs two reports, ${files.length} are named`);
  shareOf(values);
  const [before, after] = files.map((name) => readReport(readFileSync(name, 'utf8'), name));
  showComparison(before, after, values);
}

async function measureGpu(values: Values, file: string | undefined): Promise<void> {
  const { node, chrome, only, against, json } = values;
  const settings: TerminalOptions = {
    ...{ node, chrome, only },
    profile: oneOf<Profile>('profile', values.profile as Profile, ['quick', 'default', 'full']),
    groups: values.group.length ? values.group.map((name) => oneOf('group', name as never, GROUPS)) : GROUPS,
    firefox: oneOf('browser', values.browser, ['chrome', 'firefox']) === 'firefox',
  };
  shareOf(values);
  if (against !== undefined) {
    if (node) throw new UsageError('--against needs a browser, not --node');
    if (!existsSync(`${against}/demo/bench.html`))
      throw new UsageError(`--against ${against}: this folder is no checkout with demo/bench.html`);
    const { before, after } = await runAgainst(against, settings);
    showComparison(before, after, values);
    return;
  }
  if (node && restartForSoftware()) return;
  const report = await runBenchmark(settings);
  const text = `${JSON.stringify(report, null, 1)}\n`;
  if (file) writeFileSync(file, text);
  process.stdout.write(json && !file ? text : `${markdownOf(report)}\n`);
  const { failed } = missingOf(report);
  if (failed.length)
    throw new Error(`${failed.length} rows failed, the first: ${failed[0].title}: ${failed[0].why}`);
}

interface Benchmark<Results = never> {
  run(values: Values): Promise<Results & object>;
  show(results: Results): string;
}

const frame: Benchmark<FrameResults & { browser: string }> = {
  async run({ detector, source, frames, chrome }) {
    const settings = {
      detector: oneOf('detector', Number(detector), [128, 256]),
      source: oneOf('source', source, ['video', 'bitmap', 'texture']),
      frames: frames === undefined ? undefined : count('frames', frames),
    } as FrameOptions;
    const open = await openPage('bench/page.html?frame', chrome);
    try {
      await open.page.waitForFunction('window.runFrame');
      const results = await open.page.evaluate((given) => window.runFrame(given), settings);
      return { browser: await open.browser.version(), ...results };
    } finally {
      await open.close();
    }
  },
  show(results) {
    const { dispatches, rows } = results;
    const all = Object.values(dispatches).reduce((a, b) => a + b);
    const ms = (value: number) => (value < 100 ? value.toFixed(value < 10 ? 2 : 1) : value.toFixed(0));
    const three = ({ p50, p90, p99 }: FrameResults['rows'][number]['latency']) =>
      [p50, p90, p99].map(ms).join(' / ');
    const names = Object.keys(dispatches) as (keyof typeof dispatches)[];
    const table = [
      [
        'faces',
        'found',
        'frames/s',
        'latency ms p50/p90/p99',
        'CPU ms p50/p90/p99',
        ...names.map((name) => `${name} ms`),
      ],
      ...rows.map(({ faces, found, framesPerSecond, latency, record, stages }) => [
        ...[`${faces}`, `${found}`, framesPerSecond.toFixed(1), three(latency), three(record)],
        ...names.map((name) => (stages ? ms(stages[name]) : '-')),
      ]),
    ];
    return [
      `${results.adapter}, ${results.browser}; BlazeFace ${results.detector}, ${results.picture.join(' x ')} as ${results.source}, ${results.frames} frames`,
      `loaded in ${ms(results.load)} ms, first frame ${ms(results.firstFrame)} ms, tuned after ${ms(results.tuned)} ms`,
      `dispatches a frame: ${names.map((name) => `${name} ${dispatches[name]}`).join(', ')}: ${all}; bytes read: ${results.bytesRead}`,
      ...inColumns(table, 0),
      '',
    ].join('\n');
  },
};

interface SoakResults {
  readonly browser: string;
  readonly frames: number;
  /** Numbers of GPU objects not destroyed, and JavaScript heap in bytes after a collection, before and after. */
  readonly living: readonly [before: number, after: number];
  readonly heap: readonly [before: number, after: number];
}

const soak: Benchmark<SoakResults> = {
  async run({ frames = '5000', chrome }) {
    const all = count('frames', frames);
    const open = await openPage('bench/page.html?soak', ['--js-flags=--expose-gc', ...chrome]);
    try {
      const { page } = open;
      await page.waitForFunction('window.soak');
      await page.evaluate(() => window.soak.open());
      const after = async (some: number) => {
        const living = await page.evaluate((n) => window.soak.run(n, 50), some);
        await page.evaluate('gc()');
        return { living, heap: (await page.metrics()).JSHeapUsedSize! };
      };
      const warm = await after(100);
      let last = warm;
      for (let done = 0; done < all; done += 500) {
        last = await after(Math.min(500, all - done));
        process.stderr.write(
          `${Math.min(done + 500, all)} frames: ${last.living} living, heap ${last.heap}\n`,
        );
      }
      return {
        browser: await open.browser.version(),
        frames: all,
        living: [warm.living, last.living],
        heap: [warm.heap, last.heap],
      };
    } finally {
      await open.close();
    }
  },
  show: ({ frames, living, heap }) =>
    `${frames} frames: GPU objects ${living.join(' -> ')}, JavaScript heap ${heap.map((b) => `${(b / 1e6).toFixed(2)} MB`).join(' -> ')}\n`,
};

const peers: Benchmark<PeersResults & { browser: string }> = {
  async run({ model, batch, rounds, chrome }) {
    const folder = fileURLToPath(new URL('peers', import.meta.url));
    if (!existsSync(`${folder}/node_modules`)) {
      process.stderr.write('installing the peers\n');
      execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
    }
    const settings = {
      models: model,
      batches: batch.map((text) => count('batch', text)),
      rounds: count('rounds', rounds),
    };
    const open = await openPage('bench/page.html?peers/peers', chrome);
    try {
      open.page.setDefaultTimeout(0);
      open.page.on('console', (message) => process.stderr.write(`${message.text()}\n`));
      await open.page.waitForFunction('window.runPeers');
      const results = await open.page.evaluate((given) => window.runPeers(given), settings);
      return { browser: await open.browser.version(), ...results };
    } finally {
      await open.close();
    }
  },
  show({ adapter, browser, ceilings, rows, kernels: alone, missing }) {
    const table = [
      ['model', 'engine', 'batch', 'create ms', 'first ms', 'median ms', 'p90 ms', 'ratio'],
      ...rows.map((row) => [
        ...[row.model, row.engine, `${row.batch}`],
        ...[row.create_ms, row.first_ms, row.median_ms, row.p90_ms].map((ms) => ms.toFixed(1)),
        row.ratio.toFixed(2),
      ]),
    ];
    return [
      `${adapter}, ${browser}`,
      ...inColumns(table, 2),
      ...alone.map(
        ({ model: name, batch: items, ms, gflops, share }) =>
          `Mien's kernels on ${name}, batch ${items}: ${ms.toFixed(1)} ms, ${gflops.toFixed(1)} GFLOP/s, ${(100 * share).toFixed(0)} % of the peak of ${ceilings.gflops.toFixed(1)}`,
      ),
      ...missing.map(({ engine, model: name, why }) => `${engine} does not run ${name}: ${why}`),
      '',
    ].join('\n');
  },
};

const benchmarks: Readonly<Record<string, Benchmark>> = { frame, soak, peers } as never;

/** Formats rows of cells as lines. The first `left` columns are left-aligned. */
function inColumns(rows: readonly (readonly string[])[], left: number): string[] {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  const line = (row: readonly string[]) =>
    row.map((cell, c) => (c < left ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join('  ');
  return rows.map(line);
}

function oneOf<T>(name: string, value: T, all: readonly T[]): T {
  if (!all.includes(value)) throw new UsageError(`--${name} is ${value}; one of ${all.join(', ')} is needed`);
  return value;
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new UsageError(`--${name} is ${text}; it must be a whole number of at least 1`);
  return value;
}
