import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../fixtures';
import { mienIn, scratch } from './mien';

const model = join(root, 'test/fixtures/cli/double-row.onnx');

/** A folder with a package of onnxruntime-node's name, which computes `twice` and `y` of the model as 2 x + `error`. */
function folderWithOrt(error: number): string {
  const folder = scratch();
  const own = join(folder, 'node_modules/onnxruntime-node');
  mkdirSync(own, { recursive: true });
  writeFileSync(
    join(own, 'index.js'),
    `exports.Tensor = class { constructor(type, data, dims) { Object.assign(this, { type, data, dims }); } };
     exports.InferenceSession = { create: async () => ({ run: async ({ x }, names) =>
       Object.fromEntries(names.map((name) => {
         const data = x.data.map((value) => 2 * value);
         if (name === 'y') data[5] += ${error};
         return [name, { type: 'float32', dims: x.dims, data }];
       })) }) };`,
  );
  return folder;
}

test('every tensor agrees', async () => {
  const { status, stdout, stderr } = await mienIn(folderWithOrt(0), 'compare', model, '--batch', '2');
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '2 tensors agree\n', stderr: '' });
});

test('the first node that differs, exit 1', async () => {
  const { status, stdout } = await mienIn(folderWithOrt(0.5), 'compare', model, '--batch', '2');
  expect(status).toBe(1);
  expect(stdout).toMatch(/^Add "y": y\[1,1\] is -?\d\.\d+, expected -?\d\.\d+ as in onnxruntime\n$/);
});

test('without onnxruntime-node: the command that installs it, exit 1', async () => {
  const { status, stderr } = await mienIn(scratch(), 'compare', model);
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^mien: onnxruntime-node is not installed in this folder: run "npm install onnxruntime-node"/,
  );
});
