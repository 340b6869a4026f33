/** `npm run bench`: the benchmark of a GPU in a terminal. `npm run bench -- NAME`: benchmarks for developers of Mien. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { restartForSoftware } from '../src/cli/dawn';
import { type Benchmark, count, oneOf, parse, USAGE, UsageError, type Values } from './arguments';
import { frame, soak } from './developer';
import { compareReports, regressions } from './suite/compare';
import { comparisonOf, headline, markdownOf } from './suite/markdown';
import { GROUPS, missingOf, type Profile, type Report, readReport } from './suite/report';
import { runAgainst, runBenchmark, runEngines, type TerminalOptions } from './terminal';

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

/** The other engines, in the page of the benchmark: `npm run bench -- peers`. */
const peers: Benchmark<Report> = {
  async run({ model, batch, rounds, chrome }) {
    const folder = fileURLToPath(new URL('peers', import.meta.url));
    const { dependencies } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    if (!Object.keys(dependencies).every((name) => existsSync(`${folder}/node_modules/${name}`))) {
      process.stderr.write('installing the other engines\n');
      execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
    }
    return runEngines(
      { models: model, batches: batch.map((text) => count('batch', text)), rounds: count('rounds', rounds) },
      chrome,
    );
  },
  show: (report) => `${markdownOf(report)}\n`,
};

const benchmarks: Readonly<Record<string, Benchmark>> = { frame, soak, peers } as never;
