import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { allCases } from '../../shaders/cases/all-cases';
import { isTestable } from '../../shaders/cases/case';
import { answerCode, exercises, gapCode, missing, planOf, withCode } from '../../study/exercises';
import { root } from '../fixtures';

/** What the course must contain, in the order of difficulty. */
const TOPICS = [
  ...['thread-index', 'grey', 'axes', 'stride', 'bounds', 'layout', 'max-pool'],
  ...['votes', 'softmax', 'lanes', 'tree-reduction', 'barrier', 'activation'],
  ...['register-tile', 'pooled', 'sharing', 'product-of-tiles', 'rbf', 'quads', 'winograd'],
];

const named = exercises.map((exercise) => [exercise.id, exercise] as const);
const withoutComments = (code: string) => code.replace(/\/\/.*/g, '');
const sentences = (text: string) => text.split(/[.?!](?=\s|$)/).filter((part) => part.trim()).length;

test('there is one exercise for each topic, in the order of difficulty', () => {
  expect(exercises.map(({ id }) => id)).toEqual(TOPICS);
});

describe.each(named)('%s', (_, exercise) => {
  const { plan, built } = planOf(exercise);

  test('its texts are complete, and as long as a reader can take in', () => {
    expect(exercise.id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(exercise.title).toMatch(/^[A-Z].{5,50}[^.]$/);
    for (const [text, least, most] of [
      [exercise.idea, 2, 4],
      [exercise.task, 1, 3],
      [exercise.hint, 1, 2],
    ] as const) {
      expect(text).toMatch(/^[A-Z`].*[.]$/);
      expect(text.split('`').length % 2, 'every backtick has a partner').toBe(1);
      expect(sentences(text)).toBeGreaterThanOrEqual(least);
      expect(sentences(text)).toBeLessThanOrEqual(most);
    }
  });

  test('its case is one that the tests run, with a result of a size that a page can show', () => {
    const cases = allCases.find(({ kernel }) => kernel === exercise.kernel)!.cases;
    expect(cases.filter(({ name }) => name === exercise.case).map(isTestable)).toEqual([true]);
    expect(built.expected.length).toBeGreaterThanOrEqual(16);
    expect(built.expected.length).toBeLessThanOrEqual(2000);
    expect(plan.hardware, 'software adapters must run it too').toBeFalsy();
  });

  test('its gap is whole lines that are in the file once', () => {
    const { lines, instead } = exercise.gap;
    const answer = answerCode(exercise);
    const code = gapCode(exercise); // throws if the lines are not there once
    expect(code.split('\n').length - answer.split('\n').length).toBe(
      instead.split('\n').length - lines.split('\n').length,
    );
    expect(code.replace(instead, () => lines)).toBe(answer);
    expect(instead).toMatch(/^ *\/\/ Write here: /);
    expect(withoutComments(code)).not.toBe(withoutComments(answer));
  });

  test('its gap reads every buffer that the answer reads, so that the kernel can be bound', () => {
    const { lines, instead } = exercise.gap;
    const buffers = plan.passes.flatMap(({ kernel }) =>
      kernel.files.flatMap(({ code }) =>
        [...code.matchAll(/var<storage, \w+> (\w+)/g)].map(([, name]) => name),
      ),
    );
    const used = (name: string, code: string) => new RegExp(`\\b${name}\\[`).test(withoutComments(code));
    const rest = gapCode(exercise).replace(instead, '');
    for (const name of buffers.filter((each) => used(each, lines)))
      expect(used(name, instead) || used(name, rest), name).toBe(true);
  });

  test('only the code of its file changes, and the kernel gets another name', () => {
    const changed = withCode(plan, exercise.file, 'a');
    const other = withCode(plan, exercise.file, 'b');
    const same = withCode(plan, exercise.file, 'a');
    const has = plan.passes.map((pass) => pass.kernel.files.some(({ name }) => name === exercise.file));
    expect(has).toContain(true);
    for (const [at, before] of plan.passes.entries()) {
      const after = changed.passes[at];
      if (!has[at]) {
        expect(after).toBe(before);
        continue;
      }
      expect(after.kernel.files).toEqual(
        before.kernel.files.map((file) => (file.name === exercise.file ? { ...file, code: 'a' } : file)),
      );
      expect({ ...after, kernel: before.kernel }).toEqual(before);
      expect(new Set([before, after, other.passes[at]].map(({ kernel }) => kernel.name)).size).toBe(3);
      expect(same.passes[at].kernel.name).toBe(after.kernel.name);
    }
  });

  test('nothing is missing in the answer, and in the gap what it asks for', () => {
    expect(missing(exercise, answerCode(exercise))).toBeUndefined();
    const asked = exercise.needs && missing(exercise, gapCode(exercise));
    expect(asked).toEqual(exercise.needs && expect.stringContaining(exercise.needs.word));
    // Without the barriers, the lines of such a gap may compute the right result by chance.
    if (exercise.gap.lines.includes('Barrier')) expect(exercise.needs?.word).toBe('workgroupBarrier');
  });
});

describe('missing', () => {
  const tree = exercises.find(({ id }) => id === 'tree-reduction')!;
  const barrier = exercises.find(({ id }) => id === 'barrier')!;

  test('does not count comments or longer words', () => {
    const code = '// workgroupBarrier();\n/* workgroupBarrier();\n */ myworkgroupBarrier();';
    expect(missing(tree, code)).toMatch(
      /^The code must contain workgroupBarrier at least once, but it does not/,
    );
    expect(missing(tree, `${code} workgroupBarrier();`)).toBeUndefined();
  });

  test('counts every occurrence', () => {
    const code = gapCode(barrier);
    expect(missing(barrier, code)).toContain('at least 5 times, but it contains it 3 times. Without');
    expect(missing(barrier, `${code}workgroupBarrier(); workgroupBarrier();`)).toBeUndefined();
  });
});

test('an exercise that does not fit the engine is an error that names it', () => {
  const [first] = exercises;
  expect(() => planOf({ ...first, variant: 'none' })).toThrow(
    'exercise "thread-index": kernel elementwise has',
  );
  expect(() => planOf({ ...first, case: 'none' })).toThrow('no case "none"');
  expect(() => answerCode({ ...first, file: 'none.wgsl' })).toThrow('no file none.wgsl');
  const twice = { lines: '', instead: '// nothing' };
  expect(() => gapCode({ ...first, gap: twice })).toThrow(/has the lines of the gap \d+ times, not once/);
  expect(() => gapCode({ ...first, gap: { ...twice, lines: 'none' } })).toThrow('0 times');
  expect(() => withCode(planOf(first).plan, 'none.wgsl', '')).toThrow('no file none.wgsl');
});

test('the files of the exercises are short', () => {
  const files = readdirSync(`${root}/study/exercises`).map((file) => `study/exercises/${file}`);
  for (const file of ['study/exercises.ts', ...files])
    expect(readFileSync(`${root}/${file}`, 'utf8').split('\n').length, file).toBeLessThanOrEqual(301);
});
