import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { compareReports } from '../../bench/suite/compare';
import { type Report, readReport } from '../../bench/suite/report';
import { fragmentOf } from '../../bench/suite/share';
import { isFirefox, newPage, type OpenPage, openPage } from '../../scripts/open-page';
import { root } from '../fixtures';

/** The folder for screenshots of the page. */
const output = join(root, 'test/output', isFirefox ? 'firefox' : 'chrome');
/** A report that was kept, of another browser than this one or of the same. */
const keptFile = join(root, 'bench/results/report-swiftshader-chrome.json');
const kept = readReport(readFileSync(keptFile, 'utf8'), keptFile);

let open: OpenPage;
let page: Page;
const errors: string[] = [];

beforeAll(async () => {
  mkdirSync(output, { recursive: true });
  open = await openPage('demo/astronaut.png');
});
afterAll(() => open?.close());

beforeEach(async () => {
  errors.length = 0;
  page = await newPage(open.browser);
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.setViewport({ width: 1280, height: 800 });
});
afterEach(async () => {
  await page.close();
  expect(errors).toEqual([]);
});

async function visit(fragment = ''): Promise<void> {
  await page.goto(new URL(`/demo/bench.html${fragment}`, open.url).href);
  await page.waitForFunction('window.mienBench');
}
const status = () => page.$eval('#status', (element) => element.textContent ?? '');
const reach = (wanted: string) =>
  page.waitForFunction((s) => document.documentElement.dataset.state === s, {}, wanted);
const shoot = async (name: string) => {
  await page.screenshot({ path: join(output, `${name}.png`) as `${string}.png`, fullPage: true });
  await page.setViewport({ width: 390, height: 844 });
  await page.screenshot({ path: join(output, `${name}-phone.png`) as `${string}.png`, fullPage: true });
};

let measured: Report | undefined;

test('ceilings, a kernel and a workload are measured, checked and shown', async () => {
  await visit();
  const runs = [
    'multiply-add, f32',
    'read storage',
    'a dispatch',
    'svm predictions, rbf, 100 ',
    'dense, phone',
  ];
  const reports: Report[] = [];
  for (const only of runs)
    reports.push(await page.evaluate((text) => window.mienBench.run({ profile: 'quick', only: text }), only));
  // `quick` does not contain this workload.
  expect(reports[3].rows).toEqual([]);
  const rows = reports.flatMap((report) => report.rows);
  const dense = rows.filter(({ id }) => id.startsWith('kernels/dense/phone/'));
  expect(dense.map(({ id }) => id.split('/').at(-1))).toContain('plain');
  for (const { value, q1, q3, samples, flop, bytes, group } of rows) {
    expect(value).toBeGreaterThan(0);
    expect(q1).toBeLessThanOrEqual(value);
    expect(q3).toBeGreaterThanOrEqual(value);
    expect(samples.length).toBeGreaterThanOrEqual(3);
    if (group === 'kernels') expect([flop, bytes]).toEqual([expect.any(Number), expect.any(Number)]);
  }
  expect(rows.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['ceilings/f32', 'ceilings/read', 'ceilings/dispatch']),
  );
  measured = { ...reports[0], rows };
  expect(await status()).toBe('Done.');
  expect(await page.$$eval('#tables tbody tr', (found) => found.length)).toBeGreaterThanOrEqual(dense.length);
  // Opens the details of a row, with its WGSL.
  await page.click('#tables tbody button');
  await page.waitForSelector('#details[open] pre');
  expect(await page.$eval('#details', (dialog) => dialog.textContent)).toContain('dense');
  await page.keyboard.press('Escape');
});

test('a run is cancelled by its button and by Escape, and keeps what it has measured', async () => {
  await visit();
  for (const cancel of [() => page.click('#cancel'), () => page.keyboard.press('Escape')]) {
    await page.click('#start');
    await page.waitForFunction(() => Number(document.querySelector('progress')?.value) > 0);
    expect(await status()).toMatch(/^\d+ %, about \d+ (seconds|minutes) left\. /);
    await cancel();
    await reach('ready');
    expect(await status()).toBe('Cancelled. The rows below were measured before.');
    expect(await page.$$eval('#tables tbody tr', (rows) => rows.length)).toBeGreaterThan(0);
  }
});

test('other engines run a model of the page; those that are not installed are named', async () => {
  await visit();
  const { engines } = await page.evaluate(() =>
    window.mienBench.compareEngines({ models: ['BlazeFace'], batches: [1], rounds: 3 }),
  );
  const [own, ...others] = engines!.rows;
  expect([own.engine, own.ratio.value, own.difference]).toEqual(['Mien', 1, 0]);
  expect(own.samples.length).toBe(3);
  for (const { difference, ratio } of others) {
    expect(difference).toBeLessThan(1e-3);
    expect(ratio.value).toBeGreaterThan(0);
  }
  const names = [...others, ...engines!.missing].map(({ engine }) => engine);
  for (const name of ['onnxruntime-web, WebGPU', 'TensorFlow.js, WebGPU', 'LiteRT.js, WebGPU'])
    expect(names).toContain(name);
  const lines = await page.$$eval('#engines-result tbody tr', (rows) => rows.length);
  expect(lines).toBe(engines!.rows.length + 1); // and the title of the group
  expect(await status()).toBe('Done.');
  // Firefox reports each script of a package that is not installed.
  errors.splice(0, errors.length, ...errors.filter((error) => !error.includes('/bench/peers/node_modules/')));
});

test('a link shows its report: the roofline, the tables and the score', async () => {
  await visit(await fragmentOf(kept));
  await reach('ready');
  expect(await status()).toContain('A report of ');
  expect(await page.$eval('#score', (element) => element.textContent)).toMatch(/^\d/);
  const points = kept.rows.filter(({ group, flop }) => group === 'kernels' && flop).length;
  expect(points).toBeGreaterThan(20);
  expect(await page.$$eval('#plot a', (found) => found.length)).toBe(points);
  await shoot('bench');
  await page.setViewport({ width: 1280, height: 800 });
  await page.emulateMediaFeatures?.([{ name: 'prefers-color-scheme', value: 'dark' }]).catch(() => undefined);
  await shoot('bench-dark');
});

test('another report is compared with the one that is shown', async () => {
  await visit(await fragmentOf(kept));
  await reach('ready');
  const other = {
    ...kept,
    rows: kept.rows.map((row) => ({ ...row, value: row.value / 2, low: row.low / 2, high: row.high / 2 })),
  };
  await page.$eval(
    '#paste',
    (field, link) => {
      (field as HTMLInputElement).value = link;
      field.dispatchEvent(new Event('input'));
    },
    `https://example.org/${await fragmentOf(other)}`,
  );
  await page.waitForSelector('#comparison tbody tr');
  expect(await page.$$eval('#comparison tbody tr', (rows) => rows.length)).toBe(kept.rows.length);
  await page.$eval('#paste', (field) => {
    (field as HTMLInputElement).value = 'https://example.org/';
    field.dispatchEvent(new Event('input'));
  });
  await reach('error');
  expect(await status()).toBe('This link contains no report: it has no #report=');
});

test('a report of this browser compares with a kept one', () => {
  const { differences } = compareReports(kept, measured!);
  expect(differences.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['ceilings/f32', 'ceilings/read', 'ceilings/dispatch']),
  );
});
