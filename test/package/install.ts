import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { root } from '../fixtures';
import { run } from './process';

/** A project in a temporary folder, with the packed package installed as a dependency. */
async function install(folder: string, manifest: Record<string, unknown>): Promise<void> {
  const dependencies = { ...(manifest.dependencies as object), 'mien-gpu': `file:${inject('tarball')}` };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, dependencies }));
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: folder });
}

const temporary = () => mkdtempSync(join(tmpdir(), 'mien-example-'));

/** An empty project; whoever asks for it removes it. */
export async function installAlone(): Promise<string> {
  const folder = temporary();
  await install(folder, { private: true, type: 'module' });
  return folder;
}

/** A copy of an example, installed; it is removed when the test ends. */
export async function installExample(name: string): Promise<string> {
  const folder = temporary();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const example = join(root, 'examples', name);
  cpSync(example, folder, { recursive: true, filter: (path) => !/node_modules|dist$|\.next/.test(path) });
  await install(folder, JSON.parse(readFileSync(join(example, 'package.json'), 'utf8')));
  return folder;
}
