/** Checks a reader's version of a kernel: on the cases of the original, in the place of its file. */

import { type BuiltCase, type Case, isTestable } from '../shaders/cases/case';
import type { Plan } from '../shaders/plan/plan';
import type { Gpu } from '../src/gpu/gpu';
import { withCode } from './exercises';
import { fileOf, type Rung } from './ladder';
import { type PlanTrace, tracePlan } from './trace/trace';

/** A case and the plan that runs in it. */
export interface Setting {
  readonly name: string;
  readonly built: BuiltCase;
  readonly plan: Plan;
}

/** An error of WGSL. Lines and columns count from 1, in the file that the reader changed. */
export interface Mistake {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** The first element that is wrong. */
export interface WrongElement {
  readonly case: string;
  readonly index: number;
  readonly count: number;
  readonly got: number;
  readonly expected: number;
  /** The largest difference that is allowed. */
  readonly allowed: number;
}

/** What became of a version of a kernel. */
export type Verdict =
  | { readonly kind: 'right'; readonly cases: number }
  | { readonly kind: 'wrong'; readonly element: WrongElement }
  | { readonly kind: 'mistakes'; readonly mistakes: readonly Mistake[] }
  | { readonly kind: 'endless'; readonly case: string };

/** Cases with more numbers than this are left out: their accesses are too many to be recorded. */
const MOST_RESULTS = 20_000;
/** Maximum number of cases on which a version runs. */
const MOST_CASES = 8;

/** The text of a rung's file in a plan, as the driver gets it. */
export const codeOf = (plan: Plan, file: string): string =>
  plan.passes.find((pass) => fileOf(pass) === file)?.kernel.files.at(-1)?.code ?? '';

/** The setting of a case in which a variant of the rung runs. @throws Error if the case does not have it */
export function settingOf(of: Case, variant: string): Setting {
  const built = of.build();
  const plan = built.candidates.ranked.find((each) => each.variant === variant);
  if (!plan) throw new Error(`the case "${of.name}" has no variant "${variant}"`);
  return { name: of.name, built, plan };
}

/** The settings on which a version of a variant runs: those whose plan contains the same text as the first. */
export function settingsOf(rung: Rung, variant: string): Setting[] {
  const cases = (rung.variants.get(variant) ?? []).filter((each) => isTestable(each) && !each.timed);
  const settings: Setting[] = [];
  for (const each of cases) {
    if (settings.length === MOST_CASES) break;
    const setting = settingOf(each, variant);
    const isSame =
      !settings.length || codeOf(setting.plan, rung.file) === codeOf(settings[0].plan, rung.file);
    if (isSame && setting.built.expected.length <= MOST_RESULTS) settings.push(setting);
  }
  return settings;
}

/** Finds the first element that is not as expected. */
function firstWrong({ name, built }: Setting, output: Float32Array): WrongElement | undefined {
  const { expected, tolerance } = built;
  for (let index = 0; index < expected.length; index++) {
    const [got, wanted] = [output[index], expected[index]];
    // What the cases' tolerances mean: cases/case.ts.
    if (wanted === Infinity || (Number.isNaN(wanted) && Number.isFinite(got))) continue;
    const allowed = tolerance.abs + tolerance.rel * Math.abs(wanted);
    if (!(Math.abs(got - wanted) <= allowed))
      return { case: name, index, count: expected.length, got, expected: wanted, allowed };
  }
  return undefined;
}

/** Compiles the passes that contain a file. Lines count in the file; mistakes before it are said to be in its first line. */
async function mistakesOf({ device }: Gpu, plan: Plan, file: string): Promise<Mistake[]> {
  for (const { kernel, constants } of plan.passes) {
    const at = kernel.files.findIndex(({ name }) => name === file);
    if (at < 0) continue;
    const before = kernel.files.slice(0, at).reduce((lines, { code }) => lines + code.split('\n').length, 0);
    const code = kernel.files.map((each) => each.code).join('\n');
    const module = device.createShaderModule({ label: kernel.name, code });
    const compute = { module, entryPoint: 'main', constants: { ...constants } };
    // The compiler's errors are reported below; without this, the browser would also print them.
    device.pushErrorScope('validation');
    const failed = await device
      .createComputePipelineAsync({ label: kernel.name, layout: 'auto', compute })
      .then(() => undefined)
      .catch((error: Error) => error.message);
    await device.popErrorScope();
    if (failed === undefined) continue;
    const { messages } = await module.getCompilationInfo();
    const errors = messages.filter(({ type }) => type === 'error');
    if (!errors.length) return [{ line: 1, column: 1, message: failed }];
    return errors.map(({ lineNum, linePos, message }) => ({
      ...{ line: Math.max(1, lineNum - before), column: Math.max(1, linePos), message },
    }));
  }
  return [];
}

/** Runs a setting with guarded loops. */
async function run(gpu: Gpu, { plan, built }: Setting): Promise<PlanTrace> {
  try {
    return await tracePlan(gpu, plan, built, { guard: true, accesses: false });
  } catch (error) {
    // Layouts of bindings are derived from the text: a buffer that it does not use has no place there.
    if (!/\bbinding|\blayout/i.test((error as Error).message)) throw error;
    throw new Error('The kernel does not use all of its buffers. It must read or write each one somewhere.');
  }
}

/** What a plan needs and the GPU lacks, as a sentence; undefined if nothing is missing. */
export function lackOf({ features }: Gpu, plan: Plan): string | undefined {
  const lack = plan.features?.find((feature) => !features.has(feature));
  return lack && `This GPU or browser has no ${lack}, which this kernel needs.`;
}

/**
 * Checks a reader's version.
 * @param settings where it runs
 * @param code the text of the file
 * @throws Error if the GPU lacks what the plan needs, or if the version does not use all buffers of the original
 */
export async function check(
  gpu: Gpu,
  settings: readonly Setting[],
  file: string,
  code: string,
): Promise<Verdict> {
  const lack = lackOf(gpu, settings[0].plan);
  if (lack) throw new Error(lack);
  const changed = settings.map((setting) => ({ ...setting, plan: withCode(setting.plan, file, code) }));
  const mistakes = await mistakesOf(gpu, changed[0].plan, file);
  if (mistakes.length) return { kind: 'mistakes', mistakes };
  for (const setting of changed) {
    const trace = await run(gpu, setting);
    if (trace.isStopped) return { kind: 'endless', case: setting.name };
    const element = firstWrong(setting, trace.output);
    if (element) return { kind: 'wrong', element };
  }
  return { kind: 'right', cases: changed.length };
}
