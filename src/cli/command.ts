/** The interface of a subcommand. Its table of options is used to parse the arguments and to print the help. */

import { parseArgs } from 'node:util';

/** An option of a subcommand. */
export interface Option {
  /** `boolean`: without a value; `string`: with a value. */
  readonly type: 'boolean' | 'string';
  /** Whether the option may be repeated. */
  readonly multiple?: true;
  /** Placeholder of the value in the help. */
  readonly value?: string;
  /** Description in one line. */
  readonly about: string;
}

/** Options by their names, without the dashes. */
export type Options = Readonly<Record<string, Option>>;

/** A subcommand of `mien`. */
export interface Command {
  /** One line that shows all arguments and options. */
  readonly usage: string;
  /** Description in one line. */
  readonly about: string;
  /** Name and description of each positional argument. */
  readonly operands: readonly (readonly [name: string, about: string])[];
  /** The options of the subcommand. */
  readonly options: Options;
  /**
   * Runs the subcommand.
   * @throws UsageError if the arguments are wrong; Error if a file, a model or the GPU is unsuitable or missing
   */
  run(args: string[]): Promise<void>;
}

/** Wrong arguments. The exit code is 2. */
export class UsageError extends Error {}

/** An error about wrong arguments, with the usage of the command. */
export const usageError = (message: string, usage: string): UsageError =>
  new UsageError(`${message}; usage: ${usage}`);

type Value<T extends Option> = T['type'] extends 'boolean' ? boolean : string;

/** The values of the options; undefined for an option that was not passed. */
export type Values<T extends Options> = {
  readonly [K in keyof T]?: T[K] extends { multiple: true } ? readonly Value<T[K]>[] : Value<T[K]>;
};

/**
 * Parses the arguments of a command.
 * @throws UsageError if an option is unknown, lacks its value, has a value although it takes none, or is repeated
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
    if (option.type === 'boolean' && inlineValue) throw usageError(`${rawName} does not take a value`, usage);
    // A value that begins with a dash needs `--model=-x` or `--model ./-x`, unless it is a negative number.
    const isOption = !inlineValue && value !== undefined && /^-(?!\d)/.test(value);
    if (option.type === 'string' && (!value || isOption)) throw usageError(`${rawName} needs a value`, usage);
    if (seen.has(name) && !option.multiple) throw usageError(`${rawName} is given twice`, usage);
    seen.add(name);
  }
  return { values: values as Values<T>, positionals };
}

/**
 * Parses the value of an option as a whole number of at least 1.
 * @param unsaid returned if the option was not passed
 * @throws UsageError if the value is not a whole number of at least 1
 */
export function wholeNumber(name: string, text: string | undefined, unsaid: number): number {
  const value = text === undefined ? unsaid : Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new UsageError(`${name} is ${text}; it must be a whole number of at least 1`);
  return value;
}

/** Returns the help of a command: its usage, its description, and a line for each operand and option. */
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
