/** Processes that end with all that they started: when they are done, out of time, or when the tests end. */

import { type ChildProcess, spawn } from 'node:child_process';

interface Where {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds; default 5 minutes. */
  readonly timeout?: number;
}

interface Child {
  readonly process: ChildProcess;
  /** All that it has printed so far. */
  output(): string;
  kill(): void;
}

/** Starts a process as the leader of a group of its own, so that its children can be ended with it. */
function launch(command: string, args: readonly string[], { cwd, env }: Where): Child {
  const child = spawn(command, args, {
    ...{ cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
    env: {
      ...{ ...process.env, NODE_ENV: undefined, NEXT_TELEMETRY_DISABLED: '1' },
      ...{ NO_COLOR: '1', FORCE_COLOR: undefined, ...env }, // addresses are found in what it prints
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
      // It has ended by itself.
    }
  };
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  return { process: child, output: () => printed, kill };
}

/**
 * Runs a command to its end.
 * @returns all that it printed
 * @throws with all that it printed, if it fails or takes too long
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
 * @throws with all that it printed, if it ends before that or takes longer than a minute
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
