/** Calls on the device per frame of a camera, with and without importing videos. The camera is a file. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPage, type OpenPage, openPage } from '../../scripts/open-page';
import { softwareEnvironment } from '../../src/cli/dawn';
import { root } from '../fixtures';
import { tiles } from '../tiles';
import { toY4m } from './y4m';

const folder = mkdtempSync(join(tmpdir(), 'mien-'));
const film = join(folder, 'camera.y4m');
beforeAll(async () => writeFileSync(film, toY4m([await tiles(3, 2), await tiles(2, 2)], 15)));
afterAll(() => rmSync(folder, { recursive: true }));

const CAMERA = [
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  `--use-file-for-fake-video-capture=${film}`,
  '--autoplay-policy=no-user-gesture-required',
];
/** Makes Chrome draw with SwiftShader if there is no GPU. If Chrome draws on the CPU, WebGPU can't import videos. */
const DRAW = ['--use-angle=swiftshader', '--use-vulkan=swiftshader', '--enable-features=Vulkan'];

const imported = softwareEnvironment() ? [...DRAW, '--ignore-gpu-blocklist'] : [];

describe.each<[string, number, readonly string[]]>([
  ['as Chrome is', 12, []],
  ...(imported.length ? [['with videos imported', 16, imported] as [string, number, string[]]] : []),
])('a camera, %s', (_, FRAMES, more) => {
  let open: OpenPage;
  beforeAll(async () => {
    open = await openPage('test/browser/page.html?camera-page', [...CAMERA, ...more]);
    await open.page.waitForFunction('window.inCameraPage');
  });
  afterAll(() => open?.close());

  test('a frame is one submission, one pass, one read, and makes nothing but the bind group of an imported video', async () => {
    const { counts, faces, labels, ids } = await open.page.evaluate(
      (frames) => window.inCameraPage.watch('video', frames),
      FRAMES,
    );
    expect(faces.length).toBe(FRAMES);
    for (const count of faces) expect([2, 3]).toContain(count);
    expect(labels).toContain('happy');
    // The total number of ids depends on the machine's speed: after a long gap a face gets a new id.
    for (const each of ids) expect(new Set(each).size).toBe(each.length);
    const { submit, mapAsync, beginComputePass, createCommandEncoder, importExternalTexture, ...others } =
      counts;
    expect({ submit, mapAsync, beginComputePass, createCommandEncoder }).toEqual({
      ...{ submit: FRAMES, mapAsync: FRAMES, beginComputePass: FRAMES, createCommandEncoder: FRAMES },
    });
    if (more.length) expect(importExternalTexture).toBe(FRAMES);
    const { createBindGroup, copyExternalImageToTexture, ...none } = others;
    expect(createBindGroup).toBe(importExternalTexture);
    expect(copyExternalImageToTexture).toBe(FRAMES - importExternalTexture);
    for (const [name, count] of Object.entries(none)) expect([name, count]).toEqual([name, 0]);
  });

  test('VideoFrames are closed when they are submitted', async () => {
    const {
      faces,
      counts,
      open: left,
    } = await open.page.evaluate(() => window.inCameraPage.watch('VideoFrame', 16));
    expect(faces.length).toBe(16);
    expect(new Set(faces)).toEqual(new Set([2, 3])); // the camera alternates between two pictures
    expect(left).toBe(0);
    expect(counts.submit).toBe(16);
  });

  test('in a module worker', async () => {
    const { faces, labels } = await open.page.evaluate(() => window.inCameraPage.watchInWorker(5));
    expect(faces.length).toBe(5);
    for (const count of faces) expect([2, 3]).toContain(count);
    expect(labels).toContain('happy');
  });

  if (more.length) return; // the page does not depend on how Chrome draws

  test('the page that leaves all to a worker', async () => {
    const page = await newPage(open.browser);
    await page.goto(new URL('/demo/worker.html', open.url).href);
    await page.click('#start');
    await page.waitForFunction(() => Number(document.documentElement.dataset.faces) > 1);
    expect(await page.$eval('#status', (element) => element.textContent)).toMatch(/\d happy/);
    await page.screenshot({ path: join(root, 'test/output/worker.png') as `${string}.png` });
    await page.close();
  });
});
