import { describe, expect, test } from 'vitest';
import { mien, scratch } from './mien';

const cases = 'test/fixtures/conformance';

test('every case is run, and the tables say what became of them', async () => {
  const { status, stdout, stderr } = await mien('conformance', cases);
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  expect(stdout).toContain('FAILED relu_shape: y is (2,3), expected (3,2)\n');
  expect(stdout).toMatch(/^FAILED relu_wrong: y\[1,1\] is 5, expected 5\.01\d*$/m);
  expect(stdout).toMatch(/^operator not supported +1 {2}unknown: unsupported operators: Unknown "y"$/m);
  expect(stdout).toMatch(/^strings +1 {2}text: /m);
  expect(stdout).toMatch(/^Add +1 +0 +0$/m);
  expect(stdout).toMatch(/^Relu +0 +2 +0$/m);
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('2 passed, 2 failed, 2 refused');
});

test('--json says for each case what it needed and where it is wrong', async () => {
  const { stdout } = await mien('conformance', cases, '--json');
  const {
    passed,
    failed,
    refused,
    cases: results,
  } = JSON.parse(stdout) as {
    passed: number;
    failed: number;
    refused: number;
    cases: { name: string; result: string; constantInputs: boolean; difference?: object }[];
  };
  expect([passed, failed, refused]).toEqual([2, 2, 2]);
  const named = (name: string) => results.find((each) => each.name === name);
  expect(named('add')).toMatchObject({ result: 'passed', constantInputs: false, operators: ['Add'] });
  expect(named('reshape_input')).toMatchObject({ result: 'passed', constantInputs: true });
  expect(named('relu_wrong')?.difference).toMatchObject({ output: 'y', index: [1, 1], found: '5' });
});

test('--markdown makes the page of operators', async () => {
  const { stdout } = await mien('conformance', cases, '--markdown');
  expect(stdout).toMatch(/^On .*: 2 passed, 2 failed, 2 refused\./m);
  expect(stdout).toMatch(/^\| Relu \| 0 \| 2 \| {2}\|$/m);
  expect(stdout).toMatch(/^## Operators that are not supported\n\n.*\bUnknown\b/m);
});

test('--of-largest allows a share of the largest number', async () => {
  const { stdout } = await mien('conformance', cases, '--of-largest', '0.01');
  expect(stdout).not.toContain('FAILED relu_wrong');
  expect(stdout).toContain('FAILED relu_shape');
  const exact = await mien('conformance', cases, '--of-largest', '1e-5');
  expect(exact.stdout).toContain('FAILED relu_wrong');
});

describe('what is wrong is said in one line', () => {
  test.each<[string, number, string[], RegExp]>([
    ['no folder', 2, [], /^mien: one folder is needed, 0 are named; usage: mien conformance/],
    ['a share of none', 2, [cases, '--of-largest', '0'], /--of-largest needs a number above 0, but has "0"/],
    ['no such folder', 1, ['nowhere'], /^mien: nowhere: the file does not exist/],
    ['a folder without cases', 1, [scratch()], /contains no folder with a model\.onnx/],
  ])('%s, exit %i', async (_, code, args, message) => {
    const { status, stdout, stderr } = await mien('conformance', ...args);
    expect({ status, stdout }).toEqual({ status: code, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
