import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../fixtures';

/** What `mien tune` found on this machine before has no say in a test. */
const cache = mkdtempSync(join(tmpdir(), 'mien-cache-'));

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  /** Without the notice that a software driver is used. */
  readonly stderr: string;
}

/** Runs the command as a user in a checkout does. */
export function mien(...args: string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['scripts/run.js', 'src/cli/main.ts', ...args], {
      cwd: root,
      env: { ...process.env, XDG_CACHE_HOME: cache },
    });
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
