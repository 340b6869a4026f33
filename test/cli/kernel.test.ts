import { expect, test } from 'vitest';
import { mien } from './mien';

test('the text of a variant, its files in order, its constants in place', async () => {
  const { status, stdout, stderr } = await mien(
    'kernel',
    'conv2d',
    '--variant',
    'tiled 4x8',
    '--case',
    'channels below four',
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(
    /^\/\/ conv2d, variant tiled 4x8, with the sizes of the case "channels below four"$/m,
  );
  expect(stdout).toMatch(/^\/\/ bindings 0 x, 1 weight, 2 bias, 3 bias, 4 y$/m);
  // The case has I = 3, H = 6, W = 9, O = 7.
  for (const constant of ['I: u32 = 3', 'H: u32 = 6', 'W: u32 = 9', 'O: u32 = 7'])
    expect(stdout).toContain(`const ${constant};`);
  expect(stdout.indexOf('fn activate')).toBeLessThan(stdout.indexOf('fn main'));
  expect(stdout).toMatch(/case 1: \{ return max\(v, vec4f\(0\)\); \} \/\/ Relu/);
});

test('each pass of a variant with several', async () => {
  const { stdout } = await mien('kernel', 'winograd', '--variant', 'Winograd 3x8');
  expect(stdout.match(/^\/\/ pass . of 3: .*$/gm)).toEqual([
    '// pass 1 of 3: winograd-input',
    '// pass 2 of 3: winograd-product 3x8',
    '// pass 3 of 3: winograd-output',
  ]);
  expect(stdout.match(/@compute/g)).toHaveLength(3);
});

test.each<[string, string[], RegExp]>([
  ['no name', [], /one kernel is needed, 0 are named/],
  [
    'a kernel that is not there',
    ['conv3d'],
    /there is no kernel conv3d; the kernels are elementwise, functions, broadcast/,
  ],
  [
    'a variant that is not there',
    ['argmax', '--variant', 'fast'],
    /argmax has no variant fast here; its variants are plain/,
  ],
  ['a case that is not there', ['argmax', '--case', 'none'], /argmax has no case none; its cases are /],
])('%s is said in one line, exit 2', async (_, args, message) => {
  const { status, stdout, stderr } = await mien('kernel', ...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(message);
});
