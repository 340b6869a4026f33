import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { activationNames } from '../../shaders/snippets/activation';
import * as mien from '../../src/cli/main';
import { operators as further } from '../../src/graph/further';
import { operators } from '../../src/graph/operators';
import { expansions } from '../../src/graph/passes/expand';
import { folds } from '../../src/graph/passes/fold';
import { microsoftOperators } from '../../src/graph/passes/microsoft';
import { root } from '../fixtures';

const readme = readFileSync(`${root}/README.md`, 'utf8');
/** The README with the row of activations from the table. */
const corrected = readme.replace(/^\| Relu, .*$/m, `| ${[...activationNames, 'PRelu'].join(', ')} | |`);

test("the README's row of activations is the table's", async () => {
  // `npx vitest run --project unit test/unit/readme.test.ts -u` updates the row.
  await expect(corrected).toMatchFileSnapshot(`${root}/README.md`);
});

const table = corrected.slice(corrected.indexOf('## Operators'), corrected.indexOf('## More'));

test('the README lists every operator, and no other', () => {
  const listed = [...table.matchAll(/^\| ([^|]+)\|/gm)]
    .flatMap(([, cell]) => cell.replace(/`[\w.]+`:/, '').split(','))
    .map((name) => name.trim())
    .filter((name) => /^[A-Z]/.test(name));
  // Upsample is rewritten as Resize. Shape and Size are implemented in resolve.ts.
  const known = new Set(
    [
      ...[...Object.keys(operators), ...Object.keys(further), ...Object.keys(folds)],
      ...[...Object.keys(expansions), ...Object.keys(microsoftOperators), 'Upsample', 'Shape', 'Size'],
    ].filter((key) => !key.startsWith('mien.')),
  );
  expect(listed.sort()).toEqual([...known].map((key) => key.replace('ai.onnx.ml.', '')).sort());
});

test('the page of operators counts every operator that ONNX has a test for, and nothing wrong', () => {
  const page = readFileSync(`${root}/docs/operators.md`, 'utf8');
  expect(page).toMatch(/: \d{3,} passed, 0 failed, \d+ refused\./);
  const rows = [...page.matchAll(/^\| ([A-Z]\w+) \| \d+ \| 0 \|/gm)].map(([, name]) => name);
  expect(rows.length).toBeGreaterThan(100);
  // An operator that was added since then stands among those that are not supported.
  const refused = page.slice(page.indexOf('## Operators that are not supported'));
  for (const name of Object.keys({ ...operators, ...further }))
    expect(refused.split(/[\s,.]+/), `${name}: make docs/operators.md again, as it says`).not.toContain(name);
});

test('both READMEs show every command as the command itself does', () => {
  const cli = readFileSync(`${root}/cli/README.md`, 'utf8');
  for (const text of [readme, cli]) for (const usage of mien.usages) expect(text).toContain(usage);
});

test('the package of the command asks for what is tested here', () => {
  const [own, cli] = ['package.json', 'cli/package.json'].map((path) =>
    JSON.parse(readFileSync(`${root}/${path}`, 'utf8')),
  );
  for (const [name, range] of Object.entries(cli.dependencies))
    expect([name, own.devDependencies[name]]).toEqual([name, range]);
  expect([cli.version, cli.license, cli.engines]).toEqual([own.version, own.license, own.engines]);
});

test('the README shows the example for Node as it is', () => {
  expect(readme).toContain(readFileSync(`${root}/examples/node/main.js`, 'utf8'));
});
