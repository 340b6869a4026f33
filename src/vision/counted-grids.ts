/** Dispatches for as many faces as there are, which only the GPU knows: it computes their workgroups. */

import { gridTable, planGrids } from '../../shaders/grids/grids';
import type { Pass } from '../../shaders/plan/plan';
import { type BoundPass, bindToPipeline, bytesFor, type Gpu } from '../gpu/gpu';
import type { Own } from './owned';

/** The workgroups of some passes. */
export interface CountedGrids {
  /** For dispatchIndirect(): the workgroups of the passes, in their order. */
  readonly grids: GPUBuffer;
  /** Writes them, from the number of faces. */
  readonly pass: BoundPass;
}

/** The workgroups of passes that may change. */
export interface GridCounter {
  readonly current: CountedGrids;
  /** Whether a picture was searched since the passes changed: until then `grids` is empty. */
  readonly isCounted: boolean;
  /** To be called when `current.pass` is recorded. */
  counted(): void;
  /** To be called when the passes have changed. */
  recount(): void;
}

/**
 * Creates the buffers for the passes, now and at each recount. Old buffers stay until the owner is destroyed: frames that
 * run may read them.
 * @param faces what the faces kernel writes
 */
export async function createGridCounter(
  gpu: Gpu,
  own: Own,
  faces: GPUBuffer,
  passesOf: () => readonly Pass[],
): Promise<GridCounter> {
  const { STORAGE, COPY_DST, INDIRECT } = GPUBufferUsage;
  const [kernel] = planGrids({ S: 1 }).start.passes;
  const pipeline = await gpu.pipeline(kernel);
  const buffer = (label: string, length: number, usage: number) =>
    own(gpu.device.createBuffer({ label, size: bytesFor(length), usage: STORAGE | usage }));
  const create = (): CountedGrids => {
    const passes = passesOf();
    const S = passes.length;
    const table = buffer('grid table', 4 * S, COPY_DST);
    gpu.device.queue.writeBuffer(table, 0, gridTable(passes) as Uint32Array<ArrayBuffer>);
    const grids = buffer('grids', 3 * S, INDIRECT);
    const [pass] = planGrids({ S }).start.passes;
    return { grids, pass: bindToPipeline(gpu, 'grids', pass, pipeline, { table, faces, y: grids }) };
  };
  let current = create();
  let isCounted = true; // the first picture is searched anyway
  return {
    get current() {
      return current;
    },
    get isCounted() {
      return isCounted;
    },
    counted() {
      isCounted = true;
    },
    recount() {
      current = create();
      isCounted = false;
    },
  };
}
