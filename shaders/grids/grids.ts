import { type Candidates, ceilDiv, type Kernel, only, type Pass } from '../plan/plan';
import code from './grids.wgsl?raw';

/** table (S,4) -> y (S,3), for S dispatches. */
export interface GridsOptions {
  readonly S: number;
}

const kernel: Kernel = { name: 'grids', files: [{ name: 'grids.wgsl', code }] };

/** Operands table, faces -> y (S,3) of u32, the arguments of dispatchWorkgroupsIndirect. */
export function planGrids({ S }: GridsOptions): Candidates {
  return only({
    kernel,
    constants: {},
    bindings: ['table', 'faces', 'y'],
    workgroups: [ceilDiv(S, 64), 1, 1],
  });
}

/** The operand table (S,4) for S passes. */
export const gridTable = (passes: readonly Pass[]): Uint32Array =>
  Uint32Array.from(
    passes.flatMap(({ workgroups, batchAxis = 3, itemsPerWorkgroup = 1 }) => [
      ...workgroups,
      batchAxis + 4 * itemsPerWorkgroup,
    ]),
  );
