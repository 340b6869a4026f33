import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { softwareEnvironment } from '../../src/cli/dawn';
import { root } from '../fixtures';

/** An empty cache folder, so that saved times of `mien tune` do not affect the tests. */
export const cache = mkdtempSync(join(tmpdir(), 'mien-cache-'));

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  /** The output on stderr, without the note that a software driver is used. */
  readonly stderr: string;
}

/** Selects a software driver in advance. Otherwise the command restarts itself for this, which takes a second. */
const environment = { ...process.env, ...softwareEnvironment(), XDG_CACHE_HOME: cache };

/** Runs the built command, as it is published. */
export const mien = (...args: string[]): Promise<Ran> => run(['cli/dist/mien.js', ...args], environment);

/** Runs the built command in a folder. */
export const mienIn = (folder: string, ...args: string[]): Promise<Ran> =>
  run([`${root}/cli/dist/mien.js`, ...args], environment, folder);

/** Runs the command from the sources, as in a checkout. The command selects a driver itself. */
export const mienFromSources = (...args: string[]): Promise<Ran> =>
  run(['scripts/run.js', 'src/cli/main.ts', ...args], { ...process.env, XDG_CACHE_HOME: cache });

function run(args: string[], env: NodeJS.ProcessEnv, cwd = root): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, env });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => {
      stdout += data;
    });
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    child.on('error', reject);
    child.on('close', (status) => {
      resolve({ status, stdout, stderr: stderr.replace(/^mien: no GPU found, .*\n/m, '') });
    });
  });
}

/** Creates a temporary folder for the files of a test. */
export const scratch = (): string => mkdtempSync(join(tmpdir(), 'mien-'));
