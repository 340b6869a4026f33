import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { launchChrome } from '../../scripts/chrome';
import { newPage } from '../../scripts/open-page';
import { root } from '../fixtures';
import { installExample } from './install';
import { run, start } from './process';
import { serve } from './serve';

const photo = join(root, 'demo/astronaut.png');
const LABEL = /^happy \d+ %$/;

/** Skipped in continuous integration, which runs a part of the examples. `npm run test:package` runs all. */
const testInFull = test.skipIf(process.env.MIEN_QUICK);

let browser: Browser;
beforeAll(async () => {
  browser = await launchChrome();
});
afterAll(() => browser?.close());

/** Returns the text that an example's page shows for the photo. */
async function show(url: string): Promise<string> {
  const page = await newPage(browser);
  onTestFinished(() => page.close());
  await page.goto(url);
  const text = () => page.$eval('output', (output) => output.textContent ?? '');
  const until = (shown: string) =>
    page.waitForFunction(
      (before) => !before.includes(document.querySelector('output')?.textContent ?? ''),
      {},
      ['', 'loading the models', shown],
    );
  await until('');
  if ((await text()) !== 'choose a photo') return text();
  await (await page.$('input'))!.uploadFile(photo);
  await until('choose a photo');
  return text();
}

/** Returns the text that the page in a folder shows when the folder is served under a path. */
async function showFolder(folder: string, path = '/faces/'): Promise<string> {
  const { url, close } = await serve(folder, path);
  onTestFinished(close);
  return show(url);
}

const build = (folder: string) => run('npm', ['run', 'build'], { cwd: folder });

async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

test('vite: the development server and the build', async () => {
  const folder = await installExample('vite');
  const args = ['--port', await freePort(), '--strictPort'];
  const { url, kill } = await start(join(folder, 'node_modules/.bin/vite'), args, { cwd: folder });
  onTestFinished(kill);
  expect(await show(url)).toMatch(LABEL);
  await build(folder);
  expect(await showFolder(join(folder, 'dist'))).toMatch(LABEL);
});

test('esbuild, and what the page says where the models are missing', async () => {
  const folder = await installExample('esbuild');
  await build(folder);
  expect(await showFolder(folder)).toMatch(LABEL);
  rmSync(join(folder, 'dist/weights'), { recursive: true });
  expect(await showFolder(folder)).toMatch(
    /^http:.*\.onnx: the server answers 404 Not Found instead of a model\. Vite.*optimizeDeps.*detector and expression$/,
  );
});

test('static: one file, without a bundler', async () => {
  expect(await showFolder(await installExample('static'))).toMatch(LABEL);
});

test('static: one file from the path of a CDN, of another origin', async () => {
  const folder = await installExample('static');
  const cdn = await serve(join(folder, 'node_modules/mien-gpu'), '/npm/mien-gpu@0.1.0/');
  onTestFinished(cdn.close);
  const main = join(folder, 'main.js');
  const code = readFileSync(main, 'utf8');
  writeFileSync(main, code.replace('./node_modules/mien-gpu/', cdn.url));
  expect(await showFolder(folder)).toMatch(LABEL);
});

test('node', async () => {
  const folder = await installExample('node');
  expect((await run('npm', ['start', '--silent', '--', photo], { cwd: folder })).trim()).toMatch(LABEL);
});

testInFull('webpack', async () => {
  const folder = await installExample('webpack');
  await build(folder);
  expect(await showFolder(folder)).toMatch(LABEL);
});

testInFull('rollup', async () => {
  const folder = await installExample('rollup');
  await build(folder);
  expect(await showFolder(folder)).toMatch(LABEL);
});

testInFull('next: the server renders the page, the browser the label', async () => {
  const folder = await installExample('next');
  const where = { cwd: folder, env: { BASE_PATH: '/faces' } };
  await run('npm', ['run', 'build'], where);
  const args = ['start', '--port', await freePort()];
  const { url, kill } = await start(join(folder, 'node_modules/.bin/next'), args, where);
  onTestFinished(kill);
  expect(await (await fetch(`${url}/faces`)).text()).toContain('<output>loading the models</output>');
  expect(await show(`${url}/faces`)).toMatch(LABEL);
});

testInFull('deno', async () => {
  const folder = await installExample('deno');
  expect((await run('npm', ['start', '--silent', '--', photo], { cwd: folder })).trim()).toMatch(LABEL);
});
