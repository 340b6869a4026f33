import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cache, mien } from './mien';

const model = 'weights/expression.onnx';

test('every step that has a choice is timed, and the fastest variant named', async () => {
  const { status, stdout, stderr } = await mien('tune', model, '--batch', '2', '--json');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { batch, steps } = JSON.parse(stdout) as {
    batch: number;
    steps: { op: string; variant: string; variants: string[]; times: Record<string, number> }[];
  };
  expect(batch).toBe(2);
  for (const { variants, times } of steps)
    if (variants.length > 1) expect(Object.keys(times).sort()).toEqual([...variants].sort());
  const convolutions = steps.filter(({ op }) => op === 'Conv');
  expect(convolutions.length).toBe(9);
  for (const { variant, times } of convolutions) {
    expect(Object.keys(times).length).toBeGreaterThan(2);
    expect(times[variant]).toBeLessThanOrEqual(Math.min(...Object.values(times)) / 0.95);
  }
});

test('the table names the file in which the times are kept', async () => {
  const { status, stdout } = await mien('tune', model, '--budget', '1');
  expect(status).toBe(0);
  expect(stdout).toMatch(/, batch 1: milliseconds of the variant that was chosen/);
  expect(stdout).toMatch(/; not timed: .*plain/);
  expect(stdout).toMatch(/^\d+ of them were not timed completely: raise --budget$/m);
  expect(stdout).toMatch(/^kept in .*tuning\.json$/m);
});

test.each(['{"', '[]', 'null', '7'])(
  'a damaged file of times, %s, is replaced, and a line says so',
  async (content) => {
    const file = join(cache, 'mien/tuning.json');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    const { status, stderr } = await mien('tune', model, '--budget', '1');
    expect(status).toBe(0);
    expect(stderr).toBe(
      `mien: ${file}: the file is damaged and was replaced by an empty one; mien tune measures again\n`,
    );
    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')))).toHaveLength(1);
  },
);

describe('what is wrong is said in one line', () => {
  test.each<[string, number, string[], RegExp]>([
    ['no model', 2, [], /^mien: one model is needed, 0 are named; usage: mien tune/],
    [
      'a batch of none',
      2,
      [model, '--batch', '0'],
      /^mien: --batch is 0; it must be a whole number of at least 1\n$/,
    ],
    [
      'a budget in words',
      2,
      [model, '--budget', 'all'],
      /^mien: --budget is all; it must be a whole number of at least 1\n$/,
    ],
    [
      'a batch below none',
      2,
      [model, '--batch', '-1'],
      /^mien: --batch is -1; it must be a whole number of at least 1/,
    ],
    ['no such file', 1, ['nowhere.onnx'], /^mien: nowhere\.onnx: the file does not exist\n$/],
  ])('%s, exit %i', async (_, code, args, message) => {
    const { status, stdout, stderr } = await mien('tune', ...args);
    expect({ status, stdout }).toEqual({ status: code, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
