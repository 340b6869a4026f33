/** The command `mien`: runs a subcommand and prints every error in one line. */

import { version } from '../../cli/package.json';
import { type Command, helpOf, UsageError } from './command';
import * as compare from './compare';
import * as conformance from './conformance';
import { restartForSoftware } from './dawn';
import * as evaluate from './evaluate';
import * as infer from './infer';
import * as inspect from './inspect';
import * as kernel from './kernel';
import * as predict from './predict';
import * as profile from './profile';
import * as recognize from './recognize';
import * as svmPredict from './svm-predict';
import * as tune from './tune';

const commands: Readonly<Record<string, Command>> = {
  recognize,
  evaluate,
  infer,
  tune,
  profile,
  kernel,
  'svm-predict': svmPredict,
  predict,
  inspect,
  compare,
  conformance,
};

/** The usage of each subcommand. */
export const usages: readonly string[] = Object.values(commands).map(({ usage }) => usage);

const help = `mien ${version}: facial expressions, ONNX networks and SVMs on the GPU

${Object.values(commands).map(helpOf).join('\n\n')}

mien COMMAND --help
  Explains one command.
mien --version
  Prints the version.

Exit code: 0 if all went well; 1 if a file, a model, a picture or the GPU is bad or missing; 2 for a wrong call.
`;

const isHelp = (arg: string | undefined): boolean => arg === '--help' || arg === '-h';

/**
 * Runs the command and sets the exit code of the process: 0 for success, 1 for unsuitable input, 2 for wrong arguments.
 * @param args the arguments after `mien`
 */
export async function main(args: string[]): Promise<void> {
  const [name, ...rest] = args;
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
  if (isHelp(name)) process.stdout.write(help);
  else if (command && rest.some(isHelp)) process.stdout.write(`${helpOf(command)}\n`);
  else if (name === '--version') process.stdout.write(`${version}\n`);
  else if (name === undefined) {
    process.stderr.write(help);
    process.exitCode = 2;
  } else if (!command) {
    const what = name.startsWith('-') ? 'option' : 'command';
    fail(new UsageError(`unknown ${what} ${name}; the commands are ${Object.keys(commands).join(', ')}`));
  } else if (!restartForSoftware()) await command.run(rest).catch(fail);
}

function fail(error: Error): void {
  process.stderr.write(`mien: ${error.message.replaceAll('\n', ' ')}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
