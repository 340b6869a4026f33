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

describe('other machines', () => {
  const write = (name: string, content: string) => {
    writeFileSync(join(out, name), content);
    return join(out, name);
  };
  const rows = write('other.test', '1 1:2 # a comment\n-3 2:0x1p0\n');
  const single = (type: string, more = '') =>
    `svm_type ${type}\nkernel_type linear\nnr_class 2\ntotal_sv 2\nrho 0.5\n${more}SV\n1 1:1\n-1 2:2\n`;

  test.each<[string, string, string[], string, RegExp]>([
    [
      'a regressor',
      single('nu_svr'),
      [],
      '1.5\n-2.5\n',
      /^Mean squared error = 0.25 \(regression\)\nSquared corr/,
    ],
    [
      'a regressor with -b 1',
      single('epsilon_svr', 'probA 0.25\n'),
      ['-b', '1'],
      '1.5\n-2.5\n',
      /sigma=0.25\nMean/,
    ],
    [
      'a one-class machine',
      single('one_class'),
      [],
      '1\n-1\n',
      /^Accuracy = 50% \(1\/2\) \(classification\)/,
    ],
    [
      'a single class',
      'svm_type c_svc\nkernel_type linear\nnr_class 1\ntotal_sv 0\nrho\nlabel 1\nnr_sv 0\nSV\n',
      [],
      '1\n1\n',
      /^Accuracy = 50%/,
    ],
  ])('%s', async (name, content, options, expected, printed) => {
    const file = join(out, `${name.replaceAll(' ', '-')}.labels`);
    const model = write(`${name.replaceAll(' ', '-')}.model`, content);
    const { status, stdout } = await mien('svm-predict', ...options, rows, model, file);
    expect(status).toBe(0);
    expect(stdout).toMatch(printed);
    expect(readFileSync(file, 'utf8')).toBe(expected);
  });

  test("LIBLINEAR's predict", async () => {
    const model = write(
      'linear.model',
      'solver_type L2R_LR\nnr_class 3\nlabel 1 2 -3\nnr_feature 1\nbias 1\nw\n1 0 -1\n0 0 0.5\n',
    );
    const file = join(out, 'linear.labels');
    const { status, stdout } = await mien('predict', '-b', '1', rows, model, file);
    expect([status, stdout]).toEqual([0, 'Accuracy = 100% (2/2)\n']);
    const lines = readFileSync(file, 'utf8').split('\n');
    expect([lines[0], ...lines.slice(1, 3).map((line) => line.split(' ')[0])]).toEqual([
      'labels 1 2 -3',
      '1',
      '-3',
    ]);
    // 1 / (1 + exp(-d)) of d = 2, 0 and -1.5, divided by their sum.
    const [, ...found] = lines[1].split(' ').map(Number);
    const each = [2, 0, -1.5].map((d) => 1 / (1 + Math.exp(-d)));
    const sum = each.reduce((a, b) => a + b);
    found.forEach((p, i) => {
      expect(p).toBeCloseTo(each[i] / sum, 5);
    });
  });
});
