import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isFirefox, newPage, type OpenPage, openPage } from '../../scripts/open-page';
import { root } from '../fixtures';

/** The folder for screenshots of the page. */
const output = join(root, 'test/output', isFirefox ? 'firefox' : 'chrome');
const fixture = (name: string) => join(root, 'test/fixtures', name);

let open: OpenPage;
let page: Page;
const errors: string[] = [];

// One page for all tests, as for a visitor who tries one model after another.
beforeAll(async () => {
  mkdirSync(output, { recursive: true });
  open = await openPage('demo/astronaut.png');
  page = await newPage(open.browser);
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.setViewport({ width: 1280, height: 800 });
  await page.goto(new URL('/demo/index.html', open.url).href);
  await page.waitForFunction(() => document.documentElement.dataset.state === 'ready');
});
afterAll(() => open?.close());

const choose = async (...files: string[]) =>
  (await page.$('input#model-file'))!.uploadFile(...files.map(fixture));
const textOf = (selector: string) => page.$eval(selector, (element) => element.textContent ?? '');
const has = (selector: string, text: string) =>
  page.waitForFunction(
    (s, t) => document.querySelector(s)?.textContent?.includes(t),
    { timeout: 30_000 },
    selector,
    text,
  );
const labels = () =>
  page.$$eval('[data-testid=face]', (cards) => cards.map((card) => (card as HTMLElement).dataset.label));
/** Pastes a text into the model's field for numbers, and runs the model. */
const paste = async (text: string) => {
  await page.$eval(
    '#model textarea',
    (area, t) => {
      (area as HTMLTextAreaElement).value = t;
      area.dispatchEvent(new Event('input'));
    },
    text,
  );
  await run();
};
const run = async () => {
  await page.$eval('#model .model-form', (form) => (form as HTMLFormElement).requestSubmit());
  await page.waitForFunction(
    () => document.querySelector<HTMLElement>('#model .model-form')?.dataset.state !== 'working',
  );
};
const shoot = async (name: string) => {
  await page.screenshot({ path: join(output, `${name}.png`) as `${string}.png`, fullPage: true });
  await page.setViewport({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.screenshot({ path: join(output, `${name}-phone.png`) as `${string}.png`, fullPage: true });
  await page.setViewport({ width: 1280, height: 800 });
};

test('visitors who open no model do not download its code', async () => {
  const files = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  expect(files.filter((name) => /demo\/model|network\/inspect/.test(name))).toEqual([]);
});

test('a face classifier is used with its own labels, until the built-in model is back', async () => {
  await choose('page/brightness.onnx');
  await has('.model-used', 'brightness.onnx');
  await page.waitForFunction(() => document.querySelectorAll('[data-testid=face] .bar').length === 3);
  const [label] = await labels();
  expect(['bright', 'half-lit', 'dark']).toContain(label);
  const facts = await textOf('.model-facts');
  expect(facts).toMatch(/Inputx \(N, 1, 48, 48\) float/);
  expect(facts).toMatch(/3 labelsbright, half-lit, dark/);
  expect(facts).toMatch(/Later runs, median[\d.]+ m?s/);

  // In the clip, the chart has a line for each label.
  await page.click('#play');
  await page.waitForFunction(() => document.querySelector('.strip canvas'));
  expect(await page.$$eval('[data-testid=face] .bar', (bars) => bars.length)).toBe(3);
  await shoot('model-face');
  // The model changes while the clip plays.
  await page.click('.model-used .button');
  await page.waitForFunction(() => document.querySelectorAll('[data-testid=face] .bar').length === 7);
  await page.click('#play');
  await page.waitForFunction(() => document.documentElement.dataset.state === 'ready');
  expect(await labels()).toEqual(['happy']);
});

test('a face classifier without labels is used when its classes have names', async () => {
  await choose('page/unnamed.onnx');
  await has('[data-testid=model] h2', 'unnamed.onnx');
  const use = async (names: string) => {
    await page.$eval('.model-faces input', (input, text) => Object.assign(input, { value: text }), names);
    await page.click('.model-faces .button');
  };
  await use('left, right, middle');
  await has('.model-faces .model-error', 'there are 3 labels, but the model returns 2 scores.');
  await use('left, right');
  await has('.model-used', 'unnamed.onnx');
  await page.waitForFunction(() => document.querySelectorAll('[data-testid=face] .bar').length === 2);
  expect(await page.$$eval('.bar-name', (names) => names.map((name) => name.textContent))).toEqual([
    'left',
    'right',
  ]);
  await page.click('.model-used .button');
  await page.waitForFunction(() => document.querySelectorAll('[data-testid=face] .bar').length === 7);
});

test('a plain network runs on pasted numbers, and both counts are named', async () => {
  await choose('cli/double-row.onnx');
  await has('[data-testid=model] h2', 'double-row.onnx');
  await paste('1, 2 3');
  expect(await textOf('#model .model-form .model-error')).toMatch(/needs 4 numbers.*there are 3\.$/);
  await paste('1, -2 3\n4.5');
  expect(await textOf('[data-output=y]')).toMatch(/^y \(1, 4\)class 39class 26class 02class 1-4/);
  expect(await textOf('[data-output=y] .model-detail')).toBe('From -4 to 9, mean 3.25: 2, -4, 6, 9');
  await paste('1 2 3 4\n5 6 7 8');
  expect(await page.$$eval('.model-table tbody tr', (rows) => rows.map((row) => row.textContent))).toEqual([
    '12468',
    '210121416',
  ]);
  // Numbers of an .npy file.
  await choose('nets/abs-each.in.x.npy');
  await has('#model .model-form .model-error', 'needs 4 numbers, but there are');
});

test('a plain network runs on the picture', async () => {
  await choose('cli/double-nchw.onnx');
  await has('[data-testid=model] h2', 'double-nchw.onnx');
  await run();
  expect(await textOf('[data-output=y]')).toMatch(/^y \(1, 3, 2, 3\)From 0\.\d+ to 1\.\d+, mean/);
  await page.select('#model .model-form select', 'picture');
  await shoot('model-picture');
});

test('open sizes have fields', async () => {
  await choose('cli/double-grey.onnx');
  await has('[data-testid=model] h2', 'double-grey.onnx');
  await page.$eval('#model input[name=H]', (input) => {
    (input as HTMLInputElement).value = '7';
    (input.closest('form') as HTMLFormElement).requestSubmit();
  });
  await has('.model-facts', '(N, 1, 7, 224)');
});

test('a LIBSVM model runs on rows', async () => {
  await choose('svm/k2-rbf.model');
  await has('[data-testid=model] h2', 'k2-rbf.model');
  await paste('1:0.5 3:-1');
  expect(await textOf('[data-output=label]')).toMatch(/-?\d+/);
  await paste('1:0.5\n999:2');
  expect(await textOf('#model .model-form .model-error')).toMatch(
    /^Row 2: the index is 999, but the model's features/,
  );
});

test('weights in a file of their own are dropped together with the model', async () => {
  await choose('page/outside.onnx');
  await has('#status', 'keeps its weights in “outside.onnx.data”: drop both files together.');
  // The files are dropped on the page.
  const [model, data] = await Promise.all(
    ['page/outside.onnx', 'page/outside.onnx.data'].map(async (name) => [
      ...(await (await import('node:fs/promises')).readFile(fixture(name))),
    ]),
  );
  await page.evaluate(
    (bytes, weights) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(weights)], 'outside.onnx.data'));
      transfer.items.add(new File([new Uint8Array(bytes)], 'outside.onnx'));
      dispatchEvent(new DragEvent('drop', { dataTransfer: transfer }));
    },
    model,
    data,
  );
  await has('[data-testid=model] h2', 'outside.onnx');
  await paste('1 1 1 1');
  expect(await textOf('[data-output=y] .model-detail')).toBe('From 1 to 4, mean 2.5: 1, 2, 3, 4');
});

test('a refused model and garbage leave the one before', async () => {
  await choose('bad/unknown-operator.onnx');
  await has('[data-testid=refused]', 'is not a supported operator');
  await choose('bad/text.onnx');
  await has('#status', '“text.onnx”: not an ONNX file');
  await choose('svm/README.md');
  await has('#status', 'README.md” is not a picture');
  await paste('1 1 1 2');
  expect(await textOf('[data-output=y] .model-detail')).toBe('From 1 to 5, mean 2.75: 1, 2, 3, 5');
  await shoot('model-refused');
  expect(errors).toEqual([]);
});
