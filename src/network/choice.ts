/** Chooses the plan that each step of a network runs: one to start with, the default one, and later the fastest one. */

import { forAnySize } from '../../shaders/plan/any-size';
import type { Plan } from '../../shaders/plan/plan';
import type { Gpu } from '../gpu/gpu';
import type { Program } from './program';
import {
  answerOf,
  candidatesFor,
  choose,
  itemsOf,
  onlyTimings,
  signatureOf,
  type Times,
  type TuningOptions,
} from './tuning';
import { browserStore } from './tuning-store';

/** The plans of a network's steps, and their measured times. */
export interface Choice {
  /** The plans that the network starts with, one for each step. */
  readonly first: readonly Plan[];
  /** Returns for each step the fastest plan, or the default plan where no times are known. */
  best(): readonly Plan[];
  /** Returns the names of the variants of step `at` that this device can run. */
  variantsOf(at: number): readonly string[];
  /** Returns the milliseconds of the variants of step `at` that were measured. */
  timesOf(at: number): Times;
  /** Whether variants will be measured. */
  readonly isTuned: boolean;
  /**
   * Measures variants until `stopped` returns true, and stores the times. Errors of the store are ignored, since the
   * network does not need it.
   * @throws what `tune` throws
   */
  measure(stopped: () => boolean): Promise<void>;
}

/** The default of `TuningOptions.budget`, in milliseconds. */
const BUDGET = 300;

/**
 * Loads the stored times and chooses the plans.
 * @throws if a step has no plan that this device can run, or if `tuning.batch` is wrong
 */
export async function createChoice(
  gpu: Gpu,
  program: Program,
  tuning: TuningOptions | false = {},
): Promise<Choice> {
  const { budget = BUDGET, store = browserStore(), batch = program.batch } = tuning || {};
  const candidates = program.steps.map((step) => candidatesFor(gpu, step, program.batch));
  if (!(Number.isInteger(batch) && batch > 0))
    throw new Error(`tuning.batch is ${batch}; it must be a whole number of at least 1`);
  const timedBatch = Math.min(batch, program.batch);
  const signatures = program.steps.map((step, at) =>
    signatureOf(step.op, candidates[at], itemsOf(step, timedBatch)),
  );
  let timings = tuning === false ? {} : onlyTimings(await answerOf(() => store?.load(gpu.id)));
  const best = () => candidates.map((each, at) => choose(each, timings[signatures[at]]));

  const isTuned = tuning !== false && budget !== 0;
  const isKnown = candidates.every(({ ranked }, at) => ranked.length < 2 || signatures[at] in timings);
  const startsSoon = isTuned && !isKnown;
  return {
    first: startsSoon ? candidates.map(({ start }) => forAnySize(start)) : best(),
    best,
    variantsOf: (at) => candidates[at].ranked.map(({ variant }) => variant),
    timesOf: (at) => timings[signatures[at]] ?? {},
    isTuned,
    async measure(stopped) {
      const options = { budget: await budget, batch: timedBatch, known: timings, stopped };
      const { tune } = await import('./tune');
      const found = await tune(gpu, program, candidates, options);
      if (stopped()) return;
      timings = { ...timings, ...found };
      await answerOf(() => store?.save(gpu.id, found));
    },
  };
}
