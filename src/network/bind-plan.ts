/** Binds a plan's passes to buffers, wherever these come from. */

import type { Plan } from '../../shaders/plan/plan';
import { type BoundPass, bindPass, type Gpu } from '../gpu/gpu';

/** Where a plan's buffers come from. */
export interface BufferSource {
  /**
   * The buffer of an operand.
   * @param pack what the plan reads instead of the operand's constant numbers
   */
  operand(name: string, pack?: (data: Float32Array) => Float32Array | Uint32Array): GPUBuffer;
  /** A buffer for what one pass writes and another reads. */
  scratch(name: string, length: number): GPUBuffer;
}

/** The buffers that a plan's passes bind, by name; they are made now if they were not yet. */
export function buffersOf(plan: Plan, source: BufferSource): Record<string, GPUBuffer> {
  const names = new Set(plan.passes.flatMap(({ bindings }) => bindings));
  const bufferOf = (name: string): GPUBuffer => {
    const length = plan.scratch?.[name];
    return length === undefined ? source.operand(name, plan.pack?.[name]) : source.scratch(name, length);
  };
  return Object.fromEntries([...names].map((name) => [name, bufferOf(name)]));
}

/** Binds each pass of a plan. @throws if a pipeline can't be created, with the label */
export async function bindPlan(
  gpu: Gpu,
  label: string,
  plan: Plan,
  source: BufferSource,
): Promise<readonly BoundPass[]> {
  const buffers = buffersOf(plan, source);
  return Promise.all(plan.passes.map((pass) => bindPass(gpu, label, pass, buffers)));
}
