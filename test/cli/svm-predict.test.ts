import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseLibsvmData } from '../../src/formats/libsvm-data';
import { parseLibsvmModel } from '../../src/formats/libsvm-model';
import { root } from '../fixtures';
import { denseRows, predictSvm, widen } from '../svm-reference';
import { mien, scratch } from './mien';

const folder = 'test/fixtures/svm';
const text = (path: string) => readFileSync(join(root, path), 'utf8');
const out = scratch();

const models = [2, 3, 5, 7].flatMap((k) =>
  ['linear', 'polynomial', 'rbf', 'sigmoid'].map((kernel) => ({
    name: `k${k}-${kernel}`,
    data: `${folder}/k${k}.test`,
  })),
);

/** The smallest absolute decision value of each row. Below 1e-5, f32 and f64 may vote differently. */
function nearestDecisions(model: string, data: string): number[] {
  const svm = parseLibsvmModel(text(model));
  const rows = parseLibsvmData(text(data));
  const features = Math.max(svm.features, rows.features);
  const wide = widen(svm, features);
  const { decisions } = predictSvm(wide, denseRows(rows.rows, features), rows.rows.length);
  const pairs = decisions.length / rows.rows.length;
  return rows.rows.map((_, row) =>
    Math.min(...decisions.slice(row * pairs, (row + 1) * pairs).map(Math.abs)),
  );
}

describe.concurrent('LIBSVM says the same', () => {
  test.each(models)('$name, -b 0', async ({ name, data }) => {
    const model = `${folder}/${name}.model`;
    const file = join(out, `${name}.labels`);
    const { status, stdout, stderr } = await mien('svm-predict', data, model, file);
    expect([status, stderr]).toEqual([0, '']);
    const near = nearestDecisions(model, data);
    const expected = text(`${folder}/${name}.labels`).split('\n');
    readFileSync(file, 'utf8')
      .split('\n')
      .forEach((label, row) => {
        if (!(near[row] < 1e-5)) expect(label, `row ${row}`).toBe(expected[row]);
      });
    expect(stdout).toBe(text(`${folder}/${name}.labels.stdout`));
  });

  test.each(models)('$name, -b 1', async ({ name, data }) => {
    const file = join(out, `${name}.probabilities`);
    const { status, stdout, stderr } = await mien(
      'svm-predict',
      '-b',
      '1',
      data,
      `${folder}/${name}.model`,
      file,
    );
    expect([status, stderr]).toEqual([0, '']);
    const rows = (content: string) =>
      content
        .trim()
        .split('\n')
        .map((line) => line.split(' '));
    const expected = rows(text(`${folder}/${name}.probabilities`));
    const found = rows(readFileSync(file, 'utf8'));
    expect(found.length).toBe(expected.length);
    expect(found[0]).toEqual(expected[0]);
    found.slice(1).forEach(([label, ...probabilities], row) => {
      expect(label, `row ${row}`).toBe(expected[row + 1][0]);
      probabilities.forEach((p, i) => {
        expect(Math.abs(Number(p) - Number(expected[row + 1][i + 1])), `row ${row}`).toBeLessThan(1e-4);
      });
    });
    expect(stdout.trim().split('\n').pop()).toBe(
      text(`${folder}/${name}.probabilities.stdout`).trim().split('\n').pop(),
    );
  });
});

describe('svm-predict', () => {
  const model = `${folder}/k3-rbf.model`;
  const data = `${folder}/k3.test`;

  const odd = join(out, 'odd.test');
  writeFileSync(odd, '1 2000000000:1\n1 1:nan\n');
  const [ownData, ownModel] = [join(out, 'own.test'), join(out, 'own.model')];
  writeFileSync(ownData, text(data));
  writeFileSync(ownModel, text(model));

  test('-q is quiet', async () => {
    expect(await mien('svm-predict', '-q', data, model, join(out, 'quiet'))).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
  });

  test.each<[string, (lines: string[]) => string[], RegExp]>([
    ['a line missing from the header', (l) => l.filter((line) => !line.startsWith('rho')), /rho/],
    [
      'a support vector missing',
      (l) => l.filter((_, i) => i !== l.length - 2),
      /total_sv \d+, but \d+ support vectors/,
    ],
    ['a word among numbers', (l) => l.map((line) => line.replace(/ 1:\S+/, ' 1:wide')), /:\d+: .*wide/],
  ])('a model with %s: one line, exit 1', async (name, damage, message) => {
    const file = join(out, `${name.replaceAll(' ', '-')}.model`);
    writeFileSync(file, damage(text(model).split('\n')).join('\n'));
    const { status, stdout, stderr } = await mien('svm-predict', data, file, join(out, 'none'));
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr).toContain(file);
    expect(stderr.trim()).not.toContain('\n');
  });

  test.each<[number, string[], RegExp]>([
    [2, [data, model], /three files are needed, 2 are named/],
    [2, ['-b', '2', data, model, 'x'], /-b takes 0 or 1, not 2/],
    [2, ['-z', data, model, 'x'], /unknown option -z/],
    [1, [data, model, '/nowhere/x'], /\/nowhere\/x: there is no folder \/nowhere/],
    [1, [odd, model, 'x'], /odd\.test: row 2: the value NaN is not supported/],
    [1, [ownData, ownModel, ownData], /own\.test: it is an input of this call, which is not overwritten/],
    [
      1,
      [ownData, ownModel, `${out}/../${basename(out)}/own.model`],
      /own\.model: it is an input of this call/,
    ],
    [1, ['missing.test', model, 'x'], /missing\.test: the file does not exist/],
  ])('exit %i: %j is refused', async (code, args, message) => {
    const { status, stderr } = await mien('svm-predict', ...args);
    expect(status).toBe(code);
    expect(stderr).toMatch(message);
  });
});
