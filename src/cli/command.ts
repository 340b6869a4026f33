/** How a subcommand is called. One table of its options serves both the reading of arguments and the help. */

import { parseArgs } from 'node:util';

export interface Option {
  readonly type: 'boolean' | 'string';
  /** Whether it may be given more than once. */
  readonly multiple?: true;
  /** How the help writes its value. */
  readonly value?: string;
  /** What it does, in a line. */
  readonly about: string;
}

export type Options = Readonly<Record<string, Option>>;

export interface Command {
  /** One line that shows all arguments and options. */
  readonly usage: string;
  /** What the command does, in a line. */
  readonly about: string;
  /** The arguments that are no options: name and explanation. */
  readonly operands: readonly (readonly [name: string, about: string])[];
  readonly options: Options;
  /** @throws UsageError if the arguments are wrong, Error if a file, a model or the GPU is */
  run(args: string[]): Promise<void>;
}

/** The command was called in a wrong way: the exit code is 2. */
export class UsageError extends Error {}

export const usageError = (message: string, usage: string): UsageError =>
  new UsageError(`${message}; usage: ${usage}`);

type Value<T extends Option> = T['type'] extends 'boolean' ? boolean : string;

/** What was given, by option; undefined where an option was not given. */
export type Values<T extends Options> = {
  readonly [K in keyof T]?: T[K] extends { multiple: true } ? readonly Value<T[K]>[] : Value<T[K]>;
};

/**
 * Reads arguments by a command's options.
 * @throws UsageError if an option is unknown, lacks its value, has one that it does not take, or is given twice
 */
export function parse<const T extends Options>(
  args: readonly string[],
  { usage, options }: { readonly usage: string; readonly options: T },
): { values: Values<T>; positionals: string[] } {
  const { values, positionals, tokens } = parseArgs({
    ...{ args: [...args], options, allowPositionals: true, strict: false, tokens: true },
  });
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    const option = rawName.startsWith('--') && Object.hasOwn(options, name) ? options[name] : undefined;
    if (!option) throw usageError(`unknown option ${rawName}`, usage);
    if (option.type === 'boolean' && inlineValue) throw usageError(`${rawName} takes no value`, usage);
    // After `--model`, the next option is no file's name; `--model=-x` and `--model ./-x` are. A number may be.
    const isOption = !inlineValue && value !== undefined && /^-(?!\d)/.test(value);
    if (option.type === 'string' && (!value || isOption)) throw usageError(`${rawName} needs a value`, usage);
    if (seen.has(name) && !option.multiple) throw usageError(`${rawName} is given twice`, usage);
    seen.add(name);
  }
  return { values: values as Values<T>, positionals };
}

/**
 * The number that an option's value is; `unsaid` where the option is not given.
 * @throws UsageError if it is no whole number from 1
 */
export function wholeNumber(name: string, text: string | undefined, unsaid: number): number {
  const value = text === undefined ? unsaid : Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new UsageError(`${name} is ${text}: a whole number from 1 is needed`);
  return value;
}

/** A command's help: its usage, what it does, and a line for each operand and option. */
export function helpOf({ usage, about, operands, options }: Command): string {
  const rows = [
    ...operands,
    ...Object.entries(options).map(([name, option]): [string, string] => [
      `${name.length > 1 ? '--' : '-'}${name}${option.value ? ` ${option.value}` : ''}`,
      option.about,
    ]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [usage, `  ${about}`, ...rows.map(([name, text]) => `    ${name.padEnd(width)}  ${text}`)].join(
    '\n',
  );
}
