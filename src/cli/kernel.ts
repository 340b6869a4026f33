import { allCases } from '../../shaders/cases/all-cases';
import { type BuiltCase, isTestable } from '../../shaders/cases/case';
import type { Pass, Plan } from '../../shaders/plan/plan';
import { parse, usageError } from './command';

export const usage = 'mien kernel NAME [--variant VARIANT] [--case CASE]';
export const about = "Prints a kernel's WGSL as the driver gets it, with the constants of a test case.";
export const operands = [['NAME', 'the name of a folder in shaders/, such as conv2d']] as const;
export const options = {
  variant: {
    type: 'string',
    value: 'VARIANT',
    about: 'such as "tiled 4x8"; default what networks start with',
  },
  case: {
    type: 'string',
    value: 'CASE',
    about: 'the case that gives the sizes; default the first that fits',
  },
} as const;

/**
 * Prints the WGSL of a kernel's passes.
 * @throws UsageError if there is no such kernel, variant or case; the message contains the existing names
 */
export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parse(args, { usage, options });
  if (positionals.length !== 1)
    throw usageError(`one kernel is needed, ${positionals.length} are named`, usage);
  const [name] = positionals;
  const found = allCases.find(({ kernel }) => kernel === name);
  if (!found)
    throw usageError(
      `there is no kernel ${name}; the kernels are ${allCases.map(({ kernel }) => kernel).join(', ')}`,
      usage,
    );
  // Timed cases come last: they are larger, and their references take longer to compute.
  const cases = found.cases
    .filter(isTestable)
    .sort((a, b) => Number(a.timed ?? false) - Number(b.timed ?? false))
    .filter((each) => values.case === undefined || each.name === values.case);
  if (!cases.length)
    throw usageError(
      `${name} has no case ${values.case}; its cases are ${found.cases.map((each) => each.name).join('; ')}`,
      usage,
    );
  const seen = new Set<string>();
  for (const each of cases) {
    const built = each.build();
    const plan = planOf(built, values.variant);
    if (plan) {
      process.stdout.write(textOf(name, each.name, plan));
      return;
    }
    for (const { variant } of built.candidates.ranked) seen.add(variant);
  }
  throw usageError(
    `${name} has no variant ${values.variant} here; its variants are ${[...seen].join('; ')}`,
    usage,
  );
}

const planOf = ({ candidates }: BuiltCase, variant: string | undefined): Plan | undefined =>
  variant === undefined
    ? candidates.start
    : candidates.ranked.find((plan) => plan.variant.toLowerCase() === variant.toLowerCase());

function textOf(name: string, from: string, { variant, passes }: Plan): string {
  const others = `// ${name}, variant ${variant}, with the sizes of the case "${from}"`;
  return passes.map((pass, at) => `${others}\n${passText(pass, at, passes.length)}`).join('\n');
}

function passText(pass: Pass, at: number, count: number): string {
  const axis = pass.batchAxis === undefined ? '' : `; the batch multiplies ${'xyz'[pass.batchAxis]}`;
  const items = pass.itemsPerWorkgroup ? `, ${pass.itemsPerWorkgroup} items for each workgroup` : '';
  const bindings = pass.bindings.map((binding, i) => `${i} ${binding}`).join(', ');
  const files = pass.kernel.files.map((file) => `// ${file.name}\n${withConstants(file.code, pass)}`);
  return [
    `// pass ${at + 1} of ${count}: ${pass.kernel.name}`,
    `// workgroups ${pass.workgroups.join(' x ')}${axis}${items}`,
    `// bindings ${bindings}`,
    ...files,
  ].join('\n');
}

/** Replaces each override by a constant with its value. An override without a value keeps its default. */
const withConstants = (code: string, { constants }: Pass): string =>
  code.replace(/override (\w+): (\w+)(?: = [^;]+)?;/g, (declaration, name, type) => {
    if (!(name in constants)) return declaration;
    return `const ${name}: ${type} = ${type === 'bool' ? constants[name] !== 0 : constants[name]};`;
  });
