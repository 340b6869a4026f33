import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isFirefox, newPage, type OpenPage, openPage } from '../../scripts/open-page';
import { EPS } from '../../shaders/cases/case';
import { frame } from '../../shaders/frame/frame.ref';
import { root } from '../fixtures';

/** The folder for screenshots of the page. */
const output = join(root, 'test/output', isFirefox ? 'firefox' : 'chrome');
const astronaut = join(root, 'demo/astronaut.png');
const SIDE = 48;

let open: OpenPage;
let page: Page;
const errors: string[] = [];

beforeAll(async () => {
  mkdirSync(output, { recursive: true });
  open = await openPage('demo/astronaut.png');
  page = await newPage(open.browser);
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.setViewport({ width: 1280, height: 900 });
  // Keeps the page's device, so that a test can destroy it.
  await page.evaluateOnNewDocument(() => {
    if (!('GPUAdapter' in window)) return;
    const request = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (...args) {
      const device = await request.apply(this, args);
      if (!('pageDevice' in window)) Object.assign(window, { pageDevice: device }); // a test opens others
      return device;
    };
  });
  await page.goto(address());
  await reach('ready');
});
afterAll(async () => {
  await open?.close();
  expect(errors).toEqual([]);
});

const address = () => new URL('/demo/study/paper.html', open.url).href;
const reach = (wanted: string, of = page) =>
  of.waitForFunction((s) => document.documentElement.dataset.state === s, {}, wanted);
const status = (of = page) => of.$eval('#status', (element) => element.textContent ?? '');
const textOf = (testid: string) =>
  page.$eval(`[data-testid=${testid}]`, (element) => element.textContent ?? '');

/** The numbers that the page shows. */
const shown = () =>
  page.evaluate(() => {
    const { crop, decision, shares, face, svm, tensors, voted } = window.mienPaper!;
    const { record, average, input, luminance, colour, difference } = crop;
    const arrays = { record, average, input, luminance, colour, difference };
    return {
      ...(Object.fromEntries(Object.entries(arrays).map(([name, data]) => [name, [...data]])) as Record<
        keyof typeof arrays,
        number[]
      >),
      ...{ label: face.label, voted, labels: [...decision.labels], rho: [...svm.rho] },
      shares: shares.map(({ value }) => value),
      pairs: decision.pairs.map(({ value }) => value),
      votes: [...decision.votes],
      probabilities: [...decision.probabilities],
      scores: [...tensors.scores.data],
      mean: [...tensors['pool1/average'].data],
      sum: [...tensors['pool1/sum'].data],
    };
  });

test('every stage shows real numbers, and the label is the recognizer’s', async () => {
  const stages = await page.$$eval('[data-testid=stage]', (sections) =>
    sections.map((section) => ({
      id: section.id,
      images: section.querySelectorAll('canvas, svg').length,
      links: [...section.querySelectorAll('.ran a')].map((link) => link.getAttribute('href')),
      times: [...section.querySelectorAll('.ran .time')].map((time) => time.textContent),
    })),
  );
  expect(stages.length).toBe(11);
  for (const { id, images, links, times } of stages) {
    expect([id, images > 0, links.length > 0]).toEqual([id, true, true]);
    for (const link of links) expect(link).toMatch(/^\.\/kernel\.html#[a-z0-9-]+$/);
    if (id !== 'stage-detection') for (const time of times) expect(time).toMatch(/^[\d.,]+ (µs|ms)$/);
  }
  // A text, because Vitest would rewrite an import() in a function.
  const recognised = (await page.evaluate(`import('/src/index.ts').then(async ({ createRecognizer }) => {
    const recognizer = await createRecognizer({ tuning: false });
    const photo = await (await fetch('/demo/astronaut.png')).blob();
    const [{ label, scores, crop }] = await recognizer.recognize(photo, { crops: true });
    recognizer.destroy();
    return { label, scores: Object.values(scores), crop: [...crop] };
  })`)) as { label: string; scores: number[]; crop: number[] };
  const { label, scores, input, probabilities } = await shown();
  expect(await textOf('label')).toBe(recognised.label);
  expect(label).toBe(recognised.label);
  expect(await status()).toBe(`The face is labelled ${label}. Every stage is shown below.`);
  // The same kernels compute the same numbers; other variants of a convolution differ by rounding.
  expect(input).toEqual(recognised.crop);
  for (const [k, score] of recognised.scores.entries()) {
    expect(Math.abs(scores[k] - score)).toBeLessThan(1e-4);
    expect(Math.abs(probabilities[k] - score)).toBeLessThan(1e-4);
  }
});

test('grey by the average is that of the reference in float64', async () => {
  const { record, average, luminance, colour, difference } = await shown();
  const { data, info } = await sharp(astronaut).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const picture = { width: info.width, height: info.height, data: new Uint8Array(data) };
  const options = { H: SIDE, W: SIDE, scale: 1, offset: 0, grey: true, border: 'nearest' } as const;
  const expected = frame(options, picture, Float32Array.from(record));
  // As in frame.cases.ts: the error of a coordinate times the steepest slope.
  const allowed = (8 * Math.max(info.width, info.height) + 16) * EPS;
  const PIXELS = SIDE * SIDE;
  for (let i = 0; i < PIXELS; i++) {
    expect(Math.abs(average[i] - expected[4 * i])).toBeLessThanOrEqual(allowed);
    const [r, g, b] = [0, 1, 2].map((c) => colour[c * PIXELS + i]);
    // Three products and two sums of numbers up to 1, and three rounded weights.
    expect(Math.abs(luminance[i] - (0.299 * r + 0.587 * g + 0.114 * b))).toBeLessThanOrEqual(8 * EPS);
    expect(Math.abs(difference[i] - (average[i] - luminance[i]))).toBeLessThanOrEqual(EPS);
  }
});

test('sum pooling is the average times four; the shares of the support vectors add up', async () => {
  const { mean, sum, pairs, votes, shares, label, labels, rho, voted, scores } = await shown();
  for (const [i, value] of sum.entries())
    expect(Math.abs(value - 4 * mean[i])).toBeLessThanOrEqual(4 * EPS * value); // a division by 4 may be rounded
  expect(pairs.length).toBe(21);
  expect(votes.reduce((a, b) => a + b, 0)).toBe(21);
  expect(labels[votes.indexOf(Math.max(...votes))]).toBe(voted);
  expect(labels[scores.indexOf(Math.max(...scores))]).toBe(label);
  const at = labels.indexOf(label);
  let [decided, rhos, p] = [0, 0, 0];
  for (let i = 0; i < 7; i++)
    for (let j = i + 1; j < 7; j++, p++) {
      const sign = i === at ? 1 : j === at ? -1 : 0;
      decided += sign * pairs[p];
      rhos -= sign * rho[p];
    }
  const total = shares.reduce((a, b) => a + b, 0) + rhos;
  const size = shares.reduce((a, b) => a + Math.abs(b), 0);
  // The GPU adds up to 534 f32 for each pair.
  expect(Math.abs(total - decided)).toBeLessThanOrEqual(64 * EPS * size);
  expect(await page.$$eval('[data-testid=shares] li', (rows) => rows.length)).toBe(16);
  expect(await page.$$eval('[data-testid=pairs] li', (rows) => rows.length)).toBe(21);
  expect(await page.$$eval('[data-testid=models] tbody tr', (rows) => rows.length)).toBe(4);
  expect(await page.$$eval('#claims-table tbody tr', (rows) => rows.length)).toBe(5);
});

/** The numbers of the playground's result. */
const played = () =>
  page.$eval('#playground-result', (element) => {
    const { wrong, vectors, points } = (element as HTMLElement).dataset;
    return {
      text: element.textContent,
      wrong: Number(wrong),
      vectors: Number(vectors),
      points: Number(points),
    };
  });
const set = async (id: string, value: string) => {
  await page.$eval(
    `#${id}`,
    (element, to) => {
      (element as HTMLInputElement).value = to;
      element.dispatchEvent(new Event('input', { bubbles: true }));
    },
    value,
  );
  await drawn();
};
/** Waits until the playground is drawn: it draws before the next frame. */
const drawn = () =>
  page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));

test('the playground separates XOR with RBF, and sliders, keys and clicks change it', async () => {
  await page.bringToFront();
  const before = await played();
  expect([before.points, before.wrong]).toEqual([32, 0]);
  await set('playground-kernel', 'linear');
  expect((await played()).wrong).toBeGreaterThan(0);
  expect(await page.$eval('#slider-gamma', (slider) => (slider as HTMLInputElement).disabled)).toBe(true);
  await set('playground-kernel', 'rbf');
  await set('slider-C', '-1.5');
  const soft = await played();
  expect(soft.vectors).toBeGreaterThan(before.vectors);
  expect(soft.text).not.toBe(before.text);
  await set('slider-C', '1');

  await page.focus('#playground-canvas');
  for (const key of ['ArrowRight', 'b', 'c'] as const) await page.keyboard.press(key);
  await drawn();
  expect((await played()).points).toBe(34);
  for (let i = 0; i < 2; i++) await page.keyboard.press('Delete');
  await drawn();
  expect((await played()).points).toBe(32);
  await page.click('#playground-canvas', { offset: { x: 20, y: 20 } });
  await drawn();
  expect((await played()).points).toBe(33);
  await page.click('#playground-canvas', { offset: { x: 20, y: 20 } });
  await drawn();
  expect((await played()).points).toBe(32);
});

test('the page fits on a phone, and in the dark', async () => {
  for (const scheme of ['light', 'dark'] as const) {
    // Firefox cannot change the scheme.
    if (isFirefox && scheme === 'dark') break;
    if (!isFirefox) await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    for (const width of [1280, 390]) {
      await page.setViewport({ width, height: 900 });
      await drawn();
      await page.screenshot({
        path: join(output, `study-paper-${scheme}-${width}.png`) as `${string}.png`,
        fullPage: true,
      });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
  }
  await page.setViewport({ width: 1280, height: 900 });
});

test('a picture without a face, another file and a lost GPU are reported; the next picture works', async () => {
  const file = (await page.$('input#file'))!;
  const blank = join(output, 'no-face.png');
  await sharp({ create: { width: 320, height: 240, channels: 3, background: '#7a8' } })
    .png()
    .toFile(blank);
  await file.uploadFile(blank);
  await reach('error');
  expect(await status()).toContain('There is no face in this picture');
  await file.uploadFile(join(root, 'package.json'));
  await page.waitForFunction(() => document.querySelector('#status')!.textContent!.includes('package.json'));
  expect(await status()).toBe('“package.json” is not a picture that this browser can read.');
  await page.evaluate(() => (window as unknown as { pageDevice: GPUDevice }).pageDevice.destroy());
  await page.waitForFunction(() => document.querySelector('#status')!.textContent!.includes('GPU was lost'));
  expect(await page.$eval('html', (element) => element.dataset.state)).toBe('error');
  await page.click('#sample');
  await reach('ready');
  expect(await textOf('label')).toBe('happy');
});

test('without WebGPU the page says so, and the playground works', async () => {
  const other = await newPage(open.browser);
  await other.evaluateOnNewDocument(() => {
    Object.defineProperty(Navigator.prototype, 'gpu', { get: () => undefined });
  });
  await other.goto(address());
  await reach('error', other);
  expect(await status(other)).toContain('WebGPU is not available here');
  expect(await other.$eval('#playground-panel canvas', (canvas) => canvas.clientWidth)).toBeGreaterThan(0);
  await other.close();
});
