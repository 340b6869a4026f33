import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatNpy, parseNpy } from '../../src/formats/npy';
import { root } from '../fixtures';
import { mien, scratch } from './mien';

const out = scratch();
const models = 'test/fixtures/models';
const images = `${models}/expression.x.npy`;
const golden = (name: string) => parseNpy(readFileSync(join(root, models, `expression.${name}.npy`))).data;
const classes = ['angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise'];

const save = (name: string, shape: number[], data: Float32Array | Int32Array | string[]): string => {
  const file = join(out, name);
  writeFileSync(file, formatNpy({ shape, data }));
  return file;
};

/** The class of each picture according to onnxruntime. */
const scores = golden('scores') as Float32Array;
const called = Array.from({ length: scores.length / 7 }, (_, n) => {
  const row = scores.subarray(n * 7, n * 7 + 7);
  return row.indexOf(Math.max(...row));
});
const all = called.length;
/** True classes: those of onnxruntime, except for every fifth picture. */
const truth = called.map((k, n) => (n % 5 ? k : (k + 1) % 7));
const labels = save('labels.npy', [all], Int32Array.from(truth));
const few = Array.from({ length: 10 }, (_, i) => 24 * i + (i % 4)); // without a GPU, each picture takes long
const rows = save('rows.npy', [few.length], Int32Array.from(few));

describe.concurrent('mien evaluate', () => {
  test('--json: the figures that onnxruntime’s scores give', async () => {
    const report = join(out, 'report.html');
    const { status, stdout, stderr } = await mien(
      ...['evaluate', '--images', images, '--labels', labels, '--rows', rows, '--json', '--report', report],
    );
    expect([status, stderr]).toEqual([0, '']);
    const found = JSON.parse(stdout);
    const confusion = classes.map(() => classes.map(() => 0));
    for (const n of few) confusion[truth[n]][called[n]]++;
    expect(found.confusion).toEqual(confusion);
    expect(found.items).toBe(few.length);
    expect(found.accuracy).toBeCloseTo(few.filter((n) => truth[n] === called[n]).length / few.length, 6);
    expect(found.classes.map(({ name }: { name: string }) => name)).toEqual(classes);
    const [happy, others] = [few.filter((n) => truth[n] === 3), few.filter((n) => truth[n] !== 3)];
    const pairs = happy.flatMap((n) => others.map((m) => [n, m]));
    const ordered = pairs.filter(([n, m]) => scores[n * 7 + 3] > scores[m * 7 + 3]).length;
    expect(found.classes[3].auc).toBeCloseTo(ordered / pairs.length, 2);

    const page = readFileSync(report, 'utf8');
    expect(page).toContain(`<dd>${(100 * found.accuracy).toFixed(1)} %</dd>`);
    for (const row of confusion) for (const count of row) expect(page).toContain(`>${count}<small>`);
    expect(page.match(/class="curve"/g)).toHaveLength(
      found.classes.filter(({ auc }: { auc: number | null }) => auc !== null).length,
    );
    expect(page).not.toMatch(/<script|https?:|<link/); // the page refers to no other file
  });

  test('as text, some rows, labels by name', async () => {
    const names = save(
      'names.npy',
      [all],
      truth.map((t, n) => (few.includes(n) ? classes[t] : 'nobody knows')),
    );
    const { status, stdout } = await mien(
      ...['evaluate', '--images', images, '--labels', names, '--rows', rows],
    );
    expect(status).toBe(0);
    const right = few.filter((n) => truth[n] === called[n]).length;
    expect(stdout).toContain(`expression.onnx: ${few.length} pictures\n`);
    expect(stdout).toContain(`accuracy ${((100 * right) / few.length).toFixed(1)} % (95 %: `);
    for (const name of classes) expect(stdout).toMatch(new RegExp(`^${name} +(\\d+ +){7}`, 'm'));
  });

  test('--mirror: a picture and its mirror image score the same', async () => {
    const levels = golden('x') as Uint8Array;
    const own = Float32Array.from(levels, (level) => level / 127.5 - 1);
    const mirrored = own.map((_, at) => own[at - (at % 48) + 47 - (at % 48)]);
    const evaluated = async (name: string, data: Float32Array, ...more: string[]) => {
      const file = save(name, [all, 48, 48], data);
      const args = ['--images', file, '--labels', labels, '--rows', rows, '--json', ...more];
      const { classes, calibrationError, mirror } = JSON.parse((await mien('evaluate', ...args)).stdout);
      return { classes, calibrationError, mirror };
    };
    const [one, other, alone] = await Promise.all([
      evaluated('own.npy', own, '--mirror'),
      evaluated('mirrored.npy', mirrored, '--mirror'),
      evaluated('alone.npy', own),
    ]);
    expect(one.mirror).toBe(true);
    expect(other).toEqual(one);
    expect(alone.calibrationError).not.toBe(one.calibrationError);
  });

  test('a network that ends in logits: classes are numbered, and go through a softmax', async () => {
    const model = 'test/fixtures/nets/net-torch-vgg.onnx';
    const x = 'test/fixtures/nets/net-torch-vgg.in.image.npy';
    const { shape } = parseNpy(readFileSync(join(root, x)));
    const truth = save('numbers.npy', [shape[0]], new Int32Array(shape[0]));
    const { status, stdout, stderr } = await mien(
      ...['evaluate', '--model', model, '--images', x, '--labels', truth, '--json'],
    );
    expect([status, stderr]).toEqual([0, '']);
    const found = JSON.parse(stdout);
    expect(found.model).toBe(model);
    expect(found.classes.map(({ name }: { name: string }) => name)).toEqual(
      found.classes.map((_: unknown, k: number) => String(k)),
    );
    expect(found.bins.reduce((sum: number, bin: { count: number }) => sum + bin.count, 0)).toBe(shape[0]);
  });
});

describe.concurrent('what is wrong is said in one line', () => {
  const wide = save('wide.npy', [2, 48, 47], new Float32Array(2 * 48 * 47));
  const short = save('short.npy', [3], new Int32Array(3));
  const eight = save('eight.npy', [all], new Int32Array(all).fill(7));
  const far = save('far.npy', [2], Int32Array.from([0, all]));
  const none = save('none.npy', [0], new Int32Array(0));
  const words = save('words.npy', [all], new Array(all).fill('bored'));
  const given = ['--images', images, '--labels', labels];

  test.each<[string, number, string[], RegExp]>([
    ['no pictures', 2, ['--labels', labels], /no --images is named; usage: mien evaluate/],
    ['no labels', 2, ['--images', images], /no --labels is named/],
    ['a bare file', 2, [...given, 'more.npy'], /more\.npy has no option before it/],
    [
      'another size',
      1,
      ['--images', wide, '--labels', labels],
      /wide\.npy: is \(2,48,47\), .* \(N,1,48,48\)/,
    ],
    ['words for pictures', 1, ['--images', words, '--labels', labels], /words\.npy: contains string/],
    [
      'fewer labels',
      1,
      ['--images', images, '--labels', short],
      /short\.npy: is \(3\), but there are 240 pictures/,
    ],
    [
      'a label too high',
      1,
      ['--images', images, '--labels', eight],
      /eight\.npy: row 0 has the label 7, .* angry,/,
    ],
    ['a label unknown', 1, ['--images', images, '--labels', words], /words\.npy: row 0 has the label bored,/],
    ['a row too far', 1, [...given, '--rows', far], /far\.npy: there is no row 240; rows go from 0 to 239/],
    ['no row', 1, [...given, '--rows', none], /none\.npy: contains no row numbers/],
    ['no folder', 1, [...given, '--report', '/nowhere/r.html'], /\/nowhere\/r\.html: there is no folder/],
    ['a folder for a report', 1, [...given, '--report', out], /: it is a folder/],
    [
      'a report over the labels',
      1,
      [...given, '--report', labels],
      /labels\.npy: it is an input of this call/,
    ],
    ['an unknown option', 2, [...given, '--label', labels], /unknown option --label; usage: mien evaluate/],
    [
      'a detector',
      1,
      [...given, '--model', 'weights/face/blazeface-128.onnx'],
      /blazeface-128\.onnx: has the outputs/,
    ],
    [
      'no pictures taken',
      1,
      [...given, '--model', 'test/fixtures/svm-onnx/skl-k4-rbf-prob.onnx'],
      /has the inputs/,
    ],
  ])('%s, exit %i', async (_, code, args, message) => {
    const { status, stdout, stderr } = await mien('evaluate', ...args);
    expect([status, stdout]).toEqual([code, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trim()).not.toContain('\n');
  });
});
