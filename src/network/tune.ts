/** Measures a program's plans on a device. It creates its own operands, so the network can run at the same time. */

import type { Candidates, Plan } from '../../shaders/plan/plan';
import type { Gpu } from '../gpu/gpu';
import { createTimer, type Timer, type Work } from '../gpu/timer';
import { type BoundToOwn, bindToOwn } from './bind-to-own';
import type { Program, StepSpec } from './program';
import { itemsOf, type KernelTimings, signatureOf, type Times, wholeTiles } from './tuning';

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
/** How many pairs of samples tell how much faster a plan is, and how many when the fastest ones are compared again. */
const PAIRS = { first: 2, again: 9 } as const;
/**
 * A plan is measured with as many items as the step's first plan computes in these milliseconds, and its time is
 * multiplied accordingly: a device that is busy for so long takes as long for a further item as for the one before it.
 */
const LONG = 50;
/** Batches up to this size are measured whole. */
const SMALL_BATCH = 8;
/** Plans that take longer than the fastest one by this factor are not compared with it again. */
const RIVAL = 1.5;
/** How often the fastest plans of a step are compared again, in all starts together. */
const COMPARISONS = 3;
/** The key under which the number of comparisons of a step is stored, beside its times. */
const comparisonsKey = (signature: string): string => `${signature} comparisons`;

/**
 * Measures the plans of the steps that have several plans, except those in `known`. It begins with the first plan of
 * each step, which shows which steps are slow. The second plans follow, those of the slowest steps first, and so on,
 * until all times are known or the budget is used up. Each is measured in turn with the fastest plan so far, and its
 * time is that plan's time multiplied by the ratio: a clock that changes or other work disturbs both. With what is left
 * of the budget, the fastest plans of each step are compared again. Later starts do the same, a few times, so that
 * times from a disturbed start do not last.
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
  const { measureFirst, measure, compare } = createMeasure(createClock(gpu, timer, program, options));
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

/** Measures with a budget. */
interface Clock {
  /** Whether the budget is used up. */
  isOver(): boolean;
  /** Returns a plan's milliseconds for all items of the step. `enough` as in `Timer.time`. */
  time(each: TunedStep, plan: Plan, enough?: number): Promise<number>;
  /** Returns a plan's time divided by that of `best`. */
  ratio(each: TunedStep, best: Plan, plan: Plan, pairs: number): Promise<number>;
}

function createClock(gpu: Gpu, timer: Timer, program: Program, { budget, stopped }: TuneOptions): Clock {
  let left = budget;
  const end = performance.now() + 10 * budget;
  const use = async <T>(each: TunedStep, plans: readonly Plan[], work: (works: Work[]) => Promise<T>) => {
    const bound: BoundToOwn[] = [];
    try {
      for (const plan of plans) bound.push(await bindToOwn(gpu, program, each.step, plan, each.measured));
      const started = performance.now();
      const result = await work(bound.map(({ record }) => record));
      left -= performance.now() - started;
      return result;
    } finally {
      for (const { destroy } of bound) destroy();
    }
  };
  return {
    isOver: () => left <= 0 || performance.now() > end || stopped(),
    async time(each, plan, enough) {
      const ms = await use(each, [plan], ([record]) => timer.time(record, enough));
      return (ms * each.items) / each.measured;
    },
    ratio: (each, best, plan, pairs) =>
      use(each, [best, plan], ([a, b]) => timer.ratio(a, b, pairs, HOPELESS)),
  };
}

/** What `tune` does with each step. Does nothing once the budget is used up. */
function createMeasure({ isOver, time, ratio }: Clock) {
  const isKnown = ({ plans, times }: TunedStep) => plans.every(({ variant }) => variant in times);

  /** Measures a plan whose time is not known. */
  const measure = async (each: TunedStep, plan: Plan) => {
    const { times, plans } = each;
    if (plan.variant in times || isOver()) return;
    const [best] = fastest(plans, times);
    if (best) times[plan.variant] = times[best.variant] * (await ratio(each, best, plan, PAIRS.first));
    else times[plan.variant] = await time(each, plan);
  };

  /** Decides on how many items of a large batch the plans of a step are measured. */
  const chooseItems = async (each: TunedStep) => {
    const whole = wholeTiles(each.plans);
    if (each.items <= Math.max(SMALL_BATCH, whole)) return;
    const [plan] = each.plans;
    each.measured = whole;
    const known = ((each.times[plan.variant] ?? 0) * whole) / each.items;
    const ms = known || ((await time(each, plan, 0)) * whole) / each.items;
    each.measured = Math.min(each.items, whole * Math.max(1, Math.floor(LONG / ms)));
  };

  return {
    measure,
    async measureFirst(each: TunedStep) {
      if (isOver() || (isKnown(each) && each.comparisons >= COMPARISONS)) return;
      await chooseItems(each);
      await measure(each, each.plans[0]);
    },
    /** Compares the fastest plan of a step again with those that are nearly as fast. */
    async compare(each: TunedStep) {
      const { plans, times, comparisons } = each;
      if (!isKnown(each) || comparisons >= COMPARISONS || isOver()) return;
      const [first, ...others] = fastest(plans, times);
      const rivals = others.filter(({ variant }) => times[variant] <= RIVAL * times[first.variant]);
      for (const rival of rivals) {
        if (isOver()) return;
        const known = times[rival.variant] / times[first.variant];
        const found = await ratio(each, first, rival, PAIRS.again);
        // The geometric mean of all ratios so far.
        const mean = (known ** (comparisons + 1) * found) ** (1 / (comparisons + 2));
        times[rival.variant] = times[first.variant] * mean;
      }
      each.comparisons = rivals.length ? comparisons + 1 : COMPARISONS;
    },
  };
}

/** The plans whose times are known, the fastest one first. */
const fastest = (plans: readonly Plan[], times: Times): Plan[] =>
  plans.filter(({ variant }) => variant in times).sort((a, b) => times[a.variant] - times[b.variant]);
