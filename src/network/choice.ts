/** Which plan each step of a network runs: what it starts with, the default, and the fastest once variants were timed. */

import { forAnySize } from '../../shaders/plan/any-size';
import type { Plan } from '../../shaders/plan/plan';
import type { Gpu } from '../gpu/gpu';
import type { Program } from './program';
import { tune } from './tune';
import {
  candidatesFor,
  choose,
  itemsOf,
  onlyTimings,
  signatureOf,
  type Times,
  type TuningOptions,
} from './tuning';
import { browserStore } from './tuning-store';

/** The plans of a network's steps, and what is known of their times. */
export interface Choice {
  /** What the network starts with, a plan for each step. */
  readonly first: readonly Plan[];
  /** For each step the fastest plan, or its default where no time is known. */
  best(): readonly Plan[];
  /** Milliseconds of the variants of step `at` that were timed. */
  timesOf(at: number): Times;
  /** Whether variants are to be timed. */
  readonly isTuned: boolean;
  /** Times variants and stores the times, until `stopped`. Whether storing fails is of no concern to the network. */
  measure(stopped: () => boolean): Promise<void>;
}

const BUDGET = 300;
/** For a larger batch a run of the starting kernels takes longer than compiling the fast ones. */
const MAX_STARTING_BATCH = 8;

/** @throws if a step has no plan that this device can run, or an option is wrong */
export async function createChoice(
  gpu: Gpu,
  program: Program,
  tuning: TuningOptions | false = {},
): Promise<Choice> {
  const { budget = BUDGET, store = browserStore(), batch = program.batch } = tuning || {};
  const candidates = program.steps.map((step) => candidatesFor(gpu, step, program.batch));
  if (!(Number.isInteger(batch) && batch > 0))
    throw new Error(`tuning.batch is ${batch}: a whole number from 1 is needed`);
  const timedBatch = Math.min(batch, program.batch);
  const signatures = program.steps.map((step, at) =>
    signatureOf(step.op, candidates[at], itemsOf(step, timedBatch)),
  );
  const stored = tuning === false ? undefined : store?.load(gpu.id);
  let timings = onlyTimings(await stored?.catch(() => undefined));
  const best = () => candidates.map((each, at) => choose(each, timings[signatures[at]]));

  const isTuned = tuning !== false && budget > 0;
  const isKnown = candidates.every(({ ranked }, at) => ranked.length < 2 || signatures[at] in timings);
  const startsSoon = isTuned && !isKnown && timedBatch <= MAX_STARTING_BATCH;
  return {
    first: startsSoon ? candidates.map(({ start }) => forAnySize(start)) : best(),
    best,
    timesOf: (at) => timings[signatures[at]] ?? {},
    isTuned,
    async measure(stopped) {
      const options = { budget, batch: timedBatch, known: timings, stopped };
      const found = await tune(gpu, program, candidates, options);
      if (stopped()) return;
      timings = { ...timings, ...found };
      await store?.save(gpu.id, found).catch(() => undefined);
    },
  };
}
