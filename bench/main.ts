/** `npm run bench -- NAME`: runs a benchmark in headless Chrome, on the GPU that Chrome selects. */

import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openPage } from '../scripts/open-page';
import { createGpu } from '../src';
import { openDawn } from '../src/cli/dawn';
import type { FrameOptions, FrameResults } from './frame-page';
import { type KernelResults, measureKernels } from './kernels';
import type { PeersResults } from './peers/peers-page';

const USAGE = `usage: npm run bench -- frame [--detector 128|256] [--source video|bitmap|texture] [--frames N]
       npm run bench -- soak [--frames N]
       npm run bench -- kernels [--kernel NAME ...] [--large] [--node]
       npm run bench -- peers [--model NAME ...] [--batch N ...] [--rounds N]
  --json [FILE]      also writes the results, as JSON, into the file; without one, they are all that is printed
  --chrome ARGUMENT  for Chrome, as often as needed: --chrome=--enable-features=Vulkan`;

const options = {
  detector: { type: 'string', default: '256' },
  source: { type: 'string', default: 'video' },
  frames: { type: 'string' },
  kernel: { type: 'string', multiple: true, default: [] as string[] },
  large: { type: 'boolean', default: false },
  node: { type: 'boolean', default: false },
  model: { type: 'string', multiple: true, default: [] as string[] },
  batch: { type: 'string', multiple: true, default: ['1', '8', '32'] as string[] },
  rounds: { type: 'string', default: '7' },
  json: { type: 'boolean', default: false },
  chrome: { type: 'string', multiple: true, default: [] as string[] },
} as const;

type Values = ReturnType<typeof parse>['values'];
const parse = (args: readonly string[]) => parseArgs({ args: [...args], options, allowPositionals: true });

/** Runs the benchmark that the arguments name, and prints its results. An error sets the exit code 1. */
export async function main(args: readonly string[]): Promise<void> {
  try {
    const { values, positionals } = parse(args);
    const [name, ...others] = positionals;
    const [file] = values.json ? others.splice(0, 1) : [];
    const benchmark = Object.hasOwn(benchmarks, name ?? '') && !others.length ? benchmarks[name] : undefined;
    if (!benchmark) throw new Error(`there is no benchmark "${positionals.join(' ')}"\n${USAGE}`);
    const results = await benchmark.run(values);
    const about = { date: new Date().toISOString(), ...(results as object) };
    const json = `${JSON.stringify(about, null, 1)}\n`;
    if (file) writeFileSync(file, json);
    process.stdout.write(values.json && !file ? json : benchmark.show(results));
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
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

const kernels: Benchmark<KernelResults & { browser: string }> = {
  async run({ kernel, large, node, chrome }) {
    const settings = { kernels: kernel, large };
    if (node) {
      const gpu = await createGpu({ gpu: await openDawn() });
      return { browser: 'Dawn in Node', ...(await measureKernels(gpu, settings)) };
    }
    const open = await openPage('bench/page.html?kernels', chrome);
    try {
      open.page.setDefaultTimeout(0);
      await open.page.waitForFunction('window.runKernels');
      const results = await open.page.evaluate((given) => window.runKernels(given), settings);
      return { browser: await open.browser.version(), ...results };
    } finally {
      await open.close();
    }
  },
  show({ adapter, browser, ceilings: { peak, gbs }, rows }) {
    const table = [
      ['kernel', 'case', 'variant', 'ms', 'GFLOP/s', 'GB/s', 'of the ceiling'],
      ...rows.map((row) => [
        ...[row.kernel, row.case, row.variant, row.ms.toFixed(3)],
        ...[row.gflops.toFixed(2), row.gbs.toFixed(2), `${(100 * row.share).toFixed(0)} %`],
      ]),
    ];
    return [
      `${adapter}, ${browser}`,
      `ceilings: ${peak.f32.toFixed(1)} GFLOP/s in f32, ${peak.vec4f.toFixed(1)} in vec4f; ${gbs.toFixed(1)} GB/s`,
      ...inColumns(table, 3),
      '',
    ].join('\n');
  },
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

const benchmarks: Readonly<Record<string, Benchmark>> = { frame, soak, kernels, peers } as never;

/** Formats rows of cells as lines. The first `left` columns are left-aligned. */
function inColumns(rows: readonly (readonly string[])[], left: number): string[] {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  const line = (row: readonly string[]) =>
    row.map((cell, c) => (c < left ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join('  ');
  return rows.map(line);
}

function oneOf<T>(name: string, value: T, all: readonly T[]): T {
  if (!all.includes(value))
    throw new Error(`--${name} is ${value}, one of ${all.join(', ')} is needed\n${USAGE}`);
  return value;
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`--${name} is ${text}; it must be a whole number of at least 1`);
  return value;
}
