import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as mien from '../../src/cli/main';
import { folds } from '../../src/graph/fold';
import { operators } from '../../src/graph/operators';
import { root } from '../fixtures';

const readme = readFileSync(`${root}/README.md`, 'utf8');
const table = readme.slice(readme.indexOf('## Operators'), readme.indexOf('## More'));

test('the README lists every operator, and no other', () => {
  const listed = [...table.matchAll(/^\| ([^|]+)\|/gm)]
    .flatMap(([, cell]) => cell.replace('`ai.onnx.ml`:', '').split(','))
    .map((name) => name.trim())
    .filter((name) => /^[A-Z]/.test(name));
  // Upsample is rewritten as Resize; Shape, Cast and ZipMap are known to resolve.ts.
  const known = new Set([
    ...Object.keys(operators),
    ...Object.keys(folds),
    'Upsample',
    'Shape',
    'Cast',
    'ai.onnx.ml.ZipMap',
  ]);
  expect(listed.sort()).toEqual([...known].map((key) => key.replace('ai.onnx.ml.', '')).sort());
});

test('the README shows every command as the command itself does', () => {
  for (const usage of mien.usages) expect(readme).toContain(usage);
});

test('the README shows the example for Node as it is', () => {
  expect(readme).toContain(readFileSync(`${root}/examples/node/main.js`, 'utf8'));
});
