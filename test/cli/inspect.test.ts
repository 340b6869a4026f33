import { describe, expect, test } from 'vitest';
import { mien } from './mien';

test('the layers of the shipped model, its labels, and what it needs', async () => {
  const { status, stdout, stderr } = await mien('inspect', 'weights/expression.onnx');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('input   x (N,1,48,48) float\n');
  expect(stdout).toContain('output  label (N), labels angry, disgust, fear, happy, neutral, sad, surprise\n');
  // (1,48,48) -> (32,24,24) with 3 x 3 weights, and a pool: 32 * 9 weights and 32 biases.
  expect(stdout).toMatch(/^conv1\.1 +Conv \+ Relu +\(1,32,24,24\) +320 +[\d,]+$/m);
  expect(stdout).toMatch(/^svm +ai\.onnx\.ml\.SVMClassifier +\(1\) +[\d,]+ +[1-9][\d,]*$/m);
  expect(stdout).toMatch(
    /^nodes +47 in the file, 27 are not constant, 14 after fusing, 17 steps on the GPU$/m,
  );
});

test('--json: parameters and operations are those of the definition', async () => {
  const { stdout } = await mien('inspect', 'test/fixtures/nets/conv-3x3-pad.onnx', '--json');
  const { layers, parameters, memory } = JSON.parse(stdout);
  // x (1,5,9,7) -> y (1,7,9,7), weight (7,5,3,3) and bias.
  const conv = layers.find(({ operator }: { operator: string }) => operator === 'Conv');
  expect(conv).toMatchObject({ shape: [1, 7, 9, 7], operations: 2 * 7 * 9 * 7 * 5 * 3 * 3 });
  expect([7 * 5 * 9, 7 * 5 * 9 + 7]).toContain(parameters);
  expect(memory.activations).toBeGreaterThanOrEqual(4 * (5 + 7) * 9 * 7);
});

test('a model of LIBSVM', async () => {
  const { status, stdout } = await mien('inspect', 'test/fixtures/svm/k2-rbf.model');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^svm +ai\.onnx\.ml\.SVMClassifier/m);
});

describe('what is not supported is listed, exit 1', () => {
  test('an operator', async () => {
    const { status, stdout } = await mien('inspect', 'test/fixtures/conformance/unknown/model.onnx');
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /1 thing is not supported\n {2}Unknown is not a supported operator: 1 node, "y"\n$/,
    );
  });

  test('a shape, as JSON', async () => {
    const { status, stdout } = await mien(
      'inspect',
      'test/fixtures/corners/label-computed-with.onnx',
      '--json',
    );
    expect(status).toBe(1);
    expect(JSON.parse(stdout).refused).toEqual([expect.stringMatching(/label/)]);
  });
});

describe('what is wrong is said in one line', () => {
  const model = 'weights/expression.onnx';
  test.each<[string, number, string[], RegExp]>([
    ['no model', 2, [], /^mien: one model is needed, 0 are named; usage: mien inspect/],
    ['a size without a name', 2, [model, '--dim', '3'], /--dim 3: it must be NAME=SIZE/],
    ['a dimension unknown', 1, [model, '--dim', 'H=3'], /expression\.onnx: dims has "H"/],
    ['no model at all', 1, ['package.json'], /package\.json: not an ONNX file/],
  ])('%s, exit %i', async (_, code, args, message) => {
    const { status, stdout, stderr } = await mien('inspect', ...args);
    expect({ status, stdout }).toEqual({ status: code, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
