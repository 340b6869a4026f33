import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../fixtures';

/** Which folders a folder may import; layers only look down. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  shaders: ['shaders'],
  'src/graph': ['src/graph', 'shaders/snippets/activation'], // the table of activations
  'src/svm': ['src/svm', 'src/graph'],
  'src/formats': ['src/formats', 'src/svm', 'src/graph'],
  'src/gpu': ['src/gpu', 'shaders'],
  'src/network': ['src/network', 'src/gpu', 'src/svm', 'src/graph', 'shaders'],
  'src/vision': ['src/vision', 'src/network', 'src/gpu', 'src/formats', 'src/graph', 'shaders', 'src'],
  'src/evaluation': ['src/evaluation'],
  'src/cli': [
    'shaders',
    'src/cli',
    'src/evaluation',
    'src/vision',
    'src/network',
    'src/gpu',
    'src/formats',
    'src/svm',
    'src/graph',
    'src',
    'cli', // the package's version
  ],
};

const layerOf = (file: string): string =>
  file.startsWith('shaders/') ? 'shaders' : dirname(file).split('/').slice(0, 2).join('/');

const files = Object.keys(MAY_IMPORT).flatMap((layer) =>
  readdirSync(join(root, layer), { recursive: true })
    .map((file) => `${layer}/${file}`)
    .filter((file) => file.endsWith('.ts')),
);

const importsOf = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']*)'/g)].map(
    ([, path]) => relative(root, resolve(root, dirname(file), path)),
  );

test.each(files)('%s imports only what lies below it', (file) => {
  for (const target of importsOf(file))
    if (!MAY_IMPORT[layerOf(file)].includes(target))
      expect(MAY_IMPORT[layerOf(file)], `${file} imports ${target}`).toContain(layerOf(target));
});

// The command prints kernels with the sizes of a case.
const mayUseCases = (file: string) => file === 'src/cli/kernel.ts';

test.each(files.filter((file) => !mayUseCases(file) && !/\.(cases|ref)\.ts$|^shaders\/cases\//.test(file)))(
  '%s brings no reference and no case into the library',
  (file) => {
    for (const target of importsOf(file)) expect(target).not.toMatch(/\.(cases|ref)$|^shaders\/cases\//);
  },
);
