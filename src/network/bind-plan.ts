/** Binds a plan's passes to the buffers of a source. */

import type { Plan } from '../../shaders/plan/plan';
import { type BoundPass, bindPass, type Gpu } from '../gpu/gpu';

/** Provides the buffers of a plan. */
export interface BufferSource {
  /**
   * Returns the buffer of an operand.
   * @param pack converts the numbers of a constant to those that the plan reads; absent where the plan reads them as
   *   they are
   */
  operand(name: string, pack?: (data: Float32Array) => Float32Array | Uint32Array): GPUBuffer;
  /** Returns a buffer of `length` numbers that one pass of the plan writes and another reads. */
  scratch(name: string, length: number): GPUBuffer;
}

/** Returns the buffers that a plan's passes bind, by name. Those that do not exist yet are created. */
export function buffersOf(plan: Plan, source: BufferSource): Record<string, GPUBuffer> {
  const names = new Set(plan.passes.flatMap(({ bindings }) => bindings));
  const bufferOf = (name: string): GPUBuffer => {
    const length = plan.scratch?.[name];
    return length === undefined ? source.operand(name, plan.pack?.[name]) : source.scratch(name, length);
  };
  return Object.fromEntries([...names].map((name) => [name, bufferOf(name)]));
}

/** Binds each pass of a plan. @throws if a pipeline can't be created; the message contains `label` */
export async function bindPlan(
  gpu: Gpu,
  label: string,
  plan: Plan,
  source: BufferSource,
): Promise<readonly BoundPass[]> {
  const buffers = buffersOf(plan, source);
  return Promise.all(plan.passes.map((pass) => bindPass(gpu, label, pass, buffers)));
}
