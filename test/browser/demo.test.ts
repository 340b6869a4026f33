import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { isFirefox, newPage, type OpenPage, openPage } from '../../scripts/open-page';
import { root } from '../fixtures';

/** The folder for screenshots of the page. */
const output = join(root, 'test/output', isFirefox ? 'firefox' : 'chrome');
const astronaut = join(root, 'demo/astronaut.png');

let open: OpenPage;
let page: Page;
const errors: string[] = [];

beforeAll(async () => {
  mkdirSync(output, { recursive: true });
  open = await openPage('demo/astronaut.png', [
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
  ]);
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

const visit = () => page.goto(new URL('/demo/index.html', open.url).href);
const state = () => page.$eval('html', (html) => html.dataset.state);
const reach = (wanted: string) =>
  page.waitForFunction((s) => document.documentElement.dataset.state === s, {}, wanted);
const status = () => page.$eval('#status', (element) => element.textContent ?? '');
const labels = () =>
  page.$$eval('[data-testid=face]', (cards) => cards.map((card) => (card as HTMLElement).dataset.label));

test('the bundled photo is recognised as soon as the page opens', async () => {
  await visit();
  await reach('ready');
  expect(await labels()).toEqual(['happy']);
  expect(await status()).toMatch(/^1 face: happy, in /);
  expect(await page.$eval('#adapter', (element) => element.textContent)).toMatch(/\w/);
  for (const part of ['cpu', 'letterbox', 'detector', 'faces', 'crops', 'expression', 'total'])
    expect(await page.$eval(`#time-${part}`, (element) => element.textContent)).toMatch(/\d/);
  // The canvas is not empty, so the box is drawn.
  const drawn = await page.$eval('#overlay', (element) => {
    const canvas = element as HTMLCanvasElement;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value) => value > 0);
  });
  expect(drawn).toBe(true);
  await page.screenshot({ path: join(output, 'page.png') as `${string}.png` });
  await page.setViewport({ width: 390, height: 844 });
  await page.screenshot({ path: join(output, 'page-phone.png') as `${string}.png`, fullPage: true });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

test('a chosen file is recognised, another kind of file is refused in words', async () => {
  await visit();
  await reach('ready');
  const file = (await page.$('input#file'))!;
  await file.uploadFile(join(root, 'package.json'));
  await reach('error');
  expect(await status()).toMatch(/package\.json.* is not a picture/);
  await file.uploadFile(astronaut);
  await reach('ready');
  expect(await labels()).toEqual(['happy']);
});

test('the webcam runs and stops', async () => {
  await visit();
  await reach('ready');
  await page.click('#webcam');
  await page.waitForFunction(() => !document.querySelector<HTMLVideoElement>('#video')?.hidden);
  await page.waitForFunction(() =>
    /webcam runs. Its frames/.test(document.querySelector('#status')?.textContent ?? ''),
  );
  await page.click('#webcam');
  await page.waitForFunction(() => document.querySelector<HTMLVideoElement>('#video')?.hidden);
  await page.waitForFunction(() => document.querySelectorAll('[data-testid=face]').length === 1);
  expect(await page.$eval('#video', (video) => (video as HTMLVideoElement).srcObject)).toBeNull();
});

test('the clip plays: faces keep their ids, and each has its chart', async () => {
  await visit();
  await reach('ready');
  await page.click('#play');
  await page.waitForFunction(() => document.querySelector('.strip canvas'));
  const seen = await page.evaluate(async () => {
    const ids = new Set<number>();
    const shown = new Set<unknown>();
    while (shown.size < 6) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const frame = window.mienLast as unknown as { faces: { id: number }[] };
      shown.add(frame);
      for (const { id } of frame.faces) ids.add(id);
    }
    return [...ids];
  });
  expect(seen).toEqual([1]);
  // The clip already shows a later frame, so the frame of the boxes is drawn over it.
  const frame = await page.$eval('#seen', (element) => {
    const canvas = element as HTMLCanvasElement;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    return { hidden: canvas.hidden, width: canvas.width, painted: data.some((v, i) => i % 4 < 3 && v > 0) };
  });
  expect(frame).toEqual({ hidden: false, width: 512, painted: true });
  expect(await page.$eval('#rate', (element) => element.textContent)).toMatch(/\d/);
  // The CNN's input and its maps are drawn.
  await page.waitForFunction(
    () =>
      [...document.querySelectorAll<HTMLCanvasElement>('#sight canvas')].filter((canvas) =>
        canvas
          .getContext('2d')!
          .getImageData(0, 0, canvas.width, canvas.height)
          .data.some((v, i) => i % 4 < 3 && v > 0),
      ).length > 7,
  );
  await page.screenshot({ path: join(output, 'page-clip.png') as `${string}.png`, fullPage: true });
  await page.setViewport({ width: 390, height: 844 });
  await page.screenshot({ path: join(output, 'page-clip-phone.png') as `${string}.png`, fullPage: true });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.click('#play');
  await page.waitForFunction(() => document.querySelector<HTMLElement>('#clip')!.hidden);
  await reach('ready');
  expect(await labels()).toEqual(['happy']);
});

test('a video file plays, another file of that kind is refused in words', async () => {
  await visit();
  await reach('ready');
  // A video of one second that shows the photo. Chrome encoded it, since not every Firefox can.
  await page.evaluate(async () => {
    const video = await (await fetch('/test/fixtures/page/astronaut.webm')).blob();
    const choose = (file: File) => {
      const transfer = new DataTransfer();
      transfer.items.add(file);
      const input = document.querySelector<HTMLInputElement>('#file')!;
      input.files = transfer.files;
      input.dispatchEvent(new Event('change'));
    };
    choose(new File(['no video'], 'bad.webm', { type: 'video/webm' }));
    const status = document.querySelector('#status')!;
    while (!/is not a video/.test(status.textContent!))
      await new Promise((resolve) => setTimeout(resolve, 50));
    document.body.dataset.refusal = status.textContent!;
    choose(new File([video], 'astronaut.webm', { type: 'video/webm' }));
  });
  expect(await page.$eval('body', (body) => body.dataset.refusal)).toMatch(/bad\.webm.* is not a video/);
  await page.waitForFunction(() =>
    /The video runs\. Its/.test(document.querySelector('#status')!.textContent!),
  );
  expect(await page.$eval('#video', (video) => (video as HTMLVideoElement).hidden)).toBe(false);
  expect(await labels()).toEqual(['happy']);
});

test('without WebGPU the page says what to do', async () => {
  await page.evaluateOnNewDocument(() => Object.defineProperty(navigator, 'gpu', { value: undefined }));
  await visit();
  await reach('error');
  expect(await status()).toMatch(/WebGPU is not available/);
  expect(await page.$eval('[data-testid=faces]', (element) => element.textContent)).toMatch(/Chrome/);
  expect(await state()).toBe('error');
});
