/** The benchmark in a terminal: the same page in a headless browser, or Dawn in Node. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type OpenPage, openPage } from '../scripts/open-page';
import { createGpu } from '../src';
import { openDawn } from '../src/cli/dawn';
import { readPicture } from '../src/cli/picture-file';
import type { EnginesOptions } from './peers/compare-engines';
import type { Group, Profile, Report, Row } from './suite/report';
import { joinRows, marksOf, text } from './suite/report';
import { createSuite, type Progress } from './suite/suite';

/** What is run. */
export interface TerminalOptions {
  readonly profile: Profile;
  readonly groups: readonly Group[];
  /** Only what contains this text. Default: all. */
  readonly only?: string;
  readonly firefox: boolean;
  /** Whether Dawn in Node is used instead of a browser. */
  readonly node: boolean;
  /** Arguments for Chrome. */
  readonly chrome: readonly string[];
}

const root = fileURLToPath(new URL('..', import.meta.url));

/** Version and commit of a checkout. */
function mienOf(folder: string): Report['mien'] {
  const { version } = JSON.parse(readFileSync(resolve(folder, 'package.json'), 'utf8'));
  try {
    const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      ...{ cwd: folder, encoding: 'utf8' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return { version, commit: commit.trim() };
  } catch {
    return { version, commit: 'unknown' };
  }
}

/** Shows on stderr what is being measured. */
function showProgress({ title, done, left }: Progress): void {
  process.stderr.write(
    `${String(Math.round(100 * done)).padStart(3)} %, ${Math.ceil(left / 1000)} s left: ${title}\n`,
  );
}

function showRow(row: Row): void {
  const marks = marksOf(row).join(', ');
  process.stderr.write(`      ${row.title}: ${text(row.value)} ${row.unit}${marks ? ` (${marks})` : ''}\n`);
}

/** Runs the benchmark and returns its report. @throws Error if no GPU or browser is found, or if the device is lost */
export async function runBenchmark(options: TerminalOptions): Promise<Report> {
  if (options.node) return runInNode(options);
  const open = await openBenchmark(root, options);
  try {
    return await measure(open, root, options);
  } finally {
    await open.close();
  }
}

async function runInNode({ profile, groups, only }: TerminalOptions): Promise<Report> {
  const gpu = await createGpu({ gpu: await openDawn() });
  const photo = () => readPicture(`${root}demo/astronaut.png`);
  const model = (name: string) => new Uint8Array(readFileSync(`${root}weights/${name}`));
  const models = { detector: model('face/blazeface-256.onnx'), expression: model('expression.onnx') };
  const suite = createSuite({ gpu, photo, models, profile, groups, only, mien: mienOf(root) });
  const report = await suite.run({ onProgress: showProgress, onRow: showRow });
  await suite.destroy();
  return report;
}

/** Opens the page of a checkout. */
async function openBenchmark(folder: string, { firefox, chrome }: TerminalOptions): Promise<OpenPage> {
  const open = await openPage('demo/bench.html', chrome, { firefox, folder: `${resolve(folder)}/` });
  open.page.setDefaultTimeout(0);
  await open.page.exposeFunction('mienProgress', showProgress);
  await open.page.exposeFunction('mienRow', showRow);
  await open.page.waitForFunction('window.mienBench');
  return open;
}

const measure = async (
  { page }: OpenPage,
  folder: string,
  { profile, groups, only }: TerminalOptions,
): Promise<Report> =>
  page.evaluate(
    async (given) =>
      window.mienBench.run(given, {
        onProgress: (progress) => void window.mienProgress?.(progress),
        onRow: (row) => void window.mienRow?.(row),
      }),
    { profile, groups, only, mien: mienOf(folder) },
  );

/**
 * Compares Mien with other engines in Chrome, after measuring the arithmetic ceilings.
 * @throws Error if no GPU or browser is found, or if the device is lost
 */
export async function runEngines(
  options: Omit<EnginesOptions, 'signal' | 'onProgress'>,
  chrome: readonly string[],
): Promise<Report> {
  const ceilings = { profile: 'quick', groups: ['ceilings'], only: 'multiply-add' } as const;
  const settings: TerminalOptions = { ...ceilings, chrome, firefox: false, node: false };
  const open = await openBenchmark(root, settings);
  try {
    await measure(open, root, settings);
    return await open.page.evaluate(
      (given) =>
        window.mienBench.compareEngines(given, {
          onProgress: (progress) => void window.mienProgress?.(progress),
        }),
      options,
    );
  } finally {
    await open.close();
  }
}

/** How often both sides are measured. */
const ROUNDS = 3;

/**
 * Measures another checkout and this one in turn, so that both meet the same disturbances, and joins the samples of all
 * rounds.
 * @param folder the other checkout, whose dependencies are installed
 */
export async function runAgainst(
  folder: string,
  options: TerminalOptions,
): Promise<{ readonly before: Report; readonly after: Report }> {
  const sides = { before: folder, after: root };
  const reports: Record<keyof typeof sides, Report[]> = { before: [], after: [] };
  for (let round = 0; round < ROUNDS; round++)
    for (const side of ['before', 'after'] as const) {
      process.stderr.write(`round ${round + 1} of ${ROUNDS}, ${side}: ${resolve(sides[side])}\n`);
      const open = await openBenchmark(sides[side], options);
      try {
        reports[side].push(await measure(open, sides[side], options));
      } finally {
        await open.close();
      }
    }
  return { before: joined(reports.before), after: joined(reports.after) };
}

/** Joins the rows of several reports. */
const joined = ([first, ...others]: readonly Report[]): Report => ({
  ...first,
  rows: first.rows.map((row) =>
    joinRows([row, ...others.flatMap(({ rows }) => rows.filter(({ id }) => id === row.id))]),
  ),
});
