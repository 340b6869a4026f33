import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { root } from '../fixtures';
import { installAlone } from './install';
import { run } from './process';

let folder: string;
beforeAll(async () => {
  folder = await installAlone();
  cpSync(join(root, 'test/package/consumer'), folder, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PAGE = ['ES2022', 'DOM', 'DOM.Iterable'];
const WORKER = ['ES2022', 'webworker'];

test.each([
  ['bundler', PAGE, ['api.ts', 'dom.ts'], {}],
  ['node16', PAGE, ['api.ts', 'dom.ts'], {}],
  ['nodenext', PAGE, ['api.ts', 'dom.ts'], {}],
  ['bundler', WORKER, ['api.ts', 'worker.ts'], {}],
  // Node has no types for pictures, and @webgpu/types uses names that Node's types do not contain.
  [
    'nodenext',
    ['ES2022'],
    ['api.ts'],
    { types: ['node'], typeRoots: [join(root, 'node_modules/@types')], skipLibCheck: true },
  ],
])('a strict project compiles, with moduleResolution %s and lib %j', async (resolution, lib, files, more) => {
  const compilerOptions = {
    ...{ noEmit: true, strict: true, target: 'ES2022', skipLibCheck: false, types: [], lib, ...more },
    ...{ module: resolution === 'bundler' ? 'ESNext' : resolution, moduleResolution: resolution },
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  await run(join(root, 'node_modules/.bin/tsc'), ['-p', '.'], { cwd: folder });
});

const tool = (name: string, ...args: string[]) =>
  run(join(root, 'test/package/node_modules/.bin', name), [...args, inject('tarball')], { cwd: folder });

test('@arethetypeswrong/cli finds nothing wrong', async () => {
  expect(await tool('attw', '--profile', 'esm-only')).toContain('mien-gpu');
});

test('publint finds nothing wrong', async () => {
  expect(await tool('publint', '--strict')).toContain('All good!');
});
