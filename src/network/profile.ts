/** Measures how long each step of a network takes, and how much it computes and moves. */

import { dispatch, type Gpu } from '../gpu/gpu';
import { createTimer } from '../gpu/timer';
import type { Graph } from '../graph/graph';
import { bindPlan } from './bind-plan';
import { createChoice } from './choice';
import { lower } from './lower';
import { allocate, withinMemory } from './memory';
import type { Program, StepSpec } from './program';
import { itemsOf, type TuningStore } from './tuning';

/** The measured time of one step of a network, without the other steps. */
export interface StepProfile {
  /** The node's name. */
  readonly node: string;
  /** The node's operator. */
  readonly op: string;
  /** The variant of the kernel that ran. */
  readonly variant: string;
  /** Milliseconds; the minimum of a few samples. */
  readonly ms: number;
  /** Arithmetic operations by the operator's definition; a variant may compute more or fewer. */
  readonly flop: number;
  /** Minimum number of bytes that the step moves: each operand and the output once. */
  readonly bytes: number;
}

/** What is measured. */
export interface ProfileOptions {
  /** Number of items in a run. Models with a fixed batch keep theirs. */
  readonly batch: number;
  /** The stored times, which decide which variant runs; default: IndexedDB if it is available. Nothing is stored. */
  readonly store?: TuningStore;
}

/**
 * Runs each step of a network alone, a few times, with the variant that the network would run.
 * @throws what `compile` throws
 */
export async function profile(
  graph: Graph,
  gpu: Gpu,
  { batch, store }: ProfileOptions,
): Promise<StepProfile[]> {
  const program = await lower(graph, { batch });
  const plans = (await createChoice(gpu, program, { budget: 0, store })).best();
  const memory = await withinMemory(gpu, () => allocate(program, plans, gpu));
  const timer = createTimer(gpu);
  const profiles: StepProfile[] = [];
  try {
    for (const [at, step] of program.steps.entries()) {
      const plan = plans[at];
      const bound = await bindPlan(gpu, step.node, plan, memory.source(at, plan));
      const ms = await timer.time((encoder) => {
        for (const pass of bound) dispatch(encoder, pass, itemsOf(step, batch));
      });
      const { node, op, flop } = step;
      profiles.push({ node, op, variant: plan.variant, ms, flop, bytes: bytesOf(program, step) });
    }
  } finally {
    timer.destroy();
    memory.destroy();
  }
  return profiles;
}

const bytesOf = ({ buffers }: Program, { operands }: StepSpec): number =>
  [...new Set(Object.values(operands))].reduce((sum, at) => sum + 4 * buffers[at].length, 0);
