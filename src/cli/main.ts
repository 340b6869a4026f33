/** The command `mien`: finds the subcommand and turns every error into one line. */

import { spawnSync } from 'node:child_process';
import { softwareEnvironment } from './dawn';
import * as evaluate from './evaluate';
import * as infer from './infer';
import * as recognize from './recognize';
import * as svmPredict from './svm-predict';
import * as tune from './tune';

const commands: Readonly<Record<string, { usage: string; run(args: string[]): Promise<void> }>> = {
  recognize,
  evaluate,
  infer,
  'svm-predict': svmPredict,
  tune,
};

/** How each subcommand is called. */
export const usages: readonly string[] = Object.values(commands).map(({ usage }) => usage);

const help = `mien: facial expressions, ONNX networks and SVMs on the GPU

${usages.map((usage) => `  ${usage}`).join('\n')}
`;

/** @param args what stands behind the command's name */
export async function main(args: string[]): Promise<void> {
  const [name, ...rest] = args;
  if (!name || name === '--help' || name === '-h' || rest.includes('--help')) {
    process.stdout.write(Object.hasOwn(commands, name ?? '') ? `${commands[name].usage}\n` : help);
    return;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  // A driver is chosen by what a process has in its environment when it starts, so this one starts itself again.
  const environment = command && softwareEnvironment();
  if (environment) {
    const again = [...process.execArgv, ...process.argv.slice(1)];
    const { status } = spawnSync(process.execPath, again, {
      stdio: 'inherit',
      env: { ...process.env, ...environment },
    });
    process.exitCode = status ?? 1;
    return;
  }
  try {
    if (!command) throw new Error(`unknown command ${name}; there are ${Object.keys(commands).join(', ')}`);
    await command.run(rest);
  } catch (error) {
    process.stderr.write(`mien: ${(error as Error).message.replaceAll('\n', ' ')}\n`);
    process.exitCode = 1;
  }
}
