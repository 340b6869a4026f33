/** A network's steps. Each is bound to its buffers for the plan that it runs now. */

import { type Pass, type Plan, workgroupsFor } from '../../shaders/plan/plan';
import { type BoundPass, dispatch, dispatchIndirect, type Gpu } from '../gpu/gpu';
import { bindPlan } from './bind-plan';
import { type Memory, withinMemory } from './memory';
import type { Program } from './program';

/** The steps of a network, bound to their buffers. */
export interface BoundSteps {
  /** The plan that each step runs now. */
  readonly plans: readonly Plan[];
  /** The passes that encode() dispatches, in order. If a step is not batched, its workgroups include all its items. */
  readonly passes: readonly Pass[];
  /** Records the passes for `batch` items. */
  encode(pass: GPUComputePassEncoder, batch: number): void;
  /** Records the passes. Pass i takes its workgroups from entry `first + i` of `grids`. */
  encodeIndirect(pass: GPUComputePassEncoder, grids: GPUBuffer, first: number): void;
  /**
   * Binds the steps whose plans differ from `next`, and changes to the new plans in one task.
   * @param next one plan for each step
   * @param stopped nothing changes if this returns true before or after the binding
   * @returns whether anything changed
   * @throws what `bindSteps` throws, or if the device has too little memory
   */
  change(next: readonly Plan[], stopped: () => boolean): Promise<boolean>;
}

/**
 * Binds each step for its first plan.
 * @param first one plan for each step
 * @throws if a pipeline can't be created; the message names the node
 */
export async function bindSteps(
  gpu: Gpu,
  program: Program,
  memory: Memory,
  first: readonly Plan[],
): Promise<BoundSteps> {
  const bind = (at: number, plan: Plan): Promise<readonly BoundPass[]> =>
    bindPlan(gpu, program.steps[at].node, plan, memory.source(at, plan));
  let plans = first;
  let bound = await Promise.all(plans.map((plan, at) => bind(at, plan)));

  /** Calls `take` with every pass, in order; `items` is undefined where the number of items is the batch. */
  const each = (take: (pass: BoundPass, items: number | undefined, at: number) => void) => {
    let at = 0;
    bound.forEach((passes, i) => {
      const { batched, items } = program.steps[i];
      for (const pass of passes) take(pass, batched ? undefined : items, at++);
    });
  };
  return {
    get plans() {
      return plans;
    },
    get passes() {
      const passes: Pass[] = [];
      each(({ pass }, items) => {
        const fixed = items !== undefined && { workgroups: workgroupsFor(pass, items), batchAxis: undefined };
        passes.push({ ...pass, ...fixed });
      });
      return passes;
    },
    encode(encoder, batch) {
      each((pass, items) => {
        dispatch(encoder, pass, items ?? batch);
      });
    },
    encodeIndirect(encoder, grids, first) {
      each((pass, _, at) => {
        dispatchIndirect(encoder, pass, grids, first + at);
      });
    },
    async change(next, stopped) {
      const changed = next.flatMap((plan, at) => (plan === plans[at] ? [] : [at]));
      if (stopped() || !changed.length) return false;
      const binding = await withinMemory(gpu, () => changed.map((at) => bind(at, next[at])));
      const rebound = await Promise.all(binding);
      if (stopped()) return false;
      bound = bound.map((old, at) => (changed.includes(at) ? rebound[changed.indexOf(at)] : old));
      plans = next;
      return true;
    },
  };
}
