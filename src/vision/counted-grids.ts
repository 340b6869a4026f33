/** Indirect dispatches for the faces in a picture. The GPU computes the workgroup counts from the number of faces. */

import { gridTable, planGrids } from '../../shaders/grids/grids';
import type { Pass } from '../../shaders/plan/plan';
import { type BoundPass, bindToPipeline, bytesFor, type Gpu } from '../gpu/gpu';
import type { Own } from './owned';

/** The workgroup counts of several passes. */
export interface CountedGrids {
  /** Arguments for dispatchWorkgroupsIndirect(): three numbers for each pass, in the order of the passes. */
  readonly grids: GPUBuffer;
  /** Computes `grids` from the number of faces. */
  readonly pass: BoundPass;
}

/** Workgroup counts of passes that tuning may replace. */
export interface GridCounter {
  /** The workgroup counts of the current passes. */
  readonly current: CountedGrids;
  /** Whether a picture was searched since the passes last changed. If not, `grids` contains no valid counts. */
  readonly isCounted: boolean;
  /** The caller must call it when it records `current.pass`. */
  counted(): void;
  /** The caller must call it when the passes change. */
  recount(): void;
}

/**
 * Creates the buffers for the passes, now and at each recount. Old buffers are kept until the owner is destroyed,
 * because frames in progress may read them.
 * @param faces the output of the faces kernel
 * @param passesOf returns the current passes
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
  let isCounted = true; // true, because the first picture is always searched
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
