import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { isFirefox, newPage, type OpenPage, openPage } from '../../scripts/open-page';
import { PICTURE } from '../../study/machine/grids';
import { STRIDES } from '../../study/machine/speeds';
import { INCREMENTS } from '../../study/machine/together';
import { root } from '../fixtures';

/** The folder for screenshots of the page. */
const output = join(root, 'test/output', isFirefox ? 'firefox' : 'chrome');

const IDS = ['dispatch', 'workgroups', 'subgroups', 'memory', 'race', 'barrier', 'strides', 'divergence'];

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

async function visit(wanted: 'ready' | 'error'): Promise<void> {
  await page.goto(new URL('/demo/study/machine.html', open.url).href);
  await reach(wanted);
}
const reach = (wanted: string) =>
  page.waitForFunction((state) => document.documentElement.dataset.state === state, {}, wanted);
const textOf = (selector: string) => page.$eval(selector, (element) => element.textContent ?? '');
const textsOf = (selector: string) =>
  page.$$eval(selector, (elements) => elements.map((element) => element.textContent ?? ''));
const captionOf = (id: string) => textOf(`#${id} figcaption`);
const numberOf = (text: string) => Number(text.replaceAll(',', ''));
const countOf = (selector: string) => page.$$eval(selector, (found) => found.length);

/** Saves the page at two widths. It must not be wider than the window. */
async function shoot(name: string): Promise<void> {
  for (const [width, height, suffix] of [
    [1280, 800, ''],
    [390, 844, '-phone'],
  ] as const) {
    await page.setViewport({ width, height });
    await page.screenshot({ path: join(output, `${name}${suffix}.png`) as `${string}.png`, fullPage: true });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
  await page.setViewport({ width: 1280, height: 800 });
}

test('all experiments run, and the figures contain what the kernels wrote', async () => {
  await visit('ready');
  expect(await textOf('#status')).toMatch(/^Done\. The experiments ran on this GPU: \S/);
  for (const id of IDS) {
    expect((await captionOf(id)).length, id).toBeGreaterThan(40);
    expect(await captionOf(id), id).not.toMatch(/failed|fault/);
    expect(await textOf(`#${id} .wgsl`), id).toContain('@compute');
  }
  // 1: each cell shows its number
  expect(await textsOf('#dispatch [role=gridcell]')).toEqual(Array.from({ length: 64 }, (_, at) => `${at}`));
  // 2: 5 x 3 workgroups of 4 x 4 cover 18 x 10 cells, and 60 invocations more
  expect(await countOf('#workgroups .painted')).toBe(PICTURE.width * PICTURE.height);
  expect(await countOf('#workgroups .cut')).toBe(60);
  expect(await captionOf('workgroups')).toContain('are 240 invocations. 180 painted a cell, and 60 returned');
  // 3
  if (await countOf('#subgroups .cells')) expect(await countOf('#subgroups .cells span')).toBe(128);
  else expect(await captionOf('subgroups')).toContain('does not offer the feature “subgroups”');
  // 4
  expect(await captionOf('memory')).toContain('Both kernels wrote the same sums, and they are right.');
  expect(await countOf('#memory .spaces tbody tr')).toBe(4);
  // 5
  const counters = (await textsOf('#race tbody .number')).map(numberOf);
  expect(counters.slice(5)).toEqual([INCREMENTS, INCREMENTS]);
  expect(Math.max(...counters)).toBe(INCREMENTS);
  // 6
  const reversed = Array.from({ length: 128 }, (_, lane) => `${128 - lane}`);
  expect((await textsOf('#barrier .cells span')).slice(128)).toEqual(reversed);
  expect(await captionOf('barrier')).toContain('With the barrier, all are right.');
  // 7
  expect(await textsOf('#strides tbody th')).toEqual(STRIDES.map((stride) => `Stride ${stride}`));
  for (const rate of await textsOf('#strides tbody .number')) expect(rate).toMatch(/^[\d.,]+ GB\/s$/);
  expect(await captionOf('strides')).toContain('All sums are right.');
  // 8
  expect(await captionOf('divergence')).toContain('Both gave the same results.');
  // The end
  const links = await page.$$eval('.next a', (found) => found.map((link) => link.getAttribute('href')));
  expect(links).toEqual(['./index.html', './exercises.html']);
  await shoot('study-machine');
  await page.emulateMediaFeatures?.([{ name: 'prefers-color-scheme', value: 'dark' }]).catch(() => undefined);
  await shoot('study-machine-dark');
});

test('a cell is chosen with the arrow keys, by pointing and by clicking', async () => {
  await visit('ready');
  await page.focus('#dispatch [role=gridcell][tabindex="0"]');
  for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowLeft', 'ArrowUp', 'ArrowUp'] as const)
    await page.keyboard.press(key);
  expect(await textOf('p.chosen')).toContain('Number 1: global id (1, 0), workgroup (0, 0), local id (1, 0)');
  await page.keyboard.press('End');
  expect(await textOf('p.chosen')).toContain('Number 7: global id (7, 0), workgroup (1, 0), local id (3, 0)');
  const cells = await page.$$('#dispatch [role=gridcell]');
  await cells[63].hover();
  expect(await textOf('p.chosen')).toContain(
    'Number 63: global id (7, 7), workgroup (1, 1), local id (3, 3)',
  );
  await cells[33].click();
  expect(await textOf('p.chosen')).toContain(
    'Number 33: global id (1, 4), workgroup (0, 1), local id (1, 0)',
  );
});

test('the grid of workgroups is changed by sliders, and run again', async () => {
  await visit('ready');
  const caption = (part: string) =>
    page.waitForFunction(
      (text) => document.querySelector('#workgroups figcaption')!.textContent!.includes(text),
      {},
      part,
    );
  await page.focus('#groups-x');
  await page.keyboard.press('Home');
  await caption('1 × 3 workgroups of 4 × 4 are 48 invocations. 40 painted a cell, and 8 returned');
  expect(await countOf('#workgroups .painted')).toBe(40);
  expect(await countOf('#workgroups .empty')).toBe(140);
  expect(await textOf('#workgroups label output')).toBe('1');
  await page.focus('#groups-y');
  await page.keyboard.press('End');
  await page.select('#size', '3 × 5');
  await caption('1 × 4 workgroups of 3 × 5 are 60 invocations. 30 painted a cell, and 30 returned');
  expect(await captionOf('workgroups')).toContain('150 cells of the picture stayed empty');
  await reach('ready');
  for (const id of ['workgroups', 'race']) {
    await page.$eval(`#${id} figcaption`, (caption) => caption.replaceChildren());
    await page.$eval(`#${id} .controls > button`, (button) => button.click());
    await page.waitForFunction((name) => document.querySelector(`#${name} figcaption`)!.textContent, {}, id);
    await reach('ready');
  }
});

test('without WebGPU the page says so, and still shows the code', async () => {
  await page.evaluateOnNewDocument(() => {
    Object.defineProperty(navigator, 'gpu', { value: undefined });
  });
  await visit('error');
  expect(await textOf('#status')).toContain('This browser has no WebGPU');
  expect(await countOf('.wgsl')).toBeGreaterThan(IDS.length);
  expect(await captionOf('race')).toBe('Not run yet.');
});

test('when the GPU is lost, the page says so, and opens it again on demand', async () => {
  await page.evaluateOnNewDocument(() => {
    if (!('GPUAdapter' in globalThis)) return; // the empty page before the visit
    const { requestDevice } = GPUAdapter.prototype;
    GPUAdapter.prototype.requestDevice = async function (descriptor) {
      const device = await requestDevice.call(this, descriptor);
      document.addEventListener('lose-gpu', () => device.destroy(), { once: true });
      return device;
    };
  });
  await visit('ready');
  await page.evaluate(() => document.dispatchEvent(new Event('lose-gpu')));
  await reach('error');
  expect(await textOf('#status')).toContain('The GPU was lost');
  await page.click('#dispatch .controls > button');
  await reach('ready');
  // Now while an experiment runs: it must not wait for ever.
  await page.$eval('#strides .controls > button', (button) => {
    button.click();
    document.dispatchEvent(new Event('lose-gpu'));
  });
  await reach('error');
  expect(await textOf('#status')).toContain('The GPU was lost');
  expect(await captionOf('strides')).toContain('It failed');
});
