import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { root } from '../fixtures';
import { run } from './process';

/** Installs the packed package as a dependency of a project in a temporary folder. */
async function install(folder: string, manifest: Record<string, unknown>): Promise<void> {
  const dependencies = { ...(manifest.dependencies as object), 'mien-gpu': `file:${inject('tarball')}` };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, dependencies }));
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: folder });
}

const temporary = () => mkdtempSync(join(tmpdir(), 'mien-example-'));

/** Creates an empty project with the package. The caller must remove the folder. */
export async function installAlone(): Promise<string> {
  const folder = temporary();
  await install(folder, { private: true, type: 'module' });
  return folder;
}

/** Copies an example and installs its packages. The folder is removed when the test ends. */
export async function installExample(name: string): Promise<string> {
  const folder = temporary();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const example = join(root, 'examples', name);
  cpSync(example, folder, { recursive: true, filter: (path) => !/node_modules|dist$|\.next/.test(path) });
  await install(folder, JSON.parse(readFileSync(join(example, 'package.json'), 'utf8')));
  return folder;
}
