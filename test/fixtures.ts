/** The ONNX files of the tests, with their inputs and the outputs of onnxruntime. */

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadOnnx } from '../src/formats/load';
import { operatorNameOf } from '../src/graph/operators';
import type { NetFixture } from './run-net';

/** The project's root. */
export const root = fileURLToPath(new URL('..', import.meta.url));

const byName = (names: readonly string[], path: (name: string) => string): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, path(name)]));

interface Entry {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Required text of the error, if the file must be rejected. */
  readonly refused?: string;
}

const indexOf = (folder: string): Entry[] => JSON.parse(readFileSync(`${root}/${folder}/index.json`, 'utf8'));

/** Returns the fixtures of a folder: single operators, whole networks, or unusual files. */
function nets(folder: string): NetFixture[] {
  return indexOf(folder)
    .filter(({ refused }) => !refused)
    .map(({ name, inputs, outputs }) => ({
      name,
      model: `${folder}/${name}.onnx`,
      inputs: byName(inputs, (input) => `${folder}/${name}.in.${input}.npy`),
      outputs: byName(outputs, (output) => `${folder}/${name}.out.${output}.npy`),
    }));
}

const corners = 'test/fixtures/corners';

/** Files that must be rejected, with the required text of the error. */
export const refusals: readonly { readonly model: string; readonly message: string }[] = indexOf(
  corners,
).flatMap(({ name, refused }) => (refused ? [{ model: `${corners}/${name}.onnx`, message: refused }] : []));

/** Returns SVMClassifiers from skl2onnx, and SVMClassifiers with the numbers of LIBSVM models. */
function svms(): NetFixture[] {
  const folder = 'test/fixtures/svm-onnx';
  return readdirSync(`${root}/${folder}`)
    .filter((file) => file.endsWith('.onnx'))
    .map((file) => {
      const name = file.replace('.onnx', '');
      const isLibsvm = name.startsWith('libsvm');
      const set = /^(skl|libsvm)-k\d/.exec(name)?.[0] ?? 'skl-k4';
      const path = `${folder}/${name}`;
      return {
        name: `svm ${name}`,
        model: `${path}.onnx`,
        inputs: { [isLibsvm ? 'x' : 'X']: `${folder}/${set}.x.npy` },
        outputs: {
          label: `${path}.label.npy`,
          [isLibsvm ? 'scores' : 'probabilities']: `${path}.scores.npy`,
        },
      };
    });
}

/** Returns the shipped models. */
function models(): readonly NetFixture[] {
  const folder = 'test/fixtures/models';
  const blazeface = (size: number): NetFixture => ({
    name: `blazeface-${size}`,
    model: `weights/face/blazeface-${size}.onnx`,
    inputs: { 'input:0': `${folder}/blazeface-${size}.x.npy` },
    outputs: Object.fromEntries(
      ['Identity', 'Identity_1', 'Identity_2', 'Identity_3'].map((name) => [
        `${name}:0`,
        `${folder}/blazeface-${size}.${name}.npy`,
      ]),
    ),
  });
  return [
    blazeface(128),
    blazeface(256),
    {
      name: 'expression',
      model: 'weights/expression.onnx',
      inputs: { x: `${folder}/expression.x.npy` },
      outputs: { label: `${folder}/expression.label.npy`, scores: `${folder}/expression.scores.npy` },
    },
  ];
}

export const modelFixtures = models();

export const netFixtures: readonly NetFixture[] = [
  ...modelFixtures,
  ...svms(),
  ...nets('test/fixtures/nets'),
  ...nets(corners),
];

/** Returns the shipped models, and for each operator the smallest file that contains it. */
export async function sampleOf(fixtures: readonly NetFixture[]): Promise<NetFixture[]> {
  const smallest = new Map<string, { readonly size: number; readonly fixture: NetFixture }>();
  for (const fixture of fixtures) {
    const bytes = readFileSync(`${root}/${fixture.model}`);
    for (const op of new Set((await loadOnnx(bytes, fixture.model)).nodes.map(operatorNameOf)))
      if (bytes.length < (smallest.get(op)?.size ?? Number.POSITIVE_INFINITY))
        smallest.set(op, { size: bytes.length, fixture });
  }
  return [...new Set([...modelFixtures, ...[...smallest.values()].map(({ fixture }) => fixture)])];
}
