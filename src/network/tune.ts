/** Measures a program's plans on a device. It creates its own operands, so the network can run at the same time. */

import type { Candidates, Plan } from '../../shaders/plan/plan';
import { bytesFor, dispatch, type Gpu } from '../gpu/gpu';
import { createTimer, type Timer } from '../gpu/timer';
import { bindPlan } from './bind-plan';
import type { Program, StepSpec } from './program';
import { itemsOf, type KernelTimings, signatureOf, wholeTiles } from './tuning';

/** How plans are measured. */
export interface TuneOptions {
  /**
   * Maximum milliseconds of measuring. With everything else, mostly compiling, tuning takes at most ten times as long.
   * A plan that is being measured when the time is over is measured to its end.
   */
  readonly budget: number;
  /** The batch that is measured. */
  readonly batch: number;
  /** The times that are known already. */
  readonly known: KernelTimings;
  /** Returns true to end tuning early. */
  readonly stopped: () => boolean;
}

interface TunedStep {
  readonly step: StepSpec;
  /** The items of the batch that the times are for. */
  readonly items: number;
  /** The items that are measured. */
  measured: number;
  /** Its plans, in the order of their rank. */
  readonly plans: readonly Plan[];
  /** The known times, by variant. Measuring adds to them. */
  readonly times: Record<string, number>;
  /** How often its fastest plans were compared again, at this start and earlier ones. */
  comparisons: number;
}

/** A plan that takes longer than the fastest one by this factor is measured only once. */
const HOPELESS = 2;
/**
 * A plan is measured with as many items as the step's first plan computes in these milliseconds, and its time is
 * multiplied accordingly: a device that is busy for so long takes as long for a further item as for the one before it.
 */
const LONG = 50;
/** Batches up to this size are measured whole. */
const SMALL_BATCH = 8;
/** Plans that take longer than the fastest one by this factor are not compared with it again. */
const RIVAL = 1.3;
/** How often the two fastest plans of a step are compared again, in all starts together. */
const COMPARISONS = 3;
/** The key under which the number of comparisons of a step is stored, beside its times. */
const comparisonsKey = (signature: string): string => `${signature} comparisons`;

/**
 * Measures the plans of the steps that have several plans, except those in `known`. It begins with the first plan of
 * each step, which shows which steps are slow. The second plans follow, those of the slowest steps first, and so on,
 * until all times are known or the budget is used up. With what is left of the budget, the two fastest plans of each step
 * are measured again in turn: other work on the machine may have disturbed one of them. Later starts do the same, a few
 * times, so that times from a disturbed start do not last.
 * @returns the times of these steps, with those in `known`
 * @throws if a pipeline can't be created, or if the device is lost
 */
export async function tune(
  gpu: Gpu,
  program: Program,
  candidates: readonly Candidates[],
  options: TuneOptions,
): Promise<KernelTimings> {
  const steps = stepsOf(program, candidates, options);
  const timer = createTimer(gpu);
  const { measureFirst, measure, compare } = createMeasure(gpu, timer, program, options);
  try {
    const all = [...steps.values()];
    for (const each of all) await measureFirst(each);
    const firstTime = ({ plans, times }: TunedStep) => times[plans[0].variant] ?? 0;
    all.sort((a, b) => firstTime(b) - firstTime(a));
    const most = Math.max(0, ...all.map(({ plans }) => plans.length));
    for (let rank = 1; rank < most; rank++)
      for (const each of all) if (rank < each.plans.length) await measure(each, each.plans[rank]);
    for (let round = 0; round < COMPARISONS; round++) for (const each of all) await compare(each);
  } finally {
    timer.destroy();
  }
  const timed = [...steps].filter(([, { times }]) => Object.keys(times).length);
  return Object.fromEntries([
    ...timed.map(([signature, { times }]) => [signature, times]),
    ...timed.map(([signature, { comparisons }]) => [comparisonsKey(signature), { count: comparisons }]),
  ]);
}

/** The steps that have several plans, by signature. */
function stepsOf(
  program: Program,
  candidates: readonly Candidates[],
  { batch, known }: TuneOptions,
): Map<string, TunedStep> {
  const steps = new Map<string, TunedStep>();
  program.steps.forEach((step, at) => {
    const { ranked: plans } = candidates[at];
    if (plans.length < 2) return;
    const items = itemsOf(step, batch);
    const signature = signatureOf(step.op, candidates[at], items);
    const { count: comparisons = 0 } = known[comparisonsKey(signature)] ?? {};
    const times = { ...known[signature] };
    steps.set(signature, { step, items, measured: items, plans, times, comparisons });
  });
  return steps;
}

/** What `tune` does with each step. Does nothing once the budget is used up. */
function createMeasure(gpu: Gpu, timer: Timer, program: Program, { budget, stopped }: TuneOptions) {
  let left = budget;
  const end = performance.now() + 10 * budget;
  const isOver = () => left <= 0 || performance.now() > end || stopped();
  const isKnown = ({ plans, times }: TunedStep) => plans.every(({ variant }) => variant in times);

  /** Measures a plan whose time is not known, or any plan `again`. */
  const measure = async (each: TunedStep, plan: Plan, again = false) => {
    if ((plan.variant in each.times && !again) || isOver()) return;
    const best = Math.min(...Object.values(each.times));
    const share = each.measured / each.items;
    const enough = best * HOPELESS * share;
    const { ms, took } = await timePlan(gpu, timer, program, each, plan, enough);
    // Other work only makes a plan slower, so the shorter time is the better one.
    each.times[plan.variant] = Math.min(each.times[plan.variant] ?? Infinity, ms / share);
    left -= took;
  };

  /** Decides on how many items of a large batch the plans of a step are measured. */
  const chooseItems = async (each: TunedStep) => {
    const whole = wholeTiles(each.plans);
    if (each.items <= Math.max(SMALL_BATCH, whole)) return;
    const [plan] = each.plans;
    each.measured = whole;
    let ms = ((each.times[plan.variant] ?? 0) * whole) / each.items;
    if (!ms) {
      const timed = await timePlan(gpu, timer, program, each, plan, 0);
      left -= timed.took;
      ms = timed.ms;
    }
    each.measured = Math.min(each.items, whole * Math.max(1, Math.floor(LONG / ms)));
  };

  return {
    measure,
    async measureFirst(each: TunedStep) {
      if (isOver() || (isKnown(each) && each.comparisons >= COMPARISONS)) return;
      await chooseItems(each);
      await measure(each, each.plans[0]);
    },
    /** Measures the two fastest plans of a step again, in turn. */
    async compare(each: TunedStep) {
      const { plans, times } = each;
      if (!isKnown(each) || each.comparisons >= COMPARISONS || isOver()) return;
      const [first, second] = plans.toSorted((a, b) => times[a.variant] - times[b.variant]);
      if (times[second.variant] > RIVAL * times[first.variant]) {
        each.comparisons = COMPARISONS;
        return;
      }
      for (const plan of [second, first]) await measure(each, plan, true);
      each.comparisons++;
    },
  };
}

/** Returns a plan's milliseconds (see `Timer.time` for `enough`), and the milliseconds that measuring took. */
async function timePlan(
  gpu: Gpu,
  timer: Timer,
  program: Program,
  { step, measured }: TunedStep,
  plan: Plan,
  enough: number,
): Promise<{ ms: number; took: number }> {
  const { device } = gpu;
  const buffers: GPUBuffer[] = [];
  const create = (name: string, length: number, data?: Float32Array | Uint32Array): GPUBuffer => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
    const buffer = device.createBuffer({ label: `tuning/${name}`, size: bytesFor(length), usage });
    buffers.push(buffer);
    if (data) device.queue.writeBuffer(buffer, 0, data as Float32Array<ArrayBuffer>);
    return buffer;
  };
  try {
    const bound = await bindPlan(gpu, `tuning/${step.node}`, plan, {
      scratch: create,
      operand(name, pack) {
        const { length, data } = program.buffers[step.operands[name]];
        const packed = data instanceof Float32Array && pack ? pack(data) : data;
        return create(name, packed?.length ?? length, packed);
      },
    });
    const started = performance.now();
    const ms = await timer.time((pass) => {
      for (const each of bound) dispatch(pass, each, measured);
    }, enough);
    return { ms, took: performance.now() - started };
  } finally {
    for (const buffer of buffers) buffer.destroy();
  }
}
