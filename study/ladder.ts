/** The ladders of the course: for each folder of shaders/, its kernels from the simplest to the fastest. */

import { allCases } from '../shaders/cases/all-cases';
import { type BuiltCase, type Case, isTestable } from '../shaders/cases/case';
import type { Pass, Plan } from '../shaders/plan/plan';
import readme from '../shaders/README.md?raw';
import { type Header, headerOf } from './header';

/** A kernel on its ladder: one WGSL file with an entry point. */
export interface Rung {
  /** The folder in shaders/. */
  readonly kernel: string;
  /** The file, such as `conv2d-tiled.wgsl`. */
  readonly file: string;
  /** The file without its ending. */
  readonly name: string;
  /** What the file's header says. */
  readonly header: Header;
  /** The file as it is in the folder, before tile sizes were written into it. */
  readonly code: string;
  /** The rung that it improves on; undefined for a plain kernel. */
  readonly below: string | undefined;
  /** The number of passes of the first variant's plan. */
  readonly passes: number;
  /** The variants that contain a pass of this kernel, each with the cases that have it, the best for a diagram first. */
  readonly variants: ReadonlyMap<string, readonly Case[]>;
}

/** The kernels of a folder. */
export interface Ladder {
  readonly kernel: string;
  readonly rungs: readonly Rung[];
}

const files: Readonly<Record<string, string>> = import.meta.glob('../shaders/*/*.wgsl', {
  ...{ query: '?raw', import: 'default', eager: true },
});

/** Every file with an entry point: its folder, its name and its text. */
const KERNELS = Object.entries(files)
  .map(([path, code]) => ({ kernel: path.split('/')[2], file: path.split('/')[3], code }))
  .filter(({ code }) => code.includes('@compute'));

/** The place of a file in the order of reading, which is that of shaders/README.md. */
const placeOf = (file: string): number => {
  const at = readme.indexOf(`/${file})`);
  return at < 0 ? Infinity : at;
};

/** The folders with kernels, in the order of reading. */
export const KERNEL_NAMES: readonly string[] = [
  ...new Set(KERNELS.toSorted((a, b) => placeOf(a.file) - placeOf(b.file)).map(({ kernel }) => kernel)),
];

/** The headers of a folder's kernels, in the order of reading. */
export const headersOf = (kernel: string): Header[] =>
  KERNELS.filter((each) => each.kernel === kernel)
    .sort((a, b) => placeOf(a.file) - placeOf(b.file))
    .map(({ code }) => headerOf(code));

/** The file of a pass that has the entry point. It comes last. */
export const fileOf = (pass: Pass): string => pass.kernel.files.at(-1)?.name ?? '';

/** The numbers of a case: those that it reads and those that it writes. */
const sizeOf = ({ operands, expected }: BuiltCase): number =>
  Object.values(operands).reduce(
    (sum, operand) => sum + ('width' in operand ? operand.width * operand.height : operand.length),
    expected.length,
  );

/** The numbers of a case that is good to draw: enough to show how the work is divided, and few enough to see each. */
const GOOD_SIZE = 800;

/** The cases of a folder with the plans of each, the best for a diagram first, and those that are timed last. */
function plansOf(kernel: string): { readonly of: Case; readonly plans: readonly Plan[] }[] {
  const cases = allCases.find((each) => each.kernel === kernel)?.cases ?? [];
  return cases
    .filter((each) => isTestable(each) && !each.timed)
    .concat(cases.filter(({ timed }) => timed === 'phone'))
    .map((of) => {
      const built = of.build(false);
      const order = of.drawn ? -1 : Math.abs(Math.log(sizeOf(built) / GOOD_SIZE)) + (of.timed ? 1000 : 0);
      return { of, plans: built.candidates.ranked, order };
    })
    .sort((a, b) => a.order - b.order);
}

/** The rung that a kernel improves on: the first other file of its folder that its header names, or whose name it extends. */
function belowOf(file: string, header: Header, others: readonly string[]): string | undefined {
  const text = header.text.slice(header.text.indexOf(':'));
  const named = others
    .map((other) => ({ other, at: text.search(new RegExp(`\\b${other.replace('.wgsl', '')}(?![\\w-])`)) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at);
  const extended = others
    .filter((other) => file.startsWith(other.replace('.wgsl', '-')))
    .sort((a, b) => b.length - a.length);
  return extended.length ? (named[0]?.other ?? extended[0]) : undefined;
}

/** The same rungs, where each comes after the one that it improves on. */
function inOrder(rungs: readonly Rung[]): Rung[] {
  const ordered: Rung[] = [];
  const add = (rung: Rung) => {
    if (ordered.includes(rung)) return;
    const below = rungs.find(({ file }) => file === rung.below);
    if (below) add(below);
    ordered.push(rung);
  };
  for (const rung of rungs) add(rung);
  return ordered;
}

/** The variants of a rung that run in a case. */
export const variantsIn = ({ variants }: Rung, name: string): string[] =>
  [...variants].filter(([, cases]) => cases.some((each) => each.name === name)).map(([variant]) => variant);

/** Builds the ladder of a folder. @throws Error if there is no such folder */
export function ladderOf(kernel: string): Ladder {
  const own = KERNELS.filter((each) => each.kernel === kernel).sort(
    (a, b) => placeOf(a.file) - placeOf(b.file),
  );
  if (!own.length)
    throw new Error(`there is no kernel ${kernel}; the kernels are ${KERNEL_NAMES.join(', ')}`);
  const plans = plansOf(kernel);
  const rungs = own.map(({ file, code }): Rung => {
    const variants = new Map<string, Case[]>();
    for (const { of, plans: all } of plans)
      for (const plan of all)
        if (plan.passes.some((pass) => fileOf(pass) === file))
          variants.set(plan.variant, [...(variants.get(plan.variant) ?? []), of]);
    const [first] = variants.keys();
    const passes =
      plans.flatMap(({ plans: all }) => all).find(({ variant }) => variant === first)?.passes.length ?? 0;
    const header = headerOf(code);
    const others = own.map((each) => each.file).filter((other) => other !== file);
    const below = belowOf(file, header, others);
    return { kernel, file, name: file.replace('.wgsl', ''), header, code, below, passes, variants };
  });
  return { kernel, rungs: inOrder(rungs) };
}
