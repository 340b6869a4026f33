/** Runs processes. Each is ended with all its children when it is done, times out, or when the tests end. */

import { type ChildProcess, spawn } from 'node:child_process';

interface Where {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Time limit in milliseconds. Default: 5 minutes. */
  readonly timeout?: number;
}

interface Child {
  readonly process: ChildProcess;
  /** Returns the whole output so far. */
  output(): string;
  kill(): void;
}

/** Starts a process in a new process group, so that its children can be ended with it. */
function launch(command: string, args: readonly string[], { cwd, env }: Where): Child {
  const child = spawn(command, args, {
    ...{ cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
    env: {
      ...{ ...process.env, NODE_ENV: undefined, NEXT_TELEMETRY_DISABLED: '1' },
      ...{ NO_COLOR: '1', FORCE_COLOR: undefined, ...env }, // no colours: addresses are parsed from the output
    },
  });
  let printed = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  const kill = () => {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // The process has already ended.
    }
  };
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  return { process: child, output: () => printed, kill };
}

/**
 * Runs a command to its end.
 * @returns its whole output
 * @throws Error with its whole output, if it fails or times out
 */
export function run(command: string, args: readonly string[], where: Where): Promise<string> {
  const child = launch(command, args, where);
  const line = [command, ...args].join(' ');
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill();
      reject(new Error(`${line}: takes too long\n${child.output()}`));
    }, where.timeout ?? 300_000);
    child.process.once('error', reject);
    child.process.once('close', (code) => {
      clearTimeout(timer);
      child.kill();
      if (code) reject(new Error(`${line}: exit status ${code}\n${child.output()}`));
      else resolve(child.output());
    });
  });
}

/**
 * Starts a server, and waits until it prints its address.
 * @throws Error with its whole output, if it ends before that or takes longer than a minute
 */
export async function start(
  command: string,
  args: readonly string[],
  where: Where,
): Promise<{ readonly url: string; kill(): void }> {
  const child = launch(command, args, where);
  const end = Date.now() + (where.timeout ?? 60_000);
  for (;;) {
    const [url] = child.output().match(/http:\/\/localhost:\d+/) ?? [];
    if (url) return { url, kill: child.kill };
    if (child.process.exitCode !== null || Date.now() > end) {
      child.kill();
      throw new Error(`${[command, ...args].join(' ')}: no server\n${child.output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
