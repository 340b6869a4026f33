/** Benchmarks for developers of Mien: the frame pipeline, and whether memory stays flat. */

import { openPage } from '../scripts/open-page';
import { type Benchmark, count, oneOf } from './arguments';
import type { FrameOptions, FrameResults } from './frame-page';

export const frame: Benchmark<FrameResults & { browser: string }> = {
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

export const soak: Benchmark<SoakResults> = {
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

/** Formats rows of cells as lines. The first `left` columns are left-aligned. */
function inColumns(rows: readonly (readonly string[])[], left: number): string[] {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  const line = (row: readonly string[]) =>
    row.map((cell, c) => (c < left ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join('  ');
  return rows.map(line);
}
