/** Checks that every kernel, operator and activation in the tables is listed and occurs in a tested model. */

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { allCases } from '../../shaders/cases/all-cases';
import { activationNames } from '../../shaders/snippets/activation';
import { loadOnnx } from '../../src/formats/load';
import { operators as further } from '../../src/graph/further';
import { operatorNameOf, operators } from '../../src/graph/operators';
import { expansions } from '../../src/graph/passes/expand';
import { folds } from '../../src/graph/passes/fold';
import { beforeLowering } from '../../src/graph/passes/passes';
import { netFixtures, root } from '../fixtures';

test('every kernel is listed, under the name of its folder', () => {
  const folders = readdirSync(`${root}/shaders`, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const kernels = folders
    .map(({ name }) => name)
    .filter((name) => !['plan', 'snippets', 'cases'].includes(name));
  expect(allCases.map(({ kernel }) => kernel).sort()).toEqual(kernels.sort());
});

const graphs = await Promise.all(
  netFixtures.map(async ({ model }) => loadOnnx(readFileSync(`${root}/${model}`), model)),
);

const inModels = [...Object.keys(operators), ...Object.keys(further)].filter(
  (name) => !name.startsWith('mien.'),
);

test.each([...new Set([...inModels, ...Object.keys(folds), ...Object.keys(expansions), 'Shape', 'Size'])])(
  '%s is in a model that onnxruntime has run',
  (name) => {
    expect(graphs.some(({ nodes }) => nodes.some((node) => operatorNameOf(node) === name))).toBe(true);
  },
);

const fused = (await Promise.all(graphs.map((graph) => beforeLowering(graph, 2)))).flatMap(
  ({ nodes }) => nodes,
);

test.each(Object.keys(operators).filter((name) => name.startsWith('mien.')))(
  '%s computes nodes of such models',
  (name) => {
    expect(fused.some((node) => operatorNameOf(node) === name)).toBe(true);
  },
);

test.each(activationNames)('%s is in such models alone and in the kernel before it', (name) => {
  expect(fused.some(({ op, domain }) => !domain && op === name)).toBe(true);
  expect(fused.some(({ activation }) => activation?.op === name)).toBe(true);
});
