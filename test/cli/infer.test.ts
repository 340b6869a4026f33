import { linkSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadOnnx } from '../../src/formats/load';
import { formatNpy, parseNpy } from '../../src/formats/npy';
import { netFixtures, root } from '../fixtures';
import { asTensor, differs } from '../run-net';
import { mien, scratch } from './mien';

const out = scratch();
const npy = (path: string) => parseNpy(readFileSync(path));
const fixture = (name: string) => netFixtures.find((each) => each.name === name)!;

/** Writes the inputs as files of f32, the type of the models' inputs. */
function inputsOf(name: string): string[] {
  return Object.entries(fixture(name).inputs).flatMap(([input, path]) => {
    const file = join(out, `${name}.${input.replace(':', '')}.npy`);
    writeFileSync(file, formatNpy(asTensor(npy(join(root, path)))));
    return ['--input', file];
  });
}

describe.concurrent('onnxruntime says the same', () => {
  const names = ['blazeface-128', 'svm skl-k4-rbf-prob'];
  // Other tests run the other networks in the browser and in Dawn. This test is about reading and writing files.
  const nets = ['net-torch-pair', 'net-torch-unet'];
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

test('more items than run at once', async () => {
  const name = 'conv-relu-conv';
  const { model, inputs, outputs } = fixture(name);
  const repeat = (path: string, times: number) => {
    const { shape, data } = npy(join(root, path));
    const rows = Array.from({ length: times }, () => Array.from(data as Float32Array)).flat();
    return { shape: [times * shape[0], ...shape.slice(1)], data: Float32Array.from(rows) };
  };
  const [x, y] = ['x', 'y'].map((stem) => join(out, `many-${stem}.npy`));
  writeFileSync(x, formatNpy(repeat(inputs.x, 50)));
  const { status, stderr } = await mien('infer', model, '--input', x, '--output', y);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const found = npy(y);
  const expected = repeat(outputs.y, 50);
  expect(differs({ shape: found.shape, data: found.data as Float32Array }, expected)).toBeUndefined();
});

test('a tensor inside the model is written as it is between two nodes', async () => {
  const name = 'conv-relu-conv';
  const { model, outputs } = fixture(name);
  const { nodes } = await loadOnnx(readFileSync(join(root, model)));
  const [conv, relu] = nodes.map((node) => node.outputs[0]);
  const [before, after, y] = ['conv', 'relu', 'y'].map((stem) => join(out, `inside-${stem}.npy`));
  const wanted = [`${conv}=${before}`, `${relu}=${after}`, y].flatMap((text) => ['--output', text]);
  const { status, stderr } = await mien('infer', model, ...inputsOf(name), ...wanted);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  // If both nodes were one kernel, the output of the first would contain no negative numbers.
  const numbers = npy(before).data as Float32Array;
  expect(numbers.some((v) => v < 0)).toBe(true);
  expect(npy(after).data).toEqual(numbers.map((v) => Math.max(v, 0)));
  const found = npy(y);
  const expected = npy(join(root, outputs.y));
  expect(differs({ shape: found.shape, data: found.data as Float32Array }, expected)).toBeUndefined();
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

  test.each<[string, number, string[], RegExp]>([
    [
      'another shape',
      1,
      [model, '--input', wide, '--output', y],
      /input "image" is \(2,1,3,5\), but the model needs \(N,/,
    ],
    ['another type', 1, [model, '--input', words, '--output', y], /words\.npy: contains string/],
    ['an array cut short', 1, [model, '--input', cut, '--output', y], /cut\.npy: .* bytes/],
    ['no input', 2, [model, '--output', y], /0 inputs are named, the model has 1: image/],
    ['no output', 2, [model, '--input', input], /no --output is named/],
    [
      'two outputs of one',
      2,
      [model, '--input', input, '--output', y, '--output', y],
      /2 outputs are named, the model has 1/,
    ],
    [
      'no such folder',
      1,
      [model, '--input', input, '--output', '/nowhere/y.npy'],
      /\/nowhere\/y\.npy: there is no folder/,
    ],
    [
      'no such file',
      1,
      ['nowhere.onnx', '--input', input, '--output', y],
      /nowhere\.onnx: the file does not exist/,
    ],
    [
      'a text',
      1,
      ['test/fixtures/bad/text.onnx', '--input', input, '--output', y],
      /text\.onnx: not an ONNX file/,
    ],
    [
      'a cut file',
      1,
      ['test/fixtures/bad/truncated.onnx', '--input', input, '--output', y],
      /truncated\.onnx: cut off/,
    ],
    [
      'operators',
      1,
      ['test/fixtures/bad/unknown-operator.onnx', '--input', input, '--output', y],
      /NonZero "memory"/,
    ],
    ['an unknown option', 2, [model, '--inputs', input], /unknown option --inputs; usage: mien infer/],
    [
      'an output unknown',
      2,
      [model, '--input', input, '--output', 'score=y.npy'],
      /^mien: the model has no output score; its outputs are probabilities, and 13 tensors inside/,
    ],
    [
      'an input unknown',
      2,
      [model, '--input', `pixels=${input}`, '--output', y],
      /^mien: the model has no input pixels; its inputs are image; usage/,
    ],
    [
      'an output twice',
      2,
      [model, '--input', input, '--output', `probabilities=${y}`, '--output', `probabilities=${wide}`],
      /the output probabilities is named twice; usage/,
    ],
  ])('%s, exit %i', async (_, code, args, message) => {
    const { status, stdout, stderr } = await mien('infer', ...args);
    expect([status, stdout]).toEqual([code, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trim()).not.toContain('\n');
  });
});

describe('no input is overwritten', () => {
  const folder = scratch();
  const model = join(folder, 'm.onnx');
  const input = join(folder, 'x.npy');
  const sources = ['test/fixtures/nets/net-torch-vgg.onnx', 'test/fixtures/nets/net-torch-vgg.in.image.npy'];
  const before = sources.map((path) => readFileSync(join(root, path)));
  [model, input].forEach((path, i) => {
    writeFileSync(path, before[i]);
  });
  symlinkSync('m.onnx', join(folder, 'link.npy'));
  linkSync(input, join(folder, 'hard.npy'));
  symlinkSync(folder, join(folder, 'here'));

  test.each(['m.onnx', 'x.npy', 'link.npy', 'hard.npy', 'here/m.onnx', '../NAME/x.npy'])(
    '--output %s',
    async (name) => {
      const output = `${folder}/${name.replace('NAME', basename(folder))}`;
      const { status, stdout, stderr } = await mien('infer', model, '--input', input, '--output', output);
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toBe(`mien: ${output}: it is an input of this call, which is not overwritten\n`);
      expect([model, input].map((path) => readFileSync(path))).toEqual(before);
    },
  );

  test('nor one output by another', async () => {
    const two = netFixtures.find(({ outputs }) => Object.keys(outputs).length === 2)!;
    const paths = [join(folder, 'y.npy'), join(folder, 'here/y.npy')];
    const outputs = Object.keys(two.outputs).flatMap((name, i) => ['--output', `${name}=${paths[i]}`]);
    const { status, stderr } = await mien('infer', two.model, ...inputsOf(two.name), ...outputs);
    expect(status).toBe(1);
    expect(stderr).toMatch(/here\/y\.npy: two outputs would go to this file\n$/);
  });

  test('a file with "=" in its name is written by its path', async () => {
    const output = join(folder, 'a=b.npy');
    const { status, stderr } = await mien('infer', model, '--input', input, '--output', output);
    expect([status, stderr]).toEqual([0, '']);
    expect(npy(output).shape[0]).toBe(npy(input).shape[0]);
  });
});
