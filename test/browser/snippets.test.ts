/** Runs the code snippets in README.md and docs/ in the page, unchanged. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newPage, type OpenPage, openPage } from '../../scripts/open-page';
import { root } from '../fixtures';

/** Values that snippets use without declaring them. A value that a snippet declares is not inserted. */
const GIVEN: Readonly<Record<string, string>> = {
  picture: "await (await fetch('/demo/astronaut.png')).blob()",
  recognizer: "await (await import('mien-gpu')).createRecognizer({ detector: 'fast' })",
  context: "new OffscreenCanvas(512, 512).getContext('2d')",
  data: 'new Float32Array(5 * 48 * 48)',
  video: 'await film()',
  draw: '(faces, events) => { console.log(faces[0].label, events.length); video.srcObject = null; }',
};

/** Recognises snippets that can't run alone: a React component, a page and its worker, a bundler's import. */
const IS_PART = /useEffect|postMessage|\?url/;

/** Creates a video of the photo, and replaces the models at the README's addresses by models of this repository. */
const SETUP = `
const film = async () => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 512;
  canvas.getContext('2d').drawImage(await createImageBitmap(await (await fetch('/demo/astronaut.png')).blob()), 0, 0);
  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = canvas.captureStream(10);
  await video.play();
  return video;
};
document.body.append(Object.assign(new Image(), { src: '/demo/astronaut.png' }));
await document.querySelector('img').decode();
const models = { 'model.onnx': '/weights/expression.onnx', 'rbf.model': '/MODEL' };
const { fetch: original } = window;
window.fetch = (address, ...rest) => original(models[address] ?? address, ...rest);
`;

const snippets = ['README.md', 'docs/getting-started.md', 'docs/guide.md'].flatMap((file) =>
  [...readFileSync(`${root}/${file}`, 'utf8').matchAll(/^```ts\n(.*?)^```/gms)]
    .map(([, code]) => code)
    .filter((code) => !IS_PART.test(code))
    .map((code, at) => ({ file, at, code })),
);

/** Removes comments, so that a snippet is tested once even if several pages show it with different comments. */
const withoutComments = (code: string): string => code.replace(/\/\/.*/g, '').replace(/\s+/g, ' ');
const unique = [...new Map(snippets.map((each) => [withoutComments(each.code), each])).values()];

let open: OpenPage;
beforeAll(async () => {
  open = await openPage('test/browser/page.html?cases-page', ['--autoplay-policy=no-user-gesture-required']);
});
afterAll(() => open?.close());

test.each(unique)('$file, snippet $at', async ({ file, at, code }) => {
  const isDeclared = (name: string) => new RegExp(`(const|let)\\s+(\\{[^}]*\\b)?${name}\\b`).test(code);
  const isUsed = (name: string) => new RegExp(`\\b${name}\\b`).test(code);
  const given = Object.entries(GIVEN)
    .filter(([name]) => isUsed(name) && !isDeclared(name))
    .map(([name, value]) => `const ${name} = ${value};`);
  const [imports, rest] = [/^import .*$/gm, code.replace(/^import .*$/gm, '')];
  const module = [...(code.match(imports) ?? []), SETUP, ...given, rest, 'window.done = true;'].join('\n');
  const name = `test/output/snippets/${file.replace(/\W/g, '-')}-${at}.ts`;
  mkdirSync(`${root}/test/output/snippets`, { recursive: true });
  writeFileSync(`${root}/${name}`, module.replace('/MODEL', '/test/fixtures/svm/k3-rbf.model'));
  const page = await newPage(open.browser);
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(`error: ${error}`));
  try {
    await page.goto(new URL('/test/browser/page.html?cases-page', open.url).href);
    await page.evaluate(`import('/${name}')`);
    expect(await page.evaluate('window.done')).toBe(true);
    if (code.includes('label') || code.includes('draw(')) expect(said.join('\n')).toMatch(/happy/);
    expect(said.filter((text) => text.startsWith('error'))).toEqual([]);
  } finally {
    await page.close();
  }
});
