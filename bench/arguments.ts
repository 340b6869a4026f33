/** The arguments of `npm run bench`. */

import { parseArgs } from 'node:util';

export const USAGE = `usage: npm run bench -- [--profile quick|default|full] [--group NAME ...] [--only TEXT]
                         [--browser chrome|firefox | --node] [--json [FILE]]
       npm run bench -- --compare BEFORE.json AFTER.json [--fail-on-regression 10%]
       npm run bench -- --against FOLDER [--fail-on-regression 10%]
       npm run bench -- frame [--detector 128|256] [--source video|bitmap|texture] [--frames N]
       npm run bench -- soak [--frames N]
       npm run bench -- peers [--model NAME ...] [--batch N ...] [--rounds N]
Without a name, measures this machine's GPU as the page /bench does, and prints the report as Markdown. Progress is on stderr.
  --profile NAME     quick: about 30 s; default: 3 minutes; full: 10 minutes. Slow adapters take longer
  --group NAME       only ceilings, kernels or workloads; as often as needed
  --only TEXT        only what has this text in its title
  --browser NAME     chrome (default) or firefox, headless
  --node             Dawn in Node instead of a browser
  --compare A B      compares two reports; nothing is measured
  --against FOLDER   measures another checkout and this one in turn, three times each, and compares them
  --fail-on-regression P
                     exit code 3 if a row is worse by more than P %, and its 95 % interval too
  --json [FILE]      also writes the report, as JSON, into the file; without one, it is all that is printed
  --chrome ARGUMENT  for Chrome, as often as needed: --chrome=--enable-features=Vulkan
Exit codes: 0 done; 1 an error, or a row that failed; 2 wrong arguments; 3 a regression.`;

const options = {
  profile: { type: 'string', default: 'default' },
  group: { type: 'string', multiple: true, default: [] as string[] },
  only: { type: 'string' },
  browser: { type: 'string', default: 'chrome' },
  node: { type: 'boolean', default: false },
  compare: { type: 'boolean', default: false },
  against: { type: 'string' },
  'fail-on-regression': { type: 'string' },
  help: { type: 'boolean', default: false },
  detector: { type: 'string', default: '256' },
  source: { type: 'string', default: 'video' },
  frames: { type: 'string' },
  model: { type: 'string', multiple: true, default: [] as string[] },
  batch: { type: 'string', multiple: true, default: ['1', '8', '32'] as string[] },
  rounds: { type: 'string', default: '7' },
  json: { type: 'boolean', default: false },
  chrome: { type: 'string', multiple: true, default: [] as string[] },
} as const;

export type Values = ReturnType<typeof parse>['values'];
export const parse = (args: readonly string[]) =>
  parseArgs({ args: [...args], options, allowPositionals: true });

/** The arguments are wrong. */
export class UsageError extends Error {}

/** A benchmark that the first argument names. */
export interface Benchmark<Results = never> {
  run(values: Values): Promise<Results & object>;
  show(results: Results): string;
}

/** @throws UsageError if an option has another value */
export function oneOf<T>(name: string, value: T, all: readonly T[]): T {
  if (!all.includes(value)) throw new UsageError(`--${name} is ${value}; one of ${all.join(', ')} is needed`);
  return value;
}

/** @throws UsageError if an option is no whole number of at least 1 */
export function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new UsageError(`--${name} is ${text}; it must be a whole number of at least 1`);
  return value;
}
