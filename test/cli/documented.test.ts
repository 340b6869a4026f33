/** Runs the commands of docs/bring-your-own.md, section by section, on files of the names that it uses. */

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { formatNpy, parseNpy } from '../../src/formats/npy';
import { root } from '../fixtures';
import { mienIn, scratch } from './mien';

const fixtures = join(root, 'test/fixtures');
const page = readFileSync(join(root, 'docs/bring-your-own.md'), 'utf8');
/** The arguments of the commands in each section. `mien compare` is tested with onnxruntime in compare.test.ts. */
const sections = page.split(/^## /m).map((text) => ({
  title: text.split('\n')[0],
  commands: [...text.matchAll(/^ *mien (.*)$/gm)]
    .map(([, line]) => line.trim().split(' '))
    .filter(([name]) => name !== 'compare'),
}));

/** Copies a fixture to a folder. */
const copy = (folder: string, from: string, to: string) =>
  copyFileSync(join(fixtures, from), join(folder, to));
/** Writes rows.npy. */
const rows = (folder: string, shape: number[]) => {
  const data = Float32Array.from({ length: shape[0] * shape[1] }, (_, i) => Math.sin(i * i));
  writeFileSync(join(folder, 'rows.npy'), formatNpy({ shape, data }));
};

/** What a section needs, and what its commands must have written. */
const documented: Readonly<
  Record<string, { prepare: (folder: string) => unknown; check: (folder: string) => void }>
> = {
  'A CNN of PyTorch and an SVM of scikit-learn, in one file': {
    async prepare(folder) {
      copy(folder, 'cli/documented-model.onnx', 'model.onnx');
      mkdirSync(join(folder, 'photos'));
      for (const [name, level] of [
        ['a', 30],
        ['b', 230],
        ['c', 60],
      ] as const)
        await sharp({
          create: { width: 20, height: 16, channels: 3, background: { r: level, g: level, b: level } },
        })
          .png()
          .toFile(join(folder, 'photos', `${name}.png`));
    },
    check(folder) {
      const { data, shape } = parseNpy(readFileSync(join(folder, 'labels.npy')));
      expect([...data]).toEqual(['dark', 'bright', 'dark']);
      expect(shape).toEqual([3]);
      expect(parseNpy(readFileSync(join(folder, 'p.npy'))).shape).toEqual([3, 2]);
    },
  },
  'A pipeline of scikit-learn alone': {
    prepare(folder) {
      copy(folder, 'cli/documented-svm.onnx', 'svm.onnx');
      rows(folder, [5, 4]);
    },
    check(folder) {
      const { data } = parseNpy(readFileSync(join(folder, 'labels.npy')));
      expect(data.length).toBe(5);
      for (const label of data) expect(['bright', 'dark']).toContain(label);
    },
  },
  'An LDA and a least-squares SVM': {
    prepare(folder) {
      copy(folder, 'nets/net-least-squares-texts.onnx', 'model.onnx');
      copy(folder, 'nets/net-least-squares-texts.in.features.npy', 'rows.npy');
    },
    check(folder) {
      const expected = parseNpy(readFileSync(join(fixtures, 'nets/net-least-squares-texts.out.label.npy')));
      expect(parseNpy(readFileSync(join(folder, 'labels.npy'))).data).toEqual(expected.data);
      expect(parseNpy(readFileSync(join(folder, 'scores.npy'))).shape).toEqual([3, 4]);
    },
  },
  'A file of LIBSVM alone': {
    prepare(folder) {
      copy(folder, 'svm/k3-rbf.model', 'train.model');
      copy(folder, 'svm/k3.test', 'test.txt');
    },
    check(folder) {
      const written = readFileSync(join(folder, 'predicted.txt'), 'utf8').split('\n');
      expect(written[0]).toMatch(/^labels( -?\d+){3}$/);
    },
  },
};

test('each section with commands is run', () => {
  expect(sections.filter(({ commands }) => commands.length).map(({ title }) => title)).toEqual(
    Object.keys(documented),
  );
});

describe.concurrent('docs/bring-your-own.md', () => {
  test.each(Object.keys(documented))('%s', async (title) => {
    const folder = scratch();
    await documented[title].prepare(folder);
    for (const args of sections.find((each) => each.title === title)?.commands ?? []) {
      const { status, stderr } = await mienIn(folder, ...args);
      expect([args.join(' '), status, stderr.match(/^mien: .*(error|cannot|not )/im)]).toEqual([
        args.join(' '),
        0,
        null,
      ]);
    }
    documented[title].check(folder);
  });
});
