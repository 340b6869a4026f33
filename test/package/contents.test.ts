import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { families } from '../../src/graph/further';
import { installAlone } from './install';

let folder: string;
beforeAll(async () => {
  folder = await installAlone();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const filesOf = (path: string): string[] =>
  (readdirSync(join(folder, path), { recursive: true }) as string[]).filter((name) =>
    statSync(join(folder, path, name)).isFile(),
  );

test('the package contains what it needs, and nothing else', () => {
  const files = filesOf('node_modules/mien-gpu').sort();
  // Each family of operators that is loaded on demand is a file, and what two of them share.
  const parts = files.filter((name) => /^dist\/[a-z0-9-]+\.js$/.test(name) && name !== 'dist/mien.js');
  for (const name of ['engine', ...Object.keys(families)]) expect(parts).toContain(`dist/${name}.js`);
  expect(files.filter((name) => !parts.includes(name))).toEqual([
    'LICENSE',
    'NOTICE',
    'README.md',
    'dist/mien.d.ts',
    'dist/mien.js',
    'dist/mien.min.js',
    'dist/weights/blazeface-128.onnx',
    'dist/weights/blazeface-256.onnx',
    'dist/weights/expression.onnx',
    'package.json',
    'weights/README.md',
    'weights/face/LICENSE',
    'weights/face/README.md',
  ]);
});

test('an installation takes at most 6 MB and runs no scripts', () => {
  const bytes = filesOf('node_modules').reduce(
    (sum, name) => sum + 512 * statSync(join(folder, 'node_modules', name)).blocks,
    0,
  );
  expect(bytes).toBeLessThan(6e6);
  const lock = JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8'));
  expect(Object.keys(lock.packages)).toContain('node_modules/mien-gpu');
  expect(
    Object.entries(lock.packages).filter(
      ([, entry]) => (entry as object) && 'hasInstallScript' in (entry as object),
    ),
  ).toEqual([]);
});

test('the code names the models beside it, spelt out for bundlers', () => {
  for (const name of ['engine.js', 'mien.min.js']) {
    const code = readFileSync(join(folder, 'node_modules/mien-gpu/dist', name), 'utf8');
    for (const model of ['blazeface-128', 'blazeface-256', 'expression'])
      expect(code).toMatch(
        new RegExp(`new URL\\(\\s*["']\\./weights/${model}\\.onnx["'],\\s*import\\.meta\\.url\\s*\\)`),
      );
    expect(code).not.toMatch(/sourceMappingURL|import\(["']node:/);
  }
});

test('the file with pbf inside imports nothing and carries its licence', () => {
  const code = readFileSync(join(folder, 'node_modules/mien-gpu/dist/mien.min.js'), 'utf8');
  expect(code).not.toMatch(/(^|;|\})import[ {"']/m);
  expect(code.slice(0, 2000)).toMatch(/Mapbox[\s\S]*Redistribution and use/);
});

test('the models have addresses in the package', () => {
  const { resolve } = createRequire(join(folder, 'package.json'));
  for (const model of ['blazeface-128', 'blazeface-256', 'expression'])
    expect(statSync(resolve(`mien-gpu/weights/${model}.onnx`)).size).toBeGreaterThan(4e5);
});

test('types keep their descriptions', () => {
  const types = readFileSync(join(folder, 'node_modules/mien-gpu/dist/mien.d.ts'), 'utf8');
  expect(types).toMatch(/^\/\/\/ <reference types="@webgpu\/types" \/>/);
  expect(types).toMatch(/\*\/\s*export declare function createRecognizer/);
});
