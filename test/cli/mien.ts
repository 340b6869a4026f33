import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { softwareEnvironment } from '../../src/cli/dawn';
import { root } from '../fixtures';

/** What `mien tune` found on this machine before has no say in a test. */
const cache = mkdtempSync(join(tmpdir(), 'mien-cache-'));

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  /** Without the notice that a software driver is used. */
  readonly stderr: string;
}

/** The command starts itself again to choose a software driver, which takes a second: here the driver is chosen before. */
const environment = { ...process.env, ...softwareEnvironment(), XDG_CACHE_HOME: cache };

/** Runs the command as it is published. */
export const mien = (...args: string[]): Promise<Ran> => run(['cli/dist/mien.js', ...args], environment);

/** Runs the command from the sources, as in a checkout; it chooses a driver itself. */
export const mienFromSources = (...args: string[]): Promise<Ran> =>
  run(['scripts/run.js', 'src/cli/main.ts', ...args], { ...process.env, XDG_CACHE_HOME: cache });

function run(args: string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, env });
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

/** A folder for what a test writes. */
export const scratch = (): string => mkdtempSync(join(tmpdir(), 'mien-'));
