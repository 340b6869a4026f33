/** A step's plan with buffers of its own, so that it can be measured while the network runs. */

import type { Plan } from '../../shaders/plan/plan';
import { bytesFor, dispatch, type Gpu } from '../gpu/gpu';
import type { Work } from '../gpu/timer';
import { bindPlan } from './bind-plan';
import type { Program, StepSpec } from './program';

/** A plan with buffers of its own. Its weights are the step's; its other operands are zeros. */
export interface BoundToOwn {
  /** Records the plan's dispatches. */
  readonly record: Work;
  /** Frees the buffers. */
  destroy(): void;
}

/**
 * Creates buffers for a plan of a step, and binds them.
 * @param items how many items of the batch `record` computes
 * @throws if a pipeline can't be created
 */
export async function bindToOwn(
  gpu: Gpu,
  program: Program,
  step: StepSpec,
  plan: Plan,
  items: number,
): Promise<BoundToOwn> {
  const { device } = gpu;
  const buffers: GPUBuffer[] = [];
  const create = (name: string, length: number, data?: Float32Array | Uint32Array): GPUBuffer => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
    const buffer = device.createBuffer({ label: `tuning/${name}`, size: bytesFor(length), usage });
    buffers.push(buffer);
    if (data) device.queue.writeBuffer(buffer, 0, data as Float32Array<ArrayBuffer>);
    return buffer;
  };
  const destroy = () => {
    for (const buffer of buffers) buffer.destroy();
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
    const record: Work = (pass) => {
      for (const each of bound) dispatch(pass, each, items);
    };
    return { record, destroy };
  } catch (error) {
    destroy();
    throw error;
  }
}
