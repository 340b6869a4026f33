import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { root } from '../fixtures';
import { run } from './process';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the packed package in a temporary folder. */
    readonly tarball: string;
  }
}

const NPM = ['--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'];

/** Prepares the tools and the packed package before the tests. Returns a function that cleans up. */
export default async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'mien-package-'));
  const clean = () => rmSync(folder, { recursive: true, force: true });
  try {
    await run('npm', ['install', ...NPM], { cwd: join(root, 'test/package') });
    await run('npm', ['pack', '--pack-destination', folder], { cwd: root });
    project.provide('tarball', join(folder, readdirSync(folder).find((file) => file.endsWith('.tgz'))!));
    return clean;
  } catch (error) {
    clean();
    throw error;
  }
}
