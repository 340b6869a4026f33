import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { isFirefox, newPage, type OpenPage, openPage } from '../../scripts/open-page';
import { exercises, gapCode } from '../../study/exercises';
import { KERNEL_NAMES } from '../../study/ladder';
import { root } from '../fixtures';

/** The folder for screenshots of the pages. */
const output = join(root, 'test/output', isFirefox ? 'firefox' : 'chrome');

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
  await page.setViewport({ width: 1280, height: 900 });
});
afterEach(async () => {
  await page.close();
  expect(errors).toEqual([]);
});

async function visit(path: string): Promise<void> {
  await page.goto(new URL(`/demo/study/${path}`, open.url).href);
  await page.waitForSelector('html[data-state="ready"], html[data-state="error"], #kernels li');
}
const text = (selector: string) => page.$eval(selector, (element) => element.textContent ?? '');
const shoot = async (name: string) => {
  const save = (file: string) =>
    page.screenshot({ path: join(output, `${file}.png`) as `${string}.png`, fullPage: true });
  await save(name);
  await page.setViewport({ width: 390, height: 844 });
  const { content, width } = await page.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    width: document.documentElement.clientWidth,
  }));
  expect(content).toBeLessThanOrEqual(width); // a phone does not scroll sideways
  await save(`${name}-phone`);
  await page.setViewport({ width: 1280, height: 900 });
};

/** Where the server has the editor's module. The page finds its editor through any copy of it. */
const EDITOR = '/node_modules/@codemirror/view/dist/index.js';

/** Replaces the text of the editor. */
async function type(code: string): Promise<void> {
  await page.waitForSelector('.cm-content');
  // A text, since an import in a function would become one of the test runner's.
  await page.evaluate(`import('${EDITOR}').then(({ EditorView }) => {
    const view = EditorView.findFromDOM(document.querySelector('.cm-editor'));
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: ${JSON.stringify(code)} } });
  })`);
}
const editorText = () => page.$$eval('.cm-line', (lines) => lines.map((line) => line.textContent).join('\n'));
async function run(): Promise<string> {
  await page.click('.workbench .primary');
  await page.waitForFunction(
    () =>
      !['working', '', undefined].includes((document.querySelector('.verdict') as HTMLElement).dataset.state),
  );
  return text('.verdict');
}

test('the first page lists every kernel', async () => {
  await visit('index.html');
  const links = await page.$$eval('#kernels a', (found) => found.map((link) => link.getAttribute('href')));
  expect(links).toEqual(KERNEL_NAMES.map((name) => `./kernel.html#${name}`));
  expect(await text('#exercises')).toContain(String(exercises.length));
  // A term is explained where it is first used.
  const [term] = await page.$$('.term');
  await term.focus();
  expect(await page.$eval('.term .meaning', (note) => getComputedStyle(note).display)).toBe('block');
  await shoot('study');
});

test('a kernel has a ladder, a diagram that can be stepped through, figures, and its WGSL', async () => {
  await visit('kernel.html#dense/dense');
  expect(await page.$$eval('.ladder li', (lines) => lines.length)).toBe(3);
  expect(await text('.idea')).not.toBe('');
  const where = () => text('.diagram .where');
  const [, number] = (await where()).match(/^Invocation (\d+) of \d+: workgroup \d+, lane \d+$/) ?? [];
  await page.focus('.diagram');
  await page.keyboard.press('ArrowDown');
  expect(await where()).toContain(`Invocation ${Number(number) + 1} of `);
  const said = await text('.said');
  expect(said).toMatch(/^It (reads|writes) \w+\[\d+\](, which is .+)?\.$/);
  await page.keyboard.press('ArrowRight');
  expect(await text('.said')).not.toBe(said);
  // Pointing at a result chooses the invocation that wrote it.
  const tensors = await page.$$('.operand svg');
  expect(tensors.length).toBeGreaterThanOrEqual(4);
  for (const tensor of tensors)
    expect(await tensor.evaluate((element) => element.getAttribute('aria-label'))).toMatch(
      /reads \d+ and writes \d+$/,
    );
  const output = await page.$('.operand:nth-child(4) svg');
  await output?.click();
  expect(await where()).not.toContain(`Invocation ${Number(number) + 1} of `);
  expect(await text('[data-testid="figures"]')).toContain('Loads by each');
  expect(await page.$$eval('.snippet', (found) => found.length)).toBe(2); // the header, and activation.wgsl
  expect(await text('.module > div > pre')).toContain('fn main(');
});

test('the variants are measured and shown as bars under the ceiling', async () => {
  await visit('kernel.html#dense/dense-tiled');
  await page.waitForFunction(
    () =>
      !(document.querySelector('#measure') as HTMLButtonElement).disabled &&
      document.querySelector('.variants .bar'),
  );
  const lines = await page.$$eval('.ladder .speed', (found) => found.map((line) => line.textContent ?? ''));
  for (const line of lines.filter((each) => !each.startsWith('not measured')))
    expect(line).toMatch(/^[\d.e+]+ GFLOP\/s, [\d.e+-]+ % of the ceiling \((arithmetic|memory)\)$/);
  expect(lines[0]).toContain('GFLOP/s');
  expect(await page.$$eval('.diff .added', (found) => found.length)).toBeGreaterThan(0);
  await page.$eval('.changes', (details) => details.setAttribute('open', ''));
  await shoot('study-kernel');
  await page.emulateMediaFeatures?.([{ name: 'prefers-color-scheme', value: 'dark' }]).catch(() => undefined);
  await shoot('study-kernel-dark');
});

test('a reader changes a kernel: right, wrong, uncompilable and endless', async () => {
  await visit('kernel.html#dense/dense');
  const original = await page.evaluate(() => window.mienStudy.original());
  await page.click('#change');
  await page.waitForSelector('.cm-content');
  await type(original.replace('var sum = 0.0;', 'var sum = 0.0; // mine'));
  expect(await run()).toMatch(/^Right: all results are within their tolerance, in \d+ cases\./);
  await page.waitForFunction(() =>
    / the original\.$/.test(document.querySelector('.verdict')?.textContent ?? ''),
  );

  await type(original.replace('sum += ', 'sum += 2.0 * '));
  expect(await run()).toMatch(
    /^Wrong: in the case “.+”, element \d+ of \d+ is \S+; expected is \S+, a difference of \S+ is allowed\.$/,
  );

  await type(original.replace('var sum = 0.0;', 'var sum = 0.0 +;'));
  const line = original.split('\n').findIndex((each) => each.includes('var sum')) + 1;
  expect(await run()).toContain(`It does not compile: line ${line}, column `);
  expect(await page.$$eval('.cm-lint-marker-error', (found) => found.length)).toBe(1);

  await type(original.replace('half > 0; half /= 2', 'half > 0; half *= 1'));
  expect(await run()).toMatch(/^A loop does not end: in the case “.+” it was stopped after 16,384 rounds\.$/);

  // The page goes on, and keeps the version until it is reset.
  await type(`// kept\n${original}`);
  expect(await run()).toMatch(/^Right/);
  await page.reload();
  await page.waitForSelector('html[data-state="ready"]');
  await page.click('#change');
  await page.waitForSelector('.cm-content');
  expect(await editorText()).toContain('// kept');
  await page.click('.workbench .controls button:nth-child(2)');
  expect(await editorText()).not.toContain('// kept');
});

test('after the GPU is lost, the next run opens it again', async () => {
  await visit('kernel.html#elementwise/unary');
  await page.click('#change');
  await page.waitForSelector('.cm-content');
  expect(await run()).toMatch(/^Right/);
  await page.evaluate(() => window.mienStudy.lose());
  const after = [await run(), await run()];
  expect(after.at(-1)).toMatch(/^Right/);
});

test('a link contains a version', async () => {
  await visit('kernel.html#elementwise/unary');
  const original = await page.evaluate(() => window.mienStudy.original());
  const link = await page.evaluate(
    (code) => window.mienStudy.linkOf(code),
    `// from a link\n${original.replace('SIZE) { return', 'SIZE + 0) { return')}`,
  );
  await page.goto('about:blank');
  await page.goto(link);
  await page.waitForSelector('.cm-content');
  expect(await editorText()).toContain('// from a link');
  await page.waitForFunction(
    () => (document.querySelector('.verdict') as HTMLElement).dataset.state === 'right',
  );
  await page.goto('about:blank');
  await page.goto(link.slice(0, -9));
  await page.waitForSelector('html[data-state="error"]');
  expect(await text('#status')).toContain('The link is damaged');
});

test('an address that names no kernel says which there are', async () => {
  await visit('kernel.html#convolution');
  expect(await text('#status')).toContain('There is no kernel “convolution”. The kernels are elementwise, ');
  await page.evaluate(() => {
    location.hash = '#%';
  });
  await page.waitForFunction(() => document.querySelector('#status')?.textContent?.includes('“%”'));
});

test('an exercise: the gap is wrong, the answer is right, and progress is kept', async () => {
  const [first, second] = exercises;
  await visit(`exercises.html#${first.id}`);
  await page.waitForSelector('.cm-content');
  expect(await run()).toMatch(/^Wrong/);
  expect(await page.$$eval('.exercises .done', (found) => found.length)).toBe(0);
  await type(gapCode(first).replace(first.gap.instead, first.gap.lines));
  expect(await run()).toMatch(/^Right/);
  expect(await page.$$eval('.exercises .done', (found) => found.length)).toBe(1);
  await shoot('study-exercise');
  await visit('exercises.html');
  await page.reload();
  await page.waitForSelector('html[data-state="ready"]');
  expect(await page.$eval('.exercises [aria-current]', (link) => link.textContent)).toBe(second.title);
});

test('every gap is wrong and every answer is right, in this browser', async () => {
  await visit('exercises.html');
  const lacks = 'This GPU or browser has no subgroups, which this kernel needs.';
  for (const { id } of exercises) {
    const verdicts = await page.evaluate(
      async (name) => [
        await window.mienExercises.verdict(name, false),
        await window.mienExercises.verdict(name, true),
      ],
      id,
    );
    if (verdicts[0] === lacks) continue;
    expect([id, ...verdicts]).toEqual([id, expect.stringMatching(/^(wrong|incomplete)$/), 'right']);
  }
});
