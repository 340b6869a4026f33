/** Kernels: every variant of every kernel on layers of three sizes. */

import { allCases } from '../../shaders/cases/all-cases';
import type { BuiltCase, Case } from '../../shaders/cases/case';
import type { Plan } from '../../shaders/plan/plan';
import { bindCase, compare, runPlan } from '../../test/run-case';
import type { Bench, Entry, Item, Ready } from './item';

/** Kernels of the profile `quick`: those that take most of the time of a network. */
const QUICK = new Set(['conv2d', 'depthwise-conv2d', 'dense', 'svm']);

/** A plan is not run if it would take longer than this for one repetition, at the rate that the slowest plans reach. */
const MOST_MS = 2000;
/** The share of the multiply-add ceiling that a plain kernel reaches at least, on most adapters. */
const PLAIN_SHARE = 0.02;

/** A case that was built, and the output of its plain plan on the GPU. Only the last one is kept, since they are large. */
let last: { readonly of: Case; readonly built: BuiltCase; plain?: Float32Array } | undefined;

function build(each: Case): NonNullable<typeof last> {
  if (last?.of !== each) last = { of: each, built: each.build(each.timed === 'phone') };
  return last;
}

/** Frees the last case. */
export const forgetCases = (): void => {
  last = undefined;
};

/**
 * Checks a plan's output: on a phone's layer against the float64 reference, on larger ones against the plain plan, whose
 * results were compared with the reference on the smaller layer. Runs twice, since a second run may differ.
 * @throws Error with index, value, expected value and tolerance
 */
async function check({ gpu }: Bench, label: string, of: Case, plan: Plan): Promise<void> {
  const found = build(of);
  const { built } = found;
  const plain = built.candidates.start;
  for (let round = 0; round < 2; round++) {
    const output = await runPlan(gpu, label, plan, built);
    const { abs, rel } = built.tolerance;
    if (of.timed === 'phone') {
      const wrong = compare(output, built.expected, built.tolerance);
      if (wrong) throw new Error(`${label}: ${wrong}`);
      continue;
    }
    found.plain ??= await runPlan(gpu, label, plain, built);
    // Both may differ from the exact result by the tolerance. The padding of channels may contain anything.
    const expected = Float64Array.from(found.plain, (v) => (Number.isFinite(v) ? v : Number.NaN));
    const wrong = compare(output, expected, { abs: 2 * abs, rel: 2 * rel });
    if (wrong) throw new Error(`${label}: ${wrong} (compared with the plain kernel)`);
  }
}

/** Whether a plan needs what the GPU lacks; returns what. */
function lacks({ gpu }: Bench, plan: Plan): string | undefined {
  const feature = plan.features?.find((name) => !gpu.features.has(name));
  if (feature) return `the device has no ${feature}`;
  if (plan.hardware && gpu.isSoftware) return 'software adapters only emulate what makes it fast';
  return undefined;
}

async function prepare(bench: Bench, kernel: string, of: Case, variant: string): Promise<Ready | string> {
  const { gpu, timer, peak } = bench;
  const { built } = build(of);
  const { candidates, operands, expected, batch, cost } = built;
  const plan = candidates.ranked.find((each) => each.variant === variant);
  if (!plan) throw new Error(`${kernel}: the case "${of.name}" has no variant "${variant}"`);
  const why = lacks(bench, plan);
  if (why) return why;
  const ms = cost.flop / (peak() * PLAIN_SHARE) / 1e6;
  if (of.timed !== 'phone' && ms > MOST_MS)
    return `may take ${Math.round(ms / 1000)} s a run on this adapter`;
  const large = [...Object.values(operands).filter((o) => 'length' in o), expected].find(
    ({ length }) => 4 * length > gpu.limits.maxStorageBufferBindingSize,
  );
  if (large) return `needs a buffer of ${4 * (large as Float32Array).length} bytes`;
  await check(bench, `${kernel}, ${of.timed}, ${variant}`, of, plan);
  const bound = await bindCase(gpu, kernel, plan, operands, expected.length);
  return {
    sample: (repetitions) => timer.sample((pass) => bound.record(pass, batch), repetitions),
    // What computes nothing is measured in bytes.
    value: (taken) => (cost.flop || cost.bytes) / taken / 1e6,
    more: { flop: cost.flop, bytes: cost.bytes },
    destroy: bound.destroy,
  };
}

/** The items of a case, one for each variant. */
function itemsOf(kernel: string, of: Case): Item[] {
  const { candidates, cost } = build(of).built;
  return candidates.ranked.map(({ variant, passes }): Item => {
    const modules = [...new Map(passes.map((pass) => [pass.kernel.name, pass])).values()];
    return {
      ...{ id: `kernels/${kernel}/${of.timed}/${of.name}/${variant}`, group: 'kernels' },
      unit: cost.flop ? 'GFLOP/s' : 'GB/s',
      title: `${kernel}, ${variant}: ${of.name}`,
      wgsl: modules.flatMap((pass) => pass.kernel.files),
      constants: Object.assign({}, ...modules.map((pass) => pass.constants)),
      prepare: (bench) => prepare(bench, kernel, of, variant),
    };
  });
}

/** All kernels, those with small layers first. */
export const kernels: readonly Entry[] = (['phone', 'laptop', 'workstation'] as const).flatMap((size) =>
  allCases.flatMap(({ kernel, cases }) =>
    cases
      .filter(({ timed }) => timed === size)
      .map(
        (each): Entry => ({
          group: 'kernels',
          title: `${kernel}, ${size}: ${each.name}`,
          quick: size === 'phone' && QUICK.has(kernel),
          items: () => itemsOf(kernel, each),
        }),
      ),
  ),
);
