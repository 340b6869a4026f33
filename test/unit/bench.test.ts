import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ceilings } from '../../bench/suite/ceilings';
import { compareReports, differenceOf, regressions } from '../../bench/suite/compare';
import { comparisonOf, markdownOf } from '../../bench/suite/markdown';
import { isPrecise, quantile, summarise, takeSamples } from '../../bench/suite/method';
import {
  browserOf,
  joinRows,
  osOf,
  type Report,
  type Row,
  readReport,
  rowOf,
  text,
} from '../../bench/suite/report';
import { ceilingsOf, limitOf, roofAt, shareOf } from '../../bench/suite/roofline';
import { PARTS, scoreOf } from '../../bench/suite/score';
import { fragmentOf, reportOf } from '../../bench/suite/share';
import { entriesOf } from '../../bench/suite/suite';
import { drawFaces } from '../../bench/suite/workloads';
import { allCases } from '../../shaders/cases/all-cases';
import { faultsOf } from '../wgsl-faults';

const row = (
  id: string,
  samples: readonly number[],
  unit: Row['unit'] = 'GFLOP/s',
  more: Partial<Row> = {},
): Row => rowOf({ id, group: id.split('/')[0] as Row['group'], title: id, unit }, samples, { more });

const report = (rows: readonly Row[]): Report => ({
  ...{ schema: 'mien-bench/1', profile: 'quick', date: '2026-11-26T12:00:00.000Z', browser: 'Firefox 153.0' },
  ...{ os: 'Linux', clock: 'gpu', limits: {}, features: [], languageFeatures: [], missing: [], notes: [] },
  mien: { version: '0.1.0', commit: 'abc1234' },
  adapter: {
    ...{ name: 'a | GPU', vendor: '', architecture: '', device: '', description: '' },
    ...{ isFallbackAdapter: false, isSoftware: false },
  },
  rows,
});

describe('the method', () => {
  test('quantiles are interpolated', () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(quantile([1, 2, 3, 4, 5], 0.25)).toBe(2);
    expect(quantile([7], 0.9)).toBe(7);
  });
  test('the interval of the median is 1.57 IQR / sqrt(n) on either side', () => {
    const { value, q1, q3, low, high } = summarise([4, 1, 3, 2, 5, 6, 7, 8, 9]);
    expect([value, q1, q3]).toEqual([5, 3, 7]);
    expect(high - value).toBeCloseTo((1.57 * 4) / 3, 12);
    expect(value - low).toBeCloseTo((1.57 * 4) / 3, 12);
  });
  test('nothing is summarised from no samples', () => {
    expect(() => summarise([])).toThrow('no samples');
  });
  test('equal samples are precise; samples of two kinds are not', () => {
    expect(isPrecise(summarise([10, 10, 10, 10, 10]))).toBe(true);
    expect(isPrecise(summarise([10, 20, 10, 20, 10]))).toBe(false);
  });
  test('a sample is repeated until it is long enough, and ends once the median is certain', async () => {
    const repetitions: number[] = [];
    const samples = await takeSamples(
      async (n) => {
        repetitions.push(n);
        return 0.01;
      },
      { sample: 50, most: 3000 },
    );
    expect(samples).toEqual([0.01, 0.01, 0.01, 0.01, 0.01]);
    expect(repetitions.slice(-5)).toEqual([5000, 5000, 5000, 5000, 5000]);
  });
  test('a single sample is not warmed up', async () => {
    let count = 0;
    const sample = async () => ++count;
    expect(await takeSamples(sample, { sample: 50, most: 3000, samples: 1, repetitions: 1 })).toEqual([1]);
  });
  test('what check throws ends the measurement', async () => {
    const check = () => {
      throw new Error('cancelled');
    };
    await expect(takeSamples(async () => 1, { sample: 50, most: 3000, check })).rejects.toThrow('cancelled');
  });
});

describe('the roofline', () => {
  const roof = { gflops: 100, gbs: 10 };
  test('memory limits what has few operations a byte', () => {
    expect([roofAt(roof, 2), limitOf(roof, 2)]).toEqual([20, 'memory']);
    expect([roofAt(roof, 50), limitOf(roof, 50)]).toEqual([100, 'arithmetic']);
  });
  test('a kernel is related to the ceiling that limits it', () => {
    const kernel = row('kernels/copy', [5, 5, 5], 'GFLOP/s', { flop: 2e6, bytes: 1e6 });
    expect(shareOf(kernel, roof)).toBe(0.25);
  });
  test('without ceilings there is no roofline', () => {
    expect(ceilingsOf(report([row('ceilings/f32', [1, 1, 1])]))).toBeUndefined();
    const both = [row('ceilings/f32', [12, 12, 12]), row('ceilings/read', [3, 3, 3], 'GB/s')];
    expect(ceilingsOf(report(both))).toEqual({ gflops: 12, gbs: 3 });
  });
});

describe('the score', () => {
  const baseline = PARTS.map(({ id, baseline: value }) => {
    const unit = id === 'ceilings/dispatch' ? 'µs' : id === 'ceilings/read-back' ? 'ms' : 'items/s';
    return row(id, [value, value, value], unit);
  });
  test('the baseline has 100', () => {
    expect(scoreOf(report(baseline)).value).toBeCloseTo(100, 9);
  });
  test('so has the kept report that it comes from', () => {
    const file = new URL('../../bench/results/report-swiftshader-chrome.json', import.meta.url);
    expect(scoreOf(readReport(readFileSync(file, 'utf8'), 'the kept report')).value).toBeCloseTo(100, 1);
  });
  test('twice as fast in all parts is 200, also where less is better', () => {
    const twice = baseline.map((each) => {
      const factor = each.unit === 'µs' || each.unit === 'ms' ? 0.5 : 2;
      return { ...each, value: each.value * factor };
    });
    expect(scoreOf(report(twice)).value).toBeCloseTo(200, 9);
  });
  test('a missing part gives no score', () => {
    expect(scoreOf(report(baseline.slice(1))).value).toBeUndefined();
  });
  test('the profile quick contains every part', () => {
    const ids = entriesOf({ profile: 'quick' })
      .filter(({ group }) => group !== 'kernels')
      .flatMap((entry) => entry.items().map(({ id }) => id));
    expect(ids).toEqual(expect.arrayContaining(PARTS.map(({ id }) => id)));
  });
});

describe('comparisons', () => {
  const steady = (id: string, value: number, unit?: Row['unit']) =>
    row(id, [value * 0.999, value, value * 1.001, value, value], unit);
  test('above 1 is better, also where less is better', () => {
    expect(differenceOf(steady('a', 10), steady('a', 20)).ratio).toBeCloseTo(2, 9);
    expect(differenceOf(steady('a', 10, 'ms'), steady('a', 20, 'ms')).ratio).toBeCloseTo(0.5, 9);
  });
  test('a difference within the noise is not certain', () => {
    const noisy = row('a', [8, 12, 9, 11, 10]);
    expect(differenceOf(noisy, steady('a', 11)).isCertain).toBe(false);
    expect(differenceOf(steady('a', 10), steady('a', 11)).isCertain).toBe(true);
  });
  test('a row that was slowed down proves nothing', () => {
    const hot = { ...steady('a', 5), drift: 0.5 };
    expect(differenceOf(steady('a', 10), hot).isCertain).toBe(false);
  });
  test('a regression is worse by more than the share, with its interval', () => {
    const { differences } = compareReports(
      report([steady('a', 10), steady('b', 10), steady('c', 10)]),
      report([steady('a', 8), steady('b', 9.5), row('c', [5, 10, 8, 4, 12])]),
    );
    expect(regressions(differences, 0.1).map(({ id }) => id)).toEqual(['a']);
  });
  test('rows of one report only are named', () => {
    const { onlyBefore, onlyAfter } = compareReports(report([steady('a', 1)]), report([steady('b', 1)]));
    expect([onlyBefore, onlyAfter]).toEqual([['a'], ['b']]);
  });
});

describe('reports', () => {
  const full = report([
    row('ceilings/f32', [1.23456789, 1.3, 1.2]),
    row('workloads/latency', [3, 4, 5], 'ms'),
  ]);
  test('a link contains the report without its samples', async () => {
    const fragment = await fragmentOf(full);
    expect(fragment).toMatch(/^#report=[\w-]+$/);
    const read = await reportOf(`https://example.org/bench.html${fragment}`);
    expect(read.adapter).toEqual(full.adapter);
    expect(read.rows.map(({ id, count, samples }) => [id, count, samples])).toEqual([
      ['ceilings/f32', 3, []],
      ['workloads/latency', 3, []],
    ]);
    expect(read.rows[0].value).toBeCloseTo(full.rows[0].value, 4);
  });
  test.each([
    ['#report=AAAA', 'the link is damaged'],
    ['#report=@@@', 'the link is damaged'],
    [`#report=${'A'.repeat(200_001)}`, 'at most 200000 are read'],
  ])('a bad link is refused: %#', async (fragment, message) => {
    await expect(reportOf(fragment)).rejects.toThrow(message);
  });
  test('a link that unpacks to megabytes is refused', async () => {
    const zeros = new Blob([new Uint8Array(5_000_000)])
      .stream()
      .pipeThrough(new CompressionStream('deflate-raw'));
    const packed = Buffer.from(await new Response(zeros).arrayBuffer()).toString('base64url');
    await expect(reportOf(`#report=${packed}`)).rejects.toThrow('the link is damaged');
  });
  test.each([
    ['{', 'a.json: not JSON'],
    ['null', 'a.json: not a report of this benchmark: "schema" is undefined'],
    ['{"schema":"mien-bench/2"}', 'a.json: its schema is mien-bench/2; this version reads mien-bench/1'],
    ['{"schema":"mien-bench/1"}', 'a.json: it has no rows or no adapter'],
    [
      '{"schema":"mien-bench/1","adapter":{},"rows":[{"id":"x"}]}',
      'a.json: row 0 ("x") has no number "value"',
    ],
  ])('a bad file is refused: %s', (json, message) => {
    expect(() => readReport(json, 'a.json')).toThrow(message);
  });
  test('Markdown has a table for each group, and escapes bars', () => {
    const markdown = markdownOf(full);
    expect(markdown).toContain('### Ceilings');
    expect(markdown).toContain('| ceilings/f32 | 1.23 | GFLOP/s |');
    expect(markdown.split('\n')[0]).toContain(
      'a | GPU, Firefox 153.0, Linux; Mien 0.1.0 (abc1234), 2026-11-26',
    );
    expect(comparisonOf(compareReports(full, full))).toContain(
      '| ceilings/f32 | 1.23 | 1.23 | GFLOP/s | 1.00 |',
    );
  });
  test('other engines have a table, and those that were not compared are named', () => {
    const ms = { value: 20, q1: 19, q3: 21, low: 19.5, high: 20.5 };
    const ratio = { value: 2, q1: 1.9, q3: 2.1, low: 1.95, high: 2.05 };
    const each = { model: 'CNN', batch: 1, create: 5, first: 7, ms, ratio, samples: [20], difference: 1e-7 };
    const missing = [{ engine: 'B', model: 'CNN', why: 'no file' }];
    const engines = { rows: [{ ...each, engine: 'A', kernels: 9 }], missing };
    const markdown = markdownOf({ ...report([]), engines });
    expect(markdown).toContain(
      '| CNN | A | 1 | 5.00 | 7.00 | 20.0 | 2.00 | 1.95 – 2.05 | kernels alone 9.00 ms |',
    );
    expect(markdown).toContain('- B, CNN: no file');
    for (const wrong of [null, 7, { rows: [] }, { rows: 'x', missing: [] }])
      expect(() => readReport(JSON.stringify({ ...report([]), engines: wrong }), 'x.json')).toThrow(
        'x.json: "engines" needs the lists "rows" and "missing"',
      );
    const bad = JSON.stringify({ ...report([]), engines: { rows: [{ ...each, ms: undefined }], missing } });
    expect(() => readReport(bad, 'x.json')).toThrow(
      'x.json: row 0 of "engines" has no number "ms.value" or "ratio.value"',
    );
  });
  test('failures come first, and what this GPU lacks is folded', () => {
    const missing = [
      { id: 'a', title: 'A', why: 'wrong at 7', failed: true },
      { id: 'b', title: 'B', why: 'the device has no shader-f16' },
      { id: 'c', title: 'C', why: 'the device has no shader-f16' },
    ];
    const markdown = markdownOf({ ...full, missing });
    expect(markdown).toContain('### Failed\n\n- A: wrong at 7\n');
    expect(markdown).toContain('<summary>Not measured</summary>\n\n- the device has no shader-f16: B; C\n');
  });
  test.each([
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/156.0.0.0 Safari/537.36',
      'Chrome 156.0.0.0',
      'Linux',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/156.0 Safari/537.36 Edg/156.0',
      'Edge 156.0',
      'Windows NT 10.0',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0', 'Firefox 153.0', 'Linux'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) Version/26.1 Mobile Safari/604.1',
      'Safari 26.1',
      'iOS 26.1',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/26.1 Safari/605.1',
      'Safari 26.1',
      'macOS 10.15.7',
    ],
    ['Mozilla/5.0 (Linux; Android 16; K) Chrome/156.0 Mobile Safari/537.36', 'Chrome 156.0', 'Android 16'],
    ['Node.js/20.20.2 linux', 'Node.js 20.20.2', 'Linux'],
  ])('browser and system of %s', (agent, browser, os) => {
    expect([browserOf(agent), osOf(agent)]).toEqual([browser, os]);
  });
  test('numbers have three digits', () => {
    expect([12345, 123.4, 12.34, 1.234, 0.01234, Number.NaN].map(text)).toEqual([
      ...['12,345', '123', '12.3', '1.23', '0.012', '-'],
    ]);
  });
});

describe('what is measured', () => {
  test('ids are unique in the ceilings and workloads', () => {
    const entries = new Set(entriesOf({ profile: 'full', groups: ['ceilings', 'workloads'] }));
    const ids = [...entries].flatMap((entry) => entry.items().map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
  });
  test('the WGSL of the ceilings compiles in naga and WebKit, as far as a look at the text can tell', () => {
    const files = ceilings.flatMap((entry) =>
      entry.items().map(({ wgsl, id }) => ({ name: id, files: wgsl ?? [] })),
    );
    expect(files.filter((kernel) => kernel.files.length).flatMap(faultsOf)).toEqual([]);
  });
  test('every kernel has a layer for a phone', () => {
    const without = allCases.filter(({ cases }) => !cases.some(({ timed }) => timed === 'phone'));
    expect(without.map(({ kernel }) => kernel)).toEqual([]);
  });
  test('entries are chosen by profile, group and text', () => {
    const all = entriesOf({ profile: 'default' });
    expect(entriesOf({ profile: 'quick' }).length).toBeLessThan(all.length);
    expect(new Set(entriesOf({ profile: 'full', groups: ['kernels'] }).map(({ group }) => group))).toEqual(
      new Set(['kernels']),
    );
    const rates = ['Multiply-add, f32', 'Multiply-add, vec4f', 'Multiply-add, vec4h (f16)'];
    expect(entriesOf({ profile: 'full', only: 'MULTIPLY-add' }).map(({ title }) => title)).toEqual(
      [rates, rates, rates].flat(), // at the beginning, in the middle and at the end
    );
  });
  test('a row that was faster at another time of the run is noisy', () => {
    const steady = [100, 100.5, 101, 100.2, 100.1];
    const fast = steady.map((value) => value * 1.2);
    expect(joinRows([row('f32', steady), row('f32', steady)])).toMatchObject({ noisy: false, count: 10 });
    const both = joinRows([row('f32', steady), { ...row('f32', fast), drift: 0.1, hidden: true }]);
    expect(both).toMatchObject({ noisy: true, drift: 0.1, hidden: true, count: 10 });
    expect(both.low).toBeLessThanOrEqual(100.2);
    expect(both.high).toBeGreaterThanOrEqual(100.2 * 1.2);
    expect(joinRows([row('f32', steady, 'ms', { flop: 7 })])).toMatchObject({ flop: 7, noisy: false });
  });
  test('the picture of faces is a square of copies, every second one mirrored', () => {
    const photo = {
      width: 512,
      height: 512,
      data: new Uint8Array(512 * 512 * 4).map((_, i) => (i / 4) % 512),
    };
    const { width, height, data } = drawFaces(photo, 3);
    expect([width, height]).toEqual([380, 380]);
    expect([...data.slice(0, 4)]).toEqual([130, 130, 130, 255]);
    expect(data[4 * 190]).toBe((130 + 189) % 256);
    expect(data[4 * (380 * 379 + 379)]).toBe(0x6e);
  });
});
