import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatNpy, parseNpy } from '../../src/formats/npy';
import { netFixtures, root } from '../fixtures';
import { asTensor, differs } from '../run-net';
import { mien, scratch } from './mien';

const out = scratch();
const npy = (path: string) => parseNpy(readFileSync(path));
const fixture = (name: string) => netFixtures.find((each) => each.name === name)!;

/** The inputs as files of f32, which is what the models take. */
function inputsOf(name: string): string[] {
  return Object.entries(fixture(name).inputs).flatMap(([input, path]) => {
    const file = join(out, `${name}.${input.replace(':', '')}.npy`);
    writeFileSync(file, formatNpy(asTensor(npy(join(root, path)))));
    return ['--input', file];
  });
}

describe.concurrent('onnxruntime says the same', () => {
  const names = ['blazeface-128', 'expression', 'svm skl-k4-rbf-prob'];
  const nets = netFixtures.map(({ name }) => name).filter((name) => name.startsWith('net-torch-'));
  test.each([...names, ...nets])('%s', async (name) => {
    const { model, outputs } = fixture(name);
    const files = Object.keys(outputs).map((output) => join(out, `${name}.${output.replace(':', '')}.y.npy`));
    const args = files.flatMap((file, i) => ['--output', `${Object.keys(outputs)[i]}=${file}`]);
    const { status, stdout, stderr } = await mien('infer', model, ...inputsOf(name), ...args);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
    Object.values(outputs).forEach((path, i) => {
      const found = npy(files[i]);
      expect(
        differs({ shape: found.shape, data: found.data as Float32Array }, npy(join(root, path))),
      ).toBeUndefined();
    });
  });
});

describe('what is wrong is said in one line', () => {
  const model = 'test/fixtures/nets/net-torch-vgg.onnx';
  const input = join(root, 'test/fixtures/nets/net-torch-vgg.in.image.npy');
  const wide = join(out, 'wide.npy');
  writeFileSync(wide, formatNpy({ shape: [2, 1, 3, 5], data: new Float32Array(30) }));
  const words = join(out, 'words.npy');
  writeFileSync(words, formatNpy({ shape: [2], data: ['a', 'b'] }));
  const cut = join(out, 'cut.npy');
  writeFileSync(cut, readFileSync(input).subarray(0, 200));
  const y = join(out, 'y.npy');

  test.each<[string, string[], RegExp]>([
    [
      'another shape',
      [model, '--input', wide, '--output', y],
      /input "image" is \(2,1,3,5\), the model takes \(N,/,
    ],
    ['another type', [model, '--input', words, '--output', y], /words\.npy: holds string/],
    ['an array cut short', [model, '--input', cut, '--output', y], /cut\.npy: .* bytes/],
    ['no input', [model, '--output', y], /0 inputs are named, the model has 1: image/],
    ['no output', [model, '--input', input], /no --output is named/],
    [
      'two outputs of one',
      [model, '--input', input, '--output', y, '--output', y],
      /2 outputs are named, the model has 1/,
    ],
    [
      'no such folder',
      [model, '--input', input, '--output', '/nowhere/y.npy'],
      /\/nowhere\/y\.npy: there is no folder/,
    ],
    [
      'no such file',
      ['nowhere.onnx', '--input', input, '--output', y],
      /nowhere\.onnx: there is no such file/,
    ],
    ['a text', ['test/fixtures/bad/text.onnx', '--input', input, '--output', y], /text\.onnx: no ONNX file/],
    [
      'a cut file',
      ['test/fixtures/bad/truncated.onnx', '--input', input, '--output', y],
      /truncated\.onnx: cut off/,
    ],
    [
      'operators',
      ['test/fixtures/bad/unknown-operator.onnx', '--input', input, '--output', y],
      /Einsum "attention", GRU/,
    ],
    ['an unknown option', [model, '--inputs', input], /'--inputs'/],
  ])('%s', async (_, args, message) => {
    const { status, stdout, stderr } = await mien('infer', ...args);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trim()).not.toContain('\n');
  });
});
