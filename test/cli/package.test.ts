/** Tests the built command in a folder in which its npm packages are missing or broken. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { beforeAll, expect, test } from 'vitest';
import { root } from '../fixtures';
import { scratch } from './mien';

const folder = scratch();
beforeAll(async () => {
  const outDir = join(folder, 'dist');
  await build({ root: join(root, 'cli'), logLevel: 'error', build: { outDir, emptyOutDir: true } });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});

const mien = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'dist/mien.js'), ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};
const photo = 'demo/astronaut.png';
const remedy = 'run "npm install --global --include=optional mien-cli" again (in a checkout: "npm ci")\n';

/** Writes a package whose code throws an error to the folder. */
function breakPackage(name: string): void {
  const path = join(folder, 'node_modules', name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name, type: 'module', main: 'index.js' }));
  writeFileSync(
    join(path, 'index.js'),
    'throw new Error("no code for this machine\\nPossible solutions: many");',
  );
}

/** Copies a working package to the folder. */
const lend = (name: string) =>
  cpSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), { recursive: true });

test('help and version need no other package', () => {
  expect(mien('--help')).toMatchObject({ status: 0, stderr: '' });
  expect(mien('recognize', '--help')).toMatchObject({ status: 0, stderr: '' });
  const { version } = JSON.parse(readFileSync(join(root, 'cli/package.json'), 'utf8'));
  expect(mien('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
});

test('a missing package is named in one sentence with the remedy', () => {
  const stderr = `mien: the npm package sharp, which decodes pictures, is not installed: ${remedy}`;
  expect(mien('recognize', photo, photo)).toEqual({ status: 1, stdout: '', stderr });
});

test('so is one that does not load here', () => {
  breakPackage('sharp');
  const platform = `${process.platform}-${process.arch}`;
  const fault = `does not load on ${platform} (no code for this machine)`;
  const stderr = `mien: the npm package sharp, which decodes pictures, ${fault}: ${remedy}`;
  expect(mien('recognize', photo)).toEqual({ status: 1, stdout: '', stderr });
});

test('so is a missing GPU driver package, after the models are found', () => {
  for (const name of ['sharp', '@img', 'detect-libc', 'semver']) lend(name);
  const stderr = `mien: the npm package webgpu, which reaches the GPU, is not installed: ${remedy}`;
  expect(mien('recognize', photo)).toEqual({ status: 1, stdout: '', stderr });
});
