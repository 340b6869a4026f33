import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { root } from '../fixtures';

/** The folders that each folder may import. A layer imports only lower layers. */
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

// `mien kernel` prints kernels with the sizes of a case.
const mayUseCases = (file: string) => file === 'src/cli/kernel.ts';

test.each(files.filter((file) => !mayUseCases(file) && !/\.(cases|ref)\.ts$|^shaders\/cases\//.test(file)))(
  '%s brings no reference and no case into the library',
  (file) => {
    for (const target of importsOf(file)) expect(target).not.toMatch(/\.(cases|ref)$|^shaders\/cases\//);
  },
);

test('no file leads back to itself through its imports, those of types included', () => {
  const imports = new Map(files.map((file) => [file, importsOf(file).map((target) => `${target}.ts`)]));
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    const at = path.indexOf(file);
    if (at >= 0) cycles.push([...path.slice(at), file].join(' -> '));
    if (at >= 0 || done.has(file)) return;
    for (const target of imports.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect(cycles).toEqual([]);
});

/** Returns the functions of a file with more than `most` lines. */
function longFunctions(file: string, most: number): string[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(root, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const lineAt = (position: number) => source.getLineAndCharacterOfPosition(position).line;
  const found: string[] = [];
  const visit = (node: ts.Node) => {
    const lines = lineAt(node.end) - lineAt(node.getStart()) + 1;
    if (ts.isFunctionLike(node) && lines > most)
      found.push(`${file}:${lineAt(node.getStart()) + 1}: ${lines} lines`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

test('no function has more than 60 lines, no file more than 300', () => {
  expect(files.flatMap((file) => longFunctions(file, 60))).toEqual([]);
  const lengths = files.map(
    (file) => [file, readFileSync(join(root, file), 'utf8').split('\n').length - 1] as const,
  );
  expect(lengths.filter(([, lines]) => lines > 300)).toEqual([]);
});
